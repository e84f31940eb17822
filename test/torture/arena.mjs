// The system under torture: sidecars with a database link each, tenants, and a book of what was done in the console.

import { DatabaseLink } from '../harness/database_link.mjs';
import { until } from '../harness/deadline.mjs';
import { Sidecar } from '../harness/sidecar.mjs';
import { Stack } from '../harness/stack.mjs';
import { Mutex } from './mutex.mjs';
import { pause } from './pause.mjs';
import { FLAGS, SETTINGS } from './twilio_faults.mjs';

export const CARS = 3;
export const TENANTS = 40;

/** Free numbers of the small market for which all tenants compete. */
const MARKET = Array.from({ length: 400 }, (_, i) => `+1415${String(2_000_000 + i * 7919).padStart(7, '0')}`);

/** What a sidecar may log of a bug in itself or in the contract; never right, whatever happens around it. */
const WRONG = /error in a job|the database refuses a report|cannot be read|cannot renew a lease/;

export class Arena {
  /** One turn at a time for whatever stops or replaces the server. */
  server = new Mutex();
  cars = [];
  tenants = [];
  #stack;
  #journal;
  #open = true;

  static async open(journal, { cars = CARS, tenants = TENANTS } = {}) {
    const arena = new Arena();
    arena.#journal = journal;
    arena.#stack = await Stack.start({ settings: SETTINGS, flags: FLAGS, platform: true });
    await arena.#stack.sidecar.kill(); // it has no link
    await arena.#stack.simulator.pace(15);
    // Every other tenant brings a Twilio account of its own.
    const { simulator } = arena.#stack;
    arena.tenants = Array.from({ length: tenants }, (_, i) =>
      arena.#stack.organization(undefined, i % 2 ? { simulator } : {}),
    );
    for (let index = 0; index < cars; index++) {
      const link = await DatabaseLink.open(arena.#stack.sandbox, arena.#stack.cluster, `link-${index}`);
      arena.cars.push({ index, link, daemon: null });
      await arena.launch(arena.cars[index]);
    }
    await arena.handInAccounts();
    return arena;
  }

  constructor() {
    /**
     * What was done in the console, so that nobody else is blamed: SIDs; numbers whose tag an edit may have confused;
     * numbers that were edited while their purchase was in doubt. Tags of calls that a restored database may not know.
     */
    this.book = {
      foreign: new Map(),
      deleted: new Set(),
      confused: new Set(),
      inDoubt: new Set(),
      releases: new Set(),
      writtenOff: new Map(),
      forgottenCalls: new Set(),
    };
    /** The Twilio faults ordered in this round. */
    this.ordered = [];
  }

  get stack() {
    return this.#stack;
  }

  get simulator() {
    return this.#stack.simulator;
  }

  /** The Twilio accounts: the platform's first, then the tenants' own. */
  get accounts() {
    return [this.#stack.account, ...this.tenants.filter((_, i) => i % 2).map(({ account }) => account)];
  }

  /** The tenant with an id. */
  tenant(id) {
    return this.tenants.find((tenant) => tenant.id === id);
  }

  /** All tenants with an account of their own hand in what works, as those do who were told that theirs does not. */
  async handInAccounts() {
    for (const tenant of this.tenants.filter((_, i) => i % 2)) {
      await this.simulator.account(tenant.account);
      const { status, body } = await tenant.rpc('set_twilio_credentials', {
        account_sid: tenant.account.accountSid,
        auth_token: tenant.account.authToken,
      });
      if (status !== 200) this.note(`credentials not taken: ${status} ${body?.message}`);
    }
  }

  note(text) {
    this.#journal.note(text);
  }

  get journal() {
    return this.#journal;
  }

  /** Lists the small market for sale, released numbers of it included. */
  refillMarket() {
    return this.simulator.inventory('US', 'Local', MARKET);
  }

  // ---- sidecars

  /** Starts the sidecar of a place, if none runs there. */
  async launch(car) {
    if (car.daemon?.running) return;
    const { daemon } = Sidecar.launch(this.#stack.sandbox, this.#stack.sidecarOptions({ cluster: car.link }));
    Object.assign(car, { daemon, frozen: false, ready: false, expectedToEnd: false });
    daemon.each((line) => {
      this.note(`${daemon.name} ${line.replace(/^\S+Z /, '')}`);
      if (/telephonyd started/.test(line)) car.ready = true;
      if (WRONG.test(line)) this.#journal.finding(`${daemon.name} says that something is wrong`, line);
      if (this.accounts.some(({ authToken }) => line.includes(authToken)))
        this.#journal.finding(`${daemon.name} logged a token`);
      if (/\+\d{9,15}/.test(line)) this.#journal.finding(`${daemon.name} logged a whole number`, line);
    });
    daemon.ended.then(({ code, signal }) => {
      if (!car.expectedToEnd && car.daemon === daemon && this.#open) {
        this.#journal.finding(`${daemon.name} ended by itself: ${signal ?? code}`, daemon.tail(20));
      }
    });
  }

  /** Ends the sidecar of a place by a signal; resolves when it is gone. */
  async end(car, signal) {
    const { daemon } = car;
    if (!daemon.running) return;
    car.expectedToEnd = true;
    if (car.frozen) daemon.signal('SIGCONT');
    daemon.signal(signal);
    await daemon.end({ timeout: 15_000 }).catch((error) => {
      this.#journal.finding(`${daemon.name} does not end by ${signal}`, error.message);
      return daemon.stop('SIGKILL');
    });
  }

  /** Makes all sidecars try their credentials at once, if they wait because of what Twilio answered. */
  reload() {
    for (const { daemon, ready } of this.cars) if (ready) daemon.signal('SIGHUP');
  }

  // ---- database

  /** Runs SQL and tells of a failure in the journal: a database that is down is part of the storm. */
  async tryPsql(sql) {
    try {
      return await this.#stack.psql(sql);
    } catch (error) {
      this.note(`SQL not carried out: ${error.message.split('\n')[0]}`);
      return null;
    }
  }

  /** Brings waiting jobs forward: the schedule of a job is for people's patience, no rule rests on it. */
  hurry() {
    return this.tryPsql(`UPDATE telephony_internal.jobs SET not_before = pg_catalog.clock_timestamp()
      WHERE lease_until IS NULL AND not_before > pg_catalog.clock_timestamp() AND claimable;
      UPDATE telephony_internal.calls SET not_before = pg_catalog.clock_timestamp()
      WHERE lease_until IS NULL AND not_before > pg_catalog.clock_timestamp() AND NOT ended`);
  }

  /** Jobs at which something is still to be done. A number that was deleted in the console cannot be set meanwhile. */
  unfinished() {
    const deleted = [...this.book.deleted].map((sid) => `'${sid}'`).join(', ');
    return this.#stack
      .rows(`SELECT j.id, j.org_id, j.kind, j.state, j.reason, j.worker, j.lease_until, j.not_before, j.posts_sent,
        j.cancel_requested, now() AS now
      FROM telephony_internal.jobs j
      WHERE j.claimable AND NOT (j.kind = 'configure' AND j.number_sid = ANY (ARRAY[${deleted}]::text[])
        AND EXISTS (SELECT FROM telephony_api.phone_numbers p
                     WHERE p.number_sid = j.number_sid AND p.status = 'live'))
      UNION ALL SELECT c.id, c.org_id, c.kind, c.state, c.reason, c.worker, c.lease_until, c.not_before, NULL, NULL,
          now()
      FROM telephony_internal.calls c WHERE NOT c.ended`);
  }

  /** Resolves when the API answers: PostgREST may still know a database that is no more. */
  answering() {
    const answers = async () => {
      if ((await this.tenants[0].rpc('provisioning_status')).status === 200) return true;
      await this.tryPsql(`NOTIFY pgrst, 'reload schema'`);
      return false;
    };
    return until('the API answers', answers, { timeout: 60_000, interval: 200 });
  }

  // ---- the end of a storm

  /** Takes every disturbance away: all sidecars run, all links are whole, the database is up, Twilio is well. */
  async calm() {
    await this.simulator.clearFaults();
    await this.server.run(async () => {
      if (!this.#stack.cluster.postmaster.running) await this.#stack.cluster.start();
    });
    for (const car of this.cars) {
      car.link.mend();
      if (car.frozen) car.daemon.signal('SIGCONT');
      car.frozen = false;
      // What a sidecar remembers only makes it wait longer; a new one begins at once.
      await this.end(car, 'SIGTERM');
      await this.launch(car);
    }
    await this.answering();
    await this.handInAccounts();
  }

  /** Resolves to what is left undone when every job has come to rest: [] unless `timeout` was too short. */
  async drain(timeout = 60_000) {
    const deadline = performance.now() + timeout;
    for (;;) {
      const left = await this.unfinished();
      if (left.length === 0 || performance.now() > deadline) return left;
      await this.hurry();
      await pause(300);
    }
  }

  /** Tells what became of all jobs. */
  async tell(print) {
    const states = await this.#stack.rows(
      'SELECT kind, state, count(*) AS jobs FROM telephony_internal.jobs GROUP BY 1, 2 ORDER BY 1, 2',
    );
    const { purchases, repeated_purchases, releases } = await this.simulator.state();
    print(`jobs: ${states.map(({ kind, state, jobs }) => `${jobs} ${kind} ${state}`).join(', ')}`);
    print(`Twilio: ${purchases} purchases, ${repeated_purchases} repeated, ${releases} releases`);
  }

  async close() {
    this.#open = false;
    await this.#stack.close();
  }
}
