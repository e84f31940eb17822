// telephonyd in a sandbox: the running sidecar, and its other commands.

import { join } from 'node:path';
import { PROJECT } from './sandbox.mjs';

const PROGRAM = join(PROJECT, 'build/telephonyd');

/** Flags for a test in which telephonyd is to notice soon that the database has gone, and nobody takes a job over. */
export const QUICK = { 'rollback-after': 1, 'poll-interval': 0.3, 'database-timeout': 3 };

/**
 * Flags for a test in which a job is taken over, after lease plus request_life: settings.request_life must then be
 * REQUEST_LIFE. A request that is held up longer than two seconds counts as unanswered.
 */
export const TAKEOVER = { ...QUICK, 'request-timeout': 2, 'connect-timeout': 1, lease: 6 };

/** What settings.request_life must be for the flags of TAKEOVER: connect and request timeout together. */
export const REQUEST_LIFE = '3 seconds';

/** Written when it has greeted the database and found the Twilio account in order: from now on it takes jobs. */
const READY = /twilio account verified/;

/** A telephonyd of the sandbox, under the account that everything runs as there. */
export class Sidecar {
  /**
   * Starts `telephonyd run` and resolves when it takes jobs. `flags` are settings by name without the dashes.
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
    const daemon = Sidecar.#spawn(sandbox, options, command);
    const { code } = await daemon.end();
    return { code, output: daemon.output, lines: daemon.lines };
  }

  static #spawn(sandbox, { name, cluster, database, installation, simulator, account, flags = {} }, command) {
    const credentials = { account_sid: account.accountSid, auth_token: account.authToken };
    const settings = {
      installation,
      'platform-account': sandbox.privateFile(`${name}-account.json`, JSON.stringify(credentials)),
      'twilio-url': simulator.url,
      worker: name,
      ...flags,
    };
    const args = Object.entries(settings).map(([flag, value]) => `--${flag}=${value}`);
    return sandbox.start(name, sandbox.program(PROGRAM), [...args, ...command], {
      ending: ['KILL'], // it must be safe to kill at any moment, and this is quick
      masked: command[0] === 'run',
      environment: cluster.environment({ user: 'telephonyd', database }),
    });
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
