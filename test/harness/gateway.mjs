// nginx with the configuration that ships, in front of a PostgREST, on loopback.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './postgrest.mjs';
import { PROJECT } from './sandbox.mjs';

const CONFIGURATION = join(PROJECT, 'packaging/nginx/telephony.conf');

/** Debian's, installed or as `make deps` unpacked it. */
const PROGRAM = ['/usr/sbin/nginx', join(PROJECT, 'build/nginx/usr/sbin/nginx')].find(existsSync);

/** `text` with the one occurrence of `place` replaced. */
function put(text, place, value) {
  if (text.split(place).length !== 2) throw new Error(`${place} is not there once in ${CONFIGURATION}`);
  return text.replace(place, () => value);
}

/** A running nginx. */
export class Gateway {
  /**
   * Starts nginx in front of a Postgrest and resolves when it listens. Lines of `http` are added to that context, those
   * of `api` to the location of the API.
   */
  static async start(sandbox, postgrest, { http = '', api = '' } = {}) {
    if (!PROGRAM) throw new Error('nginx is missing: make deps');
    const port = await freePort();
    const directory = sandbox.privateDirectory(`gateway-${port}`);
    const location = 'location /rest/v1/ {';
    const shipped = put(readFileSync(CONFIGURATION, 'utf8'), location, `${location}\n${api}`);
    const server = put(
      put(shipped, 'server 127.0.0.1:3000;', `server ${new URL(postgrest.url).host};`),
      'listen 127.0.0.1:8080;',
      `listen 127.0.0.1:${port};`,
    );
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${directory}/${kind};`,
    );
    const file = sandbox.privateFile(`nginx-${port}.conf`, `
      daemon off;
      worker_processes 1;
      pid ${directory}/pid;
      error_log stderr notice;
      events { worker_connections 2048; }   # with the usual 512 it hangs up on clients where some hundred come at once
      http {
        access_log off;
        ${temporary.join(' ')}
        ${http}
        ${server}
      }`);
    const daemon = sandbox.start('nginx', sandbox.program(PROGRAM), ['-e', 'stderr', '-p', directory, '-c', file]);
    await daemon.line(/start worker process \d/);
    return new Gateway(daemon, `http://127.0.0.1:${port}`);
  }

  constructor(daemon, url) {
    this.daemon = daemon;
    this.url = url;
  }
}
