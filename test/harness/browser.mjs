// Chromium, Debian's, in a sandbox: driven by playwright-core, ended with everything else.

import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';

/** The program itself: the launcher in /usr/bin reads the caller's own settings. */
const PROGRAM = '/usr/lib/chromium/chromium';

const FLAGS = [
  '--headless',
  // The sandbox of this run is all that it is given; the browser's own needs rights that containers do not have.
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--no-first-run',
  '--remote-debugging-port=0',
];

/** Starts Chromium and resolves to a Browser of playwright-core. */
export async function startBrowser(sandbox) {
  if (!existsSync(PROGRAM)) throw new Error('chromium is missing: make deps');
  const profile = sandbox.privateDirectory('chromium');
  const daemon = sandbox.start('chromium', PROGRAM, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank']);
  const [, endpoint] = await daemon.line(/^DevTools listening on (\S+)/);
  return chromium.connectOverCDP(endpoint);
}

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript' };

/** Serves the files of a directory on loopback, with `headers`, and resolves to {url, close}. */
export async function serveFiles(directory, headers = {}) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const path = join(directory, normalize(pathname.endsWith('/') ? `${pathname}index.html` : pathname));
    const text = await readFile(path).catch(() => null);
    if (text === null) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream', ...headers });
    response.end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)));
  return { url: `http://127.0.0.1:${server.address().port}/`, close };
}
