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
   * Lets requests go wrong: `fault` is {kind, ...}; `operation` search, buy, list, get, update, delete, pricing,
   * validate, list_caller_ids, get_caller_id, update_caller_id, delete_caller_id, call, list_calls, get_call,
   * update_call, delete_call, call_price, permissions or any. Returns its id.
   */
  async fault(operation, fault, { times = 1, after = 0, ...of } = {}) {
    const { id } = await this.#control('POST', 'faults', { operation, times, after, fault, ...of });
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
   * parent_account_sid, api_keys, calls_per_second, blocked_prefixes}.
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

  /** Sets up an own phone; `settings` {behaviour, dial, forwarding, ...} as voice_control.hpp says. */
  phone(number, settings = {}) {
    return this.#control('POST', 'phones', { number, ...settings });
  }

  /** The subscriber at the phone answers the validation call, this one or the next, and types these digits. */
  type(number, digits) {
    return this.#control('POST', 'type', { number, digits });
  }

  /** The subscriber at the phone does something with the call there is: answer, decline or hang_up. */
  act(number, action) {
    return this.#control('POST', 'act', { number, action });
  }

  /** Somebody outside calls; `details` {forwarded_from, hangs_up_after}. */
  ring(from, to, details = {}) {
    return this.#control('POST', 'ring', { from, to, ...details });
  }

  /** What answers a number of an account: {answers, rejects_from, answers_after, hangs_up_after}. */
  application(number, details = {}) {
    return this.#control('POST', 'applications', { number, ...details });
  }

  /** What a minute to numbers with this prefix costs; null: Twilio does not tell. */
  callPrice(prefix, price) {
    return this.#control('POST', 'prices', { prefix, price });
  }

  /** How many milliseconds a second of a call takes. */
  pace(second_ms) {
    return this.#control('POST', 'pace', { second_ms });
  }

  /**
   * Resolves when there are `count` calls as `wanted` {account_sid, to, from, sid, direction, status} says (status:
   * one or several, with commas); to those calls, each with its truth.
   */
  async calls(wanted, { count = 1, timeout = 20_000 } = {}) {
    const query = new URLSearchParams({ ...wanted, count, timeout_ms: timeout });
    return (await this.#control('GET', `calls?${query}`, undefined, { timeout: timeout + 5_000 })).calls;
  }

  /** The true state: accounts, numbers, calls, caller_ids, validations, phones, requests, purchases. */
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
