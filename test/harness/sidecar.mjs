// telephonyd in a sandbox: the running sidecar, and its other commands.

import { join } from 'node:path';
import { BUILD } from './sandbox.mjs';

const PROGRAM = join(BUILD, 'telephonyd');

/** Flags for a test in which telephonyd is to notice soon that the database has gone, and nobody takes a job over. */
export const QUICK = { 'rollback-after': 1, 'poll-interval': 0.3, 'database-timeout': 3 };

/**
 * Flags for a test in which a job is taken over, after lease plus request_life: settings.request_life must then be
 * REQUEST_LIFE. A request that is held up longer than two seconds counts as unanswered.
 */
export const TAKEOVER = { ...QUICK, 'request-timeout': 2, 'connect-timeout': 1, lease: 6 };

/** What settings.request_life must be for the flags of TAKEOVER: connect and request timeout together. */
export const REQUEST_LIFE = '3 seconds';

/** Written when it has greeted the database: from now on it takes jobs. */
const READY = /database ready/;

/** A telephonyd of the sandbox, under the account that everything runs as there. */
export class Sidecar {
  /**
   * Starts `telephonyd run` and resolves when it takes jobs. Of the options, `flags` are settings by name without the
   * dashes, `keyFiles` secret keys, the newest first, `account` the platform's, if any, and `wrapper` a program with
   * arguments that starts it.
   */
  static async start(sandbox, options) {
    const sidecar = Sidecar.launch(sandbox, options);
    await sidecar.daemon.line(READY, { timeout: 30_000 });
    return sidecar;
  }

  /** Starts `telephonyd run` without waiting: it may refuse. */
  static launch(sandbox, options) {
    return new Sidecar(Sidecar.#spawn(sandbox, options, ['run']));
  }

  /** Runs another command to its end; resolves to {code, output, lines}: output is standard output alone. */
  static async command(sandbox, options, ...command) {
    const daemon = Sidecar.begin(sandbox, options, ...command);
    const { code } = await daemon.end();
    return { code, output: daemon.output, lines: daemon.lines };
  }

  /** Starts another command; its Daemon, to be killed in the middle. */
  static begin(sandbox, options, ...command) {
    return Sidecar.#spawn(sandbox, options, command);
  }

  static #spawn(
    sandbox,
    { name, cluster, database, installation, simulator, keyFiles, account, flags = {}, wrapper = [], ...other },
    command,
  ) {
    const { program: source = PROGRAM } = other;
    const settings = { installation, 'twilio-url': simulator.url, worker: name, ...flags };
    if (account) {
      const line = `${account.accountSid}:${account.authToken}\n`;
      settings['platform-account'] = sandbox.privateFile(`${name}-account`, line);
    }
    const args = Object.entries(settings).map(([flag, value]) => `--${flag}=${value}`);
    const keys = keyFiles.map((file) => `--key-file=${file}`);
    const [program, ...rest] = [...wrapper, sandbox.program(source), ...args, ...keys, ...command];
    return sandbox.start(name, program, rest, {
      ending: ['KILL'], // it must be safe to kill at any moment, and this is quick
      masked: command[0] === 'run',
      environment: cluster.environment({ user: 'telephonyd', database }),
    });
  }

  /**
   * Makes a key pair by `telephonyd keygen`; resolves to the path of the secret key, beside which lies the public one,
   * `.pub`.
   */
  static async keygen(sandbox, name) {
    const file = join(sandbox.privateDirectory(`${name}-keys`), 'key');
    await sandbox.run(name, sandbox.program(PROGRAM), ['keygen', file]);
    return file;
  }

  constructor(daemon) {
    this.daemon = daemon;
  }

  /** Resolves to the match of a log line written from now on, or from index `from` on; see Daemon.line(). */
  log(pattern, options) {
    return this.daemon.line(pattern, options);
  }

  /** SIGKILL; resolves when it is gone. */
  kill() {
    return this.daemon.stop('SIGKILL');
  }
}
