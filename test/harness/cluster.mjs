// A private PostgreSQL cluster of the version that PG_CONFIG names: Unix socket only, in a sandbox.

import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import './environment.mjs';

const pgConfig = process.env.PG_CONFIG || 'pg_config';
const ask = (flag) => execFileSync(pgConfig, [flag], { encoding: 'utf8' }).trim();

/** What PG_CONFIG says about the server under test. */
export const server = {
  pgConfig,
  programs: ask('--bindir'),
  share: ask('--sharedir'),
  libraries: ask('--pkglibdir'),
  version: ask('--version'),
};

/** Name of the superuser of every private cluster. */
export const SUPERUSER = 'postgres';

const SHUTDOWN = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' };

/** A text as an SQL literal. */
export const literal = (text) => `'${text.replaceAll("'", "''")}'`;

/** An error that PostgreSQL reported to psql. */
export class SqlError extends Error {
  constructor(stderr) {
    const [, sqlstate, message] = /(?:ERROR|FATAL): {2}([0-9A-Z]{5}): (.*)/.exec(stderr) ?? [null, null, stderr.trim()];
    super(message);
    /** Five characters; null when it was psql that failed, for example to connect. */
    this.sqlstate = sqlstate;
    /** All its lines. */
    this.detail = /^DETAIL: {2}(.*(?:\n(?![A-Z ]+: {2}).+)*)/m.exec(stderr)?.[1] ?? null;
    this.constraint = /^CONSTRAINT NAME: {2}(.*)$/m.exec(stderr)?.[1] ?? null;
    this.hint = /^HINT: {2}(.*)$/m.exec(stderr)?.[1] ?? null;
  }
}

/** A private cluster; it trusts whoever can enter its socket directory, which is only the account it runs as. */
export class Cluster {
  #sandbox;
  #settings;
  #masked;
  #wrapper;

  /**
   * Creates a cluster in the sandbox and starts it. `settings` are server settings by name; `name` tells clusters
   * apart; its log must show no telephone number, unless `masked` is false, for tests of what PostgreSQL itself says of
   * a user's table. `wrapper` is a program with arguments that starts the server.
   */
  static async create(sandbox, { name = 'postgres', settings = {}, masked = true, wrapper = [] } = {}) {
    const cluster = new Cluster(sandbox, name, settings, masked, wrapper);
    const options = ['--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-instructions', '--no-sync'];
    await sandbox.run('initdb', join(server.programs, 'initdb'), ['-D', cluster.data, '-U', SUPERUSER, ...options]);
    await cluster.start();
    return cluster;
  }

  /** Makes a hot standby of this cluster in the same sandbox and starts it. */
  async standby({ name = 'standby', settings = {} } = {}) {
    const standby = new Cluster(this.#sandbox, name, { ...this.#settings, ...settings }, this.#masked);
    await this.#sandbox.run('pg_basebackup', join(server.programs, 'pg_basebackup'), [
      ...['-D', standby.data, '-h', this.host, '-U', SUPERUSER],
      ...['--write-recovery-conf', '--checkpoint=fast', '--wal-method=stream', '--no-sync'],
    ]);
    await standby.start();
    return standby;
  }

  constructor(sandbox, name, settings, masked, wrapper = []) {
    this.#sandbox = sandbox;
    this.#wrapper = wrapper;
    this.#masked = masked;
    this.name = name;
    /** The data directory. */
    this.data = sandbox.privateDirectory(`${name}-data`);
    /** The directory of the Unix socket: the "host" of a connection. */
    this.host = sandbox.privateDirectory(`${name}-run`);
    this.#settings = {
      listen_addresses: '',
      log_line_prefix: '%m [%p] %u@%d ',
      log_min_messages: 'info',
      ...settings,
      unix_socket_directories: this.host,
    };
    /** The postmaster's Daemon, while and after it runs. */
    this.postmaster = null;
  }

  /** Starts the server and resolves when it accepts connections. */
  async start() {
    const settings = Object.entries(this.#settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const [program, ...rest] = [...this.#wrapper, join(server.programs, 'postgres')];
    this.postmaster = this.#sandbox.start(
      this.name,
      program,
      [...rest, '-D', this.data, ...settings],
      {
        ending: ['INT', 'QUIT'],
        masked: this.#masked,
      },
    );
    await this.postmaster.line(/database system is ready to accept (read-only )?connections/, { timeout: 60_000 });
  }

  /**
   * Stops the server and resolves when it has ended; `mode` as of pg_ctl: smart, fast, or immediate (as in a crash).
   */
  async stop(mode = 'fast') {
    await this.postmaster.stop(SHUTDOWN[mode], { timeout: 60_000 });
  }

  /** Stops and starts again. */
  async restart(mode = 'fast') {
    await this.stop(mode);
    await this.start();
  }

  /** libpq's environment variables for this cluster. */
  environment({ user = SUPERUSER, database = 'postgres' } = {}) {
    return { PGHOST: this.host, PGUSER: user, PGDATABASE: database };
  }

  /** A libpq connection URI. */
  uri({ user = SUPERUSER, database = 'postgres' } = {}) {
    return `postgresql:///${database}?host=${encodeURIComponent(this.host)}&user=${user}`;
  }

  /**
   * Runs SQL (or psql commands) and resolves to what it prints, unaligned and without headings unless `flags` says
   * otherwise. Stops at the first error and rejects with it as SqlError.
   */
  psql(sql, { user, database, flags = ['-A', '-t'] } = {}) {
    const child = spawn(
      join(server.programs, 'psql'),
      ['-X', '-q', ...flags, '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose'],
      {
        detached: true, // an interrupt at the terminal ends the server, and psql with it: nobody reports a failure
        env: {
          ...process.env,
          PGCONNECT_TIMEOUT: '10',
          PGOPTIONS: '-c statement_timeout=60s',
          ...this.environment({ user, database }),
        },
      },
    );
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.stdin.on('error', () => {}); // psql that cannot connect does not read; its exit status tells
    child.stdin.end(sql);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => (code === 0 ? resolve(stdout.trimEnd()) : reject(new SqlError(stderr))));
    });
  }

  /** The rows of one query, as objects. */
  async rows(query, options) {
    return JSON.parse(await this.psql(`SELECT coalesce(json_agg(q), '[]') FROM (${query}) AS q`, options));
  }

  /** The only row of a query that must give exactly one. */
  async row(query, options) {
    const rows = await this.rows(query, options);
    if (rows.length !== 1) throw new Error(`${rows.length} rows instead of one from: ${query}`);
    return rows[0];
  }
}
