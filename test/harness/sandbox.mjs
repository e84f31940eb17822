// A private directory and the processes that live in it, gone when the run is, however the run ends.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SANITIZERS } from './environment.mjs';
import { Daemon } from './daemon.mjs';
import { linesWithNumbers } from './masked_logs.mjs';

/** The top of the work tree. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** Where the programs under test were built: BUILD_DIR, if it is not the usual directory. */
export const BUILD = resolve(PROJECT, process.env.BUILD_DIR ?? 'build');

const JANITOR = fileURLToPath(new URL('janitor.sh', import.meta.url));

/** Writes its own process id to the janitor, lets go of that pipe, and becomes the program: no moment is unguarded. */
const ENTRUST = 'echo "process $$ $0" >&3; exec 3>&-; exec "$@"';

/** Programs refuse or should not run as root; then they run as the account Debian's PostgreSQL package makes. */
const UNPRIVILEGED = 'postgres';

function unprivilegedAccount() {
  if (process.getuid() !== 0) return { uid: process.getuid(), gid: process.getgid() };
  const id = (flag) => Number(execFileSync('id', [flag, UNPRIVILEGED], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

const openSandboxes = new Set();
const closeAll = () => Promise.all([...openSandboxes].map((sandbox) => sandbox.close()));
let listening = false;
let interruption = null;

/**
 * From now on SIGINT and its like clean up first and end this process then: by the signal, as make and shells expect.
 */
function listenForInterruption() {
  if (listening) return;
  listening = true;
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) {
    const end = async () => {
      await closeAll();
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
      await new Promise(() => {});
    };
    process.on(signal, () => (interruption ??= end()));
  }
}

/** True while a signal is ending this process: what fails now fails because of that. */
export const isInterrupted = () => interruption !== null;

/** Returns at once, or never when a signal is ending this process. */
export async function unlessInterrupted() {
  await interruption;
}

/** Ends this process with `code` after cleaning up, unless a signal is already ending it. */
export async function exit(code) {
  await closeAll();
  await unlessInterrupted();
  process.exit(code);
}

/** A run's private directory and processes. */
export class Sandbox {
  #janitor;
  #janitorEnded;
  #masked = [];
  #account = unprivilegedAccount();

  /** Makes the directory under the system's temporary directory and starts the janitor that will remove it. */
  static open() {
    return new Sandbox();
  }

  constructor() {
    /** The private directory; unprivileged processes may enter it but not list it. */
    this.directory = join(tmpdir(), `telephony-${randomBytes(6).toString('hex')}`);
    listenForInterruption();
    this.#janitor = spawn(JANITOR, { detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
    this.#janitorEnded = once(this.#janitor, 'exit');
    openSandboxes.add(this);
    this.#janitor.stdin.write(`directory ${this.directory}\n`);
    mkdirSync(this.directory, { mode: 0o711 });
    chmodSync(this.directory, 0o711);
    const { uid, gid } = this.#account;
    if (spawnSync('test', ['-x', this.directory], { uid, gid }).status !== 0) {
      throw new Error(`user ${UNPRIVILEGED} cannot enter ${tmpdir()}: set TMPDIR to a directory that all may enter`);
    }
  }

  /** Makes a directory for the unprivileged account alone and returns its path. */
  privateDirectory(name) {
    const path = join(this.directory, name);
    mkdirSync(path, { mode: 0o700 });
    chownSync(path, this.#account.uid, this.#account.gid);
    return path;
  }

  /** Writes a file that only the unprivileged account can read (and root), and returns its path. */
  privateFile(name, text) {
    const path = join(this.directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    chownSync(path, this.#account.uid, this.#account.gid);
    return path;
  }

  /** Copies a program to where the unprivileged account can run it (the work tree may be private); returns the copy. */
  program(source) {
    const path = join(this.directory, basename(source));
    if (!existsSync(path)) {
      copyFileSync(source, path);
      chmodSync(path, 0o755);
    }
    return path;
  }

  /**
   * Starts a program in the sandbox, as the unprivileged account unless `asSelf`, and returns its Daemon. `ending`: the
   * signals that end it when the run is over. `environment` is added to a minimal one, or `asSelf` to what
   * environment.mjs leaves of the caller's. `masked`: what it writes must show no telephone number; close() throws when
   * it did.
   */
  start(
    name,
    program,
    args = [],
    { ending = ['TERM'], environment = {}, asSelf = false, directory, masked = false } = {},
  ) {
    const { PATH, LANG, TZ } = process.env;
    const sanitizers = Object.fromEntries(SANITIZERS.map((option) => [option, process.env[option]]));
    const minimal = { PATH, LANG, TZ, HOME: this.directory, ...sanitizers };
    const options = {
      cwd: directory ?? this.directory,
      detached: true,
      env: { ...(asSelf ? process.env : minimal), ...environment },
      stdio: ['ignore', 'pipe', 'pipe', this.#janitor.stdin],
      ...(asSelf ? {} : this.#account),
    };
    const daemon = new Daemon(name, spawn('/bin/sh', ['-c', ENTRUST, ending.join(' '), program, ...args], options));
    if (masked) this.#masked.push(daemon);
    return daemon;
  }

  /** Runs a program to its end, which must come within a minute, and returns its Daemon; throws when it fails. */
  async run(name, program, args = [], options = {}) {
    const daemon = this.start(name, program, args, options);
    const { code, signal } = await daemon.end();
    if (code !== 0) throw new Error(`${name} ended with ${signal ?? code}\n${daemon.tail(50)}`);
    return daemon;
  }

  /** Ends every process, removes the directory, and resolves when nothing is left. May be called more than once. */
  async close() {
    this.#janitor.stdin.end();
    await this.#janitorEnded;
    openSandboxes.delete(this);
    const shown = this.#masked
      .splice(0)
      .flatMap(({ name, lines }) => linesWithNumbers(lines).map((line) => `  ${name}: ${line}`));
    if (shown.length > 0) throw new Error(`telephone numbers in a log:\n${shown.slice(0, 20).join('\n')}`);
  }
}
