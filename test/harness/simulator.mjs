// The Twilio simulator in a sandbox, and a client for its control interface.

import { join } from 'node:path';
import { BUILD } from './sandbox.mjs';

const PROGRAM = join(BUILD, 'twilio_simulator');

/** A running simulator. What it is asked to do and what it tells is described with the simulator itself. */
export class Simulator {
  /** Starts a simulator without accounts and resolves when it listens. */
  static async start(sandbox) {
    const daemon = sandbox.start('simulator', sandbox.program(PROGRAM), ['--port', '0']);
    const [, url] = await daemon.line(/^listening on (http:\/\/\S+)/);
    return new Simulator(daemon, url);
  }

  constructor(daemon, url) {
    this.daemon = daemon;
    /** Base URL: what takes the place of https://api.twilio.com. */
    this.url = url;
  }

  async #control(method, path, body, { timeout = 20_000 } = {}) {
    const response = await fetch(`${this.url}/_control/${path}`, {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(timeout),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`simulator: ${method} ${path} gave ${response.status}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  /**
   * Lets requests go wrong: `fault` is {kind, ...}; `operation` search, buy, list, get, update, delete,
   * pricing or any. Returns its id.
   */
  async fault(operation, fault, { times = 1, after = 0, number } = {}) {
    const { id } = await this.#control('POST', 'faults', { operation, times, after, fault, ...(number && { number }) });
    return id;
  }

  /** Lets the requests go that a "hold" fault is holding, and those it would hold. */
  release(id) {
    return this.#control('POST', 'release', { id });
  }

  /** Takes all faults away. */
  clearFaults() {
    return this.#control('DELETE', 'faults');
  }

  /**
   * Adds an account, or changes what is given: `account` is {accountSid, authToken}, `details` {status, type,
   * parent_account_sid, api_keys}.
   */
  account({ accountSid, authToken }, details = {}) {
    return this.#control('POST', 'accounts', { account_sid: accountSid, auth_token: authToken, ...details });
  }

  /** The faults that have not acted as often as they are to: [{id, times, ...}]. */
  faultsInForce() {
    return this.#control('GET', 'faults');
  }

  /** Sets the numbers for sale; [] for none. */
  inventory(country, type, numbers) {
    return this.#control('POST', 'inventory', { country, type, numbers });
  }

  /** Says that an address is in an area, as in +4420: 21615 for numbers of other areas that need an address. */
  address(address_sid, area) {
    return this.#control('POST', 'addresses', { address_sid, area });
  }

  /** Does what is done in Twilio's console: `action` buy, rename, delete or set_voice_url. */
  console(action, details) {
    return this.#control('POST', 'console', { action, ...details });
  }

  /** The true state: accounts, numbers, requests, purchases, releases. */
  state() {
    return this.#control('GET', 'state');
  }

  /** Resolves when `count` requests of an operation have been received, applied or answered since the start. */
  async reached(operation, stage, { count = 1, timeout = 20_000 } = {}) {
    const query = `operation=${operation}&stage=${stage}&count=${count}&timeout_ms=${timeout}`;
    await this.#control('GET', `wait?${query}`, undefined, { timeout: timeout + 5_000 });
  }

  /** How many requests of an operation have been received, applied or answered so far. */
  async count(operation, stage) {
    return (await this.state()).counts[operation][stage];
  }
}
