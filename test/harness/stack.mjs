// The whole system in a sandbox: database with the extension, PostgREST, Twilio simulator, telephonyd.

import { randomBytes, randomUUID } from 'node:crypto';
import { Cluster } from './cluster.mjs';
import { until } from './deadline.mjs';
import { Postgrest } from './postgrest.mjs';
import { Sandbox } from './sandbox.mjs';
import { Sidecar } from './sidecar.mjs';
import { Simulator } from './simulator.mjs';

/** What a call to a number bought here is answered by. */
export const VOICE_URL = 'https://voice.example.com/incoming';

/**
 * Server settings of a deployment behind PostgREST: request limits need the library preloaded. They are on in every
 * test, and higher than any test but theirs gets.
 */
export const SERVER = {
  shared_preload_libraries: 'telephony',
  'telephony.ip_limit': 1_000_000_000,
  'telephony.org_limit': 1_000_000_000,
};

/** The roles of a deployment behind PostgREST, as its DBA makes them; the sidecar logs in as telephonyd. */
export const ROLES = `
CREATE ROLE anon NOLOGIN;
CREATE ROLE authenticated NOLOGIN;
CREATE ROLE service_role NOLOGIN;
CREATE ROLE operator NOLOGIN;
CREATE ROLE authenticator LOGIN NOINHERIT;
GRANT anon, authenticated, service_role, operator TO authenticator;
CREATE ROLE telephonyd LOGIN;`;

/** Who may do what. */
export const ACCESS = `
SELECT telephony_internal.grant_access('anon', 'anon');
SELECT telephony_internal.grant_access('authenticated', 'tenant');
SELECT telephony_internal.grant_access('service_role', 'service');
SELECT telephony_internal.grant_access('operator', 'operator');
SELECT telephony_internal.grant_access('telephonyd', 'sidecar');`;

/**
 * Makes a database with the extension, migrated and ready for callers, after `prepare`, SQL that finds the roles made;
 * resolves to its name and installation id.
 */
export async function createDatabase(cluster, { prepare = '', database = 'telephony' } = {}) {
  await cluster.psql(`CREATE DATABASE ${database}`);
  await cluster.psql(
    `${ROLES}
    ${prepare}
    CREATE EXTENSION telephony;
    ALTER DATABASE ${database} SET search_path = "$user", public, telephony;
    SELECT telephony.migrate();
    ${ACCESS}
    SELECT telephony_internal.set_voice_settings(voice_url => '${VOICE_URL}');`,
    { database },
  );
  const installation = await cluster.psql('SELECT telephony_internal.installation_id()', { database });
  return { database, installation };
}

/** States in which nothing more happens without somebody asking. */
const ENDED = ['done', 'released', 'written_off', 'cancelled', 'failed', 'conflict'];

/** A Twilio account of nobody. */
export function inventAccount() {
  return { accountSid: `AC${randomBytes(16).toString('hex')}`, authToken: randomBytes(16).toString('hex') };
}

/** A caller of one organization, with what a client of the API does over and over. */
export class Organization {
  #caller;
  #simulator;
  #handedIn = null;

  /**
   * With a simulator, the organization has a Twilio `account` of its own there, and hands it in before it asks for its
   * first number; without, it buys in the platform's.
   */
  constructor(postgrest, id = randomUUID(), { simulator = null, account = inventAccount() } = {}) {
    /** The organization id in the token. */
    this.id = id;
    /** Its own Twilio account: {accountSid, authToken}. */
    this.account = account;
    this.#simulator = simulator;
    this.#caller = postgrest.caller({ org: id });
  }

  /** Opens its account at Twilio and hands the credentials in; again and again does it once. */
  handInAccount(details) {
    this.#handedIn ??= (async () => {
      await this.#simulator.account(this.account, details);
      return this.setCredentials();
    })();
    return this.#handedIn;
  }

  /** Hands in credentials, by default its own; resolves to the status, anything but success is an error. */
  async setCredentials({ accountSid, authToken } = this.account) {
    const answer = await this.rpc('set_twilio_credentials', { account_sid: accountSid, auth_token: authToken });
    return this.#object(answer);
  }

  /** The status of its credentials. */
  async credentials() {
    return this.#object(await this.rpc('twilio_credentials_status'));
  }

  /** Resolves to the status of its credentials once they have been tried. */
  async credentialsTried() {
    let row;
    await until('credentials tried', async () => (row = await this.credentials()).status !== 'unverified');
    return row;
  }

  /** Calls a function; resolves to its Answer. */
  rpc(name, args) {
    return this.#caller.rpc(name, args);
  }

  /** Reads a table or view; resolves to its Answer. */
  read(table, query) {
    return this.#caller.read(table, query);
  }

  /** Asks for a number and resolves to the job; anything but success is an error. */
  async provision(country) {
    if (this.#simulator) await this.handInAccount();
    return this.#object(await this.rpc('provision_number', { country_code: country }));
  }

  /** The status. */
  async status() {
    return this.#object(await this.rpc('provisioning_status'));
  }

  /** Resolves to the status once the latest job has ended, well or not. */
  async finished({ timeout = 30_000 } = {}) {
    let last;
    const ended = async () => ENDED.includes((last = await this.status()).state) && last;
    return until('end of the job', ended, { timeout, interval: 20, seen: () => JSON.stringify(last) });
  }

  /** Asks for a number and resolves to the status when it is there; a job that ends otherwise is an error. */
  async provisioned(country) {
    await this.provision(country);
    const end = await this.finished();
    if (end.state !== 'done') throw new Error(`the job ended ${end.state}: ${end.reason}`);
    return end;
  }

  #object({ status, body }) {
    if (status !== 200 || Array.isArray(body)) throw new Error(`HTTP ${status}: ${JSON.stringify(body)}`);
    return body;
  }
}

/** A running system. */
export class Stack {
  #sidecars = 0;

  /**
   * Starts everything; resolves when PostgREST answers and telephonyd is at work. `settings` are columns of
   * telephony_internal.settings (intervals, as SQL text); `upkeep` says how often tasks of telephony_internal.upkeep
   * are done, from now on; `flags` are every telephonyd's; `install` makes the database; `server` are settings of
   * PostgreSQL.
   * Organizations bring their own Twilio accounts; with `platform` they buy in one
   * of telephonyd's, which is `account` then.
   */
  static async start({
    settings = {},
    upkeep = {},
    flags = {},
    install = createDatabase,
    server = {},
    platform = false,
  } = {}) {
    const stack = new Stack();
    stack.sandbox = Sandbox.open();
    /** The platform's Twilio account; null where organizations bring their own. */
    stack.account = platform ? inventAccount() : null;
    stack.flags = flags;
    try {
      /** The secret keys of telephonyd, the newest first. */
      stack.keyFiles = [await Sidecar.keygen(stack.sandbox, 'keygen')];
      /** Settings of the server, which a second cluster for a copy of the database needs as well. */
      stack.server = { ...SERVER, 'telephony.sidecar_public_key_file': `${stack.keyFiles[0]}.pub`, ...server };
      [stack.cluster, stack.simulator] = await Promise.all([
        Cluster.create(stack.sandbox, { settings: stack.server }),
        Simulator.start(stack.sandbox),
      ]);
      if (platform) await stack.simulator.account(stack.account);
      Object.assign(stack, await install(stack.cluster));
      for (const [name, value] of Object.entries(settings)) {
        await stack.psql(`UPDATE telephony_internal.settings SET ${name} = '${value}'`);
      }
      for (const [task, every] of Object.entries(upkeep)) {
        await stack.psql(
          `UPDATE telephony_internal.upkeep SET every = '${every}', due_at = now() WHERE task = '${task}'`,
        );
      }
      const [postgrest, sidecar] = await Promise.all([
        Postgrest.start(stack.sandbox, stack.cluster, { database: stack.database }),
        stack.startSidecar(),
      ]);
      stack.postgrest = postgrest;
      stack.sidecar = sidecar;
      return stack;
    } catch (error) {
      await stack.sandbox.close();
      throw error;
    }
  }

  /** Starts one more telephonyd and resolves when it is at work; `over` replaces what it would be given. */
  startSidecar(over = {}) {
    return Sidecar.start(this.sandbox, this.sidecarOptions(over));
  }

  /** Runs another command of telephonyd to its end; resolves to {code, output, lines}. */
  sidecarCommand(...command) {
    return Sidecar.command(this.sandbox, this.sidecarOptions(), ...command);
  }

  /** Runs `telephonyd reconcile --json` with more flags; resolves to its report and its exit code. */
  async reconcile(...flags) {
    const { code, output, lines } = await this.sidecarCommand('reconcile', '--json', ...flags);
    if (output.length === 0) throw new Error(`reconcile ended with ${code}: ${lines.join('\n')}`);
    return { code, ...JSON.parse(output.join('\n')) };
  }

  /** What a telephonyd of this system is started with. */
  sidecarOptions(over = {}) {
    this.#sidecars += 1;
    const { cluster, database, installation, simulator, keyFiles, account, flags } = this;
    return {
      name: `telephonyd-${this.#sidecars}`,
      cluster,
      database,
      installation,
      simulator,
      keyFiles,
      account,
      flags,
      ...over,
    };
  }

  /** Runs SQL as superuser in the system's database. */
  psql(sql, options) {
    return this.cluster.psql(sql, { database: this.database, ...options });
  }

  /** The rows of a query, as superuser. */
  rows(query) {
    return this.cluster.rows(query, { database: this.database });
  }

  /** The one row of a query, as superuser. */
  row(query) {
    return this.cluster.row(query, { database: this.database });
  }

  /** A caller of an organization, by default of a new one with a Twilio account of its own (see Organization). */
  organization(id, options) {
    return new Organization(this.postgrest, id, { simulator: this.account ? null : this.simulator, ...options });
  }

  /** The numbers that the Twilio accounts really hold. */
  async numbersAtTwilio() {
    return (await this.simulator.state()).numbers;
  }

  /** Ends everything and removes every trace. */
  close() {
    return this.sandbox.close();
  }
}
