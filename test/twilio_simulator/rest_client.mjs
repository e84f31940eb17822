// A Twilio simulator in a sandbox and a bare client for its API, for the tests of the simulator itself.

import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';
import { BUILD } from '../harness/sandbox.mjs';
import { Simulator } from '../harness/simulator.mjs';

/** The program under test. */
export const PROGRAM = process.env.TWILIO_SIMULATOR ?? join(BUILD, 'twilio_simulator');

/** Starts a simulator with these arguments; resolves to its Daemon, base url and control client when it listens. */
export async function startSimulator(sandbox, args = []) {
  const daemon = sandbox.start('simulator', sandbox.program(PROGRAM), args);
  const [, url] = await daemon.line(/^listening on (http:\/\/127\.0\.0\.1:\d+)$/);
  return { daemon, url, simulator: new Simulator(daemon, url) };
}

/** Sends an order to the control interface; resolves to {status, body}. */
export async function control(url, method, path, body) {
  const response = await fetch(`${url}/_control/${path}`, { method, body: body && JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

/** An account of the simulated Twilio, as seen by a client that has its token. */
export class AccountClient {
  /** Makes a new account. `details`: status, type, parent_account_sid, api_keys. */
  static async create(url, details = {}) {
    const sid = `AC${randomBytes(16).toString('hex')}`;
    const token = randomBytes(16).toString('hex');
    const { status } = await control(url, 'POST', 'accounts', { account_sid: sid, auth_token: token, ...details });
    if (status !== 200) throw new Error(`account not made: ${status}`);
    return new AccountClient(url, sid, token);
  }

  /** `user` is who opens the account, if not the account itself: its parent, or an API key. */
  constructor(url, sid, token, user = sid) {
    Object.assign(this, { url, sid, token, user });
  }

  /** The path of one of the account's resources. */
  path(rest) {
    return `/2010-04-01/Accounts/${this.sid}${rest}`;
  }

  get authorization() {
    return `Basic ${Buffer.from(`${this.user}:${this.token}`).toString('base64')}`;
  }

  /**
   * Sends a request to a path below the account, or to a whole path; `form` makes it a form. Resolves to the answer.
   */
  async request(method, rest, form) {
    const path = /^\/(2010-04-01|v1|v2)\//.test(rest) ? rest : this.path(rest);
    const response = await fetch(this.url + path, {
      method,
      headers: { Authorization: this.authorization },
      body: form && new URLSearchParams(form),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type') === 'application/json';
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
  }

  get(rest, query) {
    return this.request('GET', query ? `${rest}?${new URLSearchParams(query)}` : rest);
  }

  buy(form) {
    return this.request('POST', '/IncomingPhoneNumbers.json', typeof form === 'string' ? { PhoneNumber: form } : form);
  }

  update(sid, form) {
    return this.request('POST', `/IncomingPhoneNumbers/${sid}.json`, form);
  }

  release(sid) {
    return this.request('DELETE', `/IncomingPhoneNumbers/${sid}.json`);
  }

  list(query) {
    return this.get('/IncomingPhoneNumbers.json', query);
  }

  /** Places a call that says nothing for long, unless told otherwise. */
  call(to, from, form = {}) {
    const Twiml = '<Response><Pause length="10000"/></Response>';
    return this.request('POST', '/Calls.json', { To: to, From: from, Twiml, ...form });
  }

  /** The calls of a list. */
  async calls(query) {
    return (await this.get('/Calls.json', query)).body.calls;
  }

  endCall(sid, status = 'completed') {
    return this.request('POST', `/Calls/${sid}.json`, { Status: status });
  }

  validate(phoneNumber, form = {}) {
    return this.request('POST', '/OutgoingCallerIds.json', { PhoneNumber: phoneNumber, ...form });
  }

  /** The caller ids of a list. */
  async callerIds(query) {
    return (await this.get('/OutgoingCallerIds.json', query)).body.outgoing_caller_ids;
  }

  /** Numbers for sale, as E.164 texts. */
  async search(country, type, query) {
    const { body } = await this.get(`/AvailablePhoneNumbers/${country}/${type}.json`, query);
    return body.available_phone_numbers.map((number) => number.phone_number);
  }

  /** Buys the first number that a search finds; resolves to its representation. */
  async buyAny(form = {}) {
    const [PhoneNumber] = await this.search('US', 'Local', { PageSize: 1 });
    const { status, body } = await this.buy({ ...form, PhoneNumber });
    if (status !== 201) throw new Error(`not bought: ${JSON.stringify(body)}`);
    return body;
  }

  /** Sends a purchase over a connection of its own; resolves, when that has ended, to every byte of the answer. */
  buyRaw(phoneNumber) {
    const form = new URLSearchParams({ PhoneNumber: phoneNumber }).toString();
    const { hostname, port } = new URL(this.url);
    return new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect({ host: hostname, port: Number(port) });
      socket.setEncoding('utf8');
      socket.on('error', reject);
      socket.on('data', (bytes) => (answer += bytes));
      socket.on('end', () => resolve(answer));
      socket.write(
        `POST ${this.path('/IncomingPhoneNumbers.json')} HTTP/1.1\r\nHost: simulator\r\n` +
          `Authorization: ${this.authorization}\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
          `Content-Length: ${form.length}\r\n\r\n${form}`,
      );
    });
  }
}
