// A session with PostgreSQL in the very messages that PostgREST's libpq sends (protocol 3.0): each statement prepared
// once with the types of its parameters and then executed, every pair of messages a round trip of its own, results
// asked for in binary.

import { once } from 'node:events';
import { createConnection } from 'node:net';
import { within } from '../harness/deadline.mjs';

/** Object ids of the parameter types that PostgREST declares. */
const TYPE = { unknown: 705, json: 114 };

/** Result types whose binary form is not the text itself, by object id. */
const BINARY = { 20: (bytes) => Number(bytes.readBigInt64BE()), 23: (bytes) => bytes.readInt32BE() };

const int16 = (value) => Buffer.from([value >> 8, value & 255]);
const int32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const string = (value) => Buffer.from(`${value}\0`);
const sized = (bytes) => [int32(bytes.length), bytes];

/** A message of the client: its type, its length with itself, its parts. */
function message(type, ...parts) {
  const body = Buffer.concat(parts.flat(2));
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}
const SYNC = message('S');

/** An error that the server sent; `sqlstate`, `detail` and `hint` as there. */
export class ServerError extends Error {
  constructor(body) {
    const fields = Object.fromEntries(
      body
        .toString()
        .split('\0')
        .filter(Boolean)
        .map((field) => [field[0], field.slice(1)]),
    );
    super(fields.M);
    this.sqlstate = fields.C;
    this.detail = fields.D ?? null;
    this.hint = fields.H ?? null;
  }
}

/** A logged-in session. */
export class Wire {
  #socket;
  #received = Buffer.alloc(0);
  #prepared = new Map();

  /** Logs in over the cluster's Unix socket and sets what PostgREST sets on every new connection. */
  static async connect(cluster, { user, database }) {
    const wire = new Wire(createConnection(`${cluster.host}/.s.PGSQL.5432`));
    await once(wire.#socket, 'connect');
    // The first message has no type.
    const options = [int32(196608), string('user'), string(user), string('database'), string(database), string('')];
    await wire.#roundTrip(message('', options));
    await wire.simple(`SET client_encoding = 'UTF8';SET client_min_messages TO WARNING;`);
    return wire;
  }

  constructor(socket) {
    this.#socket = socket;
  }

  /** The next message of the server: {type, body}. */
  async #next() {
    while (this.#received.length < 5 || this.#received.length < 1 + this.#received.readInt32BE(1)) {
      const [bytes] = await within(20_000, 'answer of the server', once(this.#socket, 'data'));
      this.#received = Buffer.concat([this.#received, bytes]);
    }
    const end = 1 + this.#received.readInt32BE(1);
    const [type, body] = [String.fromCharCode(this.#received[0]), this.#received.subarray(5, end)];
    this.#received = this.#received.subarray(end);
    return { type, body };
  }

  /** Sends bytes and resolves to the messages up to ReadyForQuery; throws the error among them, if any. */
  async #roundTrip(bytes) {
    this.#socket.write(bytes);
    const messages = [];
    do messages.push(await this.#next()); while (messages.at(-1).type !== 'Z');
    const error = messages.find(({ type }) => type === 'E');
    if (error) throw new ServerError(error.body);
    return messages;
  }

  /** A simple query, for its effect. */
  async simple(sql) {
    await this.#roundTrip(message('Q', string(sql)));
  }

  /**
   * Executes a statement. `parameters` are [type, text], the type a key of TYPE: unknown goes as text, json in binary.
   * Resolves to its rows as objects; throws ServerError.
   */
  async execute(sql, parameters = []) {
    const types = parameters.map(([type]) => TYPE[type]);
    const key = JSON.stringify([sql, types]);
    if (!this.#prepared.has(key)) {
      const name = String(this.#prepared.size);
      await this.#roundTrip(Buffer.concat([
        message('P', string(name), string(sql), int16(types.length), types.map(int32)), SYNC]));
      this.#prepared.set(key, name);
    }
    const messages = await this.#roundTrip(Buffer.concat([
      message('B', string(''), string(this.#prepared.get(key)),
        int16(parameters.length), parameters.map(([type]) => int16(type === 'json' ? 1 : 0)),
        int16(parameters.length), parameters.map(([, value]) => sized(Buffer.from(value))),
        int16(1), int16(1)),
      message('D', Buffer.from('P'), string('')),
      message('E', string(''), int32(0)),
      SYNC,
    ]));
    const description = messages.find(({ type }) => type === 'T');
    const columns = description === undefined ? [] : columnsOf(description.body);
    return messages.filter(({ type }) => type === 'D').map(({ body }) => rowOf(body, columns));
  }

  /** Ends the session. */
  async close() {
    this.#socket.end(message('X'));
    await once(this.#socket, 'close');
  }
}

/** Names and types in a RowDescription. */
function columnsOf(body) {
  const columns = [];
  for (let i = 0, at = 2; i < body.readInt16BE(0); i++) {
    const end = body.indexOf(0, at);
    columns.push({ name: body.toString('utf8', at, end), type: body.readInt32BE(end + 7) });
    at = end + 19;
  }
  return columns;
}

/** A DataRow as an object. */
function rowOf(body, columns) {
  let at = 2;
  return Object.fromEntries(columns.map(({ name, type }) => {
    const length = body.readInt32BE(at);
    at += 4;
    if (length === -1) return [name, null];
    const bytes = body.subarray(at, (at += length));
    return [name, BINARY[type] ? BINARY[type](bytes) : bytes.toString()];
  }));
}
