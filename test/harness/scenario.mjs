// A system for scenarios of failure: sidecars are started one by one, each with a database link that can be cut.

import { DatabaseLink } from './database_link.mjs';
import { until } from './deadline.mjs';
import { Sidecar } from './sidecar.mjs';
import { Stack } from './stack.mjs';

/** A Stack without a sidecar of its own, and the sidecars that a test starts. */
export class Scenario {
  #sidecars = [];

  /**
   * Starts the system; options as of Stack.start(), but that organizations buy in the platform's account unless it says
   * otherwise.
   */
  static async start(options) {
    const scenario = new Scenario();
    scenario.stack = await Stack.start({ platform: true, ...options });
    await scenario.stack.sidecar.kill();
    return scenario;
  }

  /** Starts a sidecar; resolves to it, with its `link`, when it takes jobs. `over` replaces what it would be given. */
  async sidecar(over = {}) {
    const sidecar = await this.#launch(over, Sidecar.start);
    return sidecar;
  }

  /** The same without waiting until it takes jobs. */
  launch(over = {}) {
    return this.#launch(over, Sidecar.launch);
  }

  async #launch(over, start) {
    const { sandbox, cluster } = this.stack;
    const options = this.stack.sidecarOptions(over);
    const link = await DatabaseLink.open(sandbox, over.cluster ?? cluster, `link-of-${options.name}`);
    const sidecar = await start.call(Sidecar, sandbox, { ...options, cluster: link });
    sidecar.link = link;
    this.#sidecars.push(sidecar);
    return sidecar;
  }

  /** Ends a test: no sidecar runs, no fault is in force. */
  async clear() {
    await this.stack.simulator.clearFaults();
    await Promise.all(this.#sidecars.splice(0).filter(({ daemon }) => daemon.running).map((sidecar) => sidecar.kill()));
  }

  /** Counts purchases and releases at Twilio from now on: resolves to a function that tells them. */
  async costs() {
    const before = await this.stack.simulator.state();
    return async () => {
      const now = await this.stack.simulator.state();
      return { purchases: now.purchases - before.purchases, releases: now.releases - before.releases };
    };
  }

  /** The job of an organization as the database has it. */
  job(organization) {
    return this.stack.row(
      `SELECT * FROM telephony_internal.jobs WHERE org_id = '${organization.id}' ORDER BY created_at DESC LIMIT 1`,
    );
  }

  /** Resolves once the job of an organization is in a state. */
  untilState(organization, state) {
    return until(`state ${state}`, async () => (await this.job(organization)).state === state, {
      interval: 10,
      seen: async () => JSON.stringify(await this.job(organization)),
    });
  }

  /**
   * Starts a purchase and resolves, when Twilio holds it up "before" or "after" it takes effect, to the organization
   * and a function that lets it go on.
   */
  async heldPurchase(when, organization = this.stack.organization()) {
    const { simulator } = this.stack;
    const stage = when === 'before' ? 'received' : 'applied';
    const count = (await simulator.count('buy', stage)) + 1;
    const hold = await simulator.fault('buy', { kind: 'hold', when });
    await organization.provision('US');
    await simulator.reached('buy', stage, { count });
    return { organization, release: () => simulator.release(hold) };
  }

  /** The live number of an organization as Twilio has it; undefined when there is none. */
  async numberOf(organization) {
    const rows = await this.stack.rows(
      `SELECT number_sid FROM telephony_api.phone_numbers WHERE org_id = '${organization.id}' AND released_at IS NULL`,
    );
    return (await this.stack.numbersAtTwilio()).find((number) => number.sid === rows[0]?.number_sid);
  }

  /** What reconcile says of each number: {SID: verdict}. */
  async verdicts(...flags) {
    const { rows } = await this.stack.reconcile(...flags);
    return Object.fromEntries(rows.map((row) => [row.number_sid, row.verdict]));
  }
}
