// A way from one sidecar to the database that can be cut, frozen or made to lose an answer: a proxy for the server's
// Unix socket.

import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

const SOCKET = '.s.PGSQL.5432';

/** First byte of a NotificationResponse of PostgreSQL's protocol. */
const NOTIFICATION = 'A'.charCodeAt(0);

/** One link. It stands in for a Cluster where a sidecar is told how to connect. */
export class DatabaseLink {
  #cluster;
  #server;
  #connections = new Set();
  #state = 'whole';
  #deaf = false;
  #trap = null;

  /** Opens a link to a cluster; `name` tells links of a sandbox apart. */
  static async open(sandbox, cluster, name) {
    const link = new DatabaseLink(sandbox, cluster, name);
    link.#server.listen(join(link.host, SOCKET));
    await once(link.#server, 'listening');
    chmodSync(join(link.host, SOCKET), 0o777);
    return link;
  }

  constructor(sandbox, cluster, name) {
    this.#cluster = cluster;
    /** The directory of its Unix socket. */
    this.host = sandbox.privateDirectory(`${name}-run`);
    this.#server = createServer((client) => this.#serve(client));
    this.#server.unref();
  }

  /** libpq's environment variables for a connection through this link. */
  environment(options) {
    return { ...this.#cluster.environment(options), PGHOST: this.host };
  }

  /** Ends all connections, and every new one at once, until mend(). What was already sent may be carried out. */
  cut() {
    this.#state = 'cut';
    for (const connection of [...this.#connections]) connection.close();
  }

  /** Keeps all connections open and lets nothing through either way, until mend(). */
  freeze() {
    if (this.#state !== 'whole') return;
    this.#state = 'frozen';
    for (const { client, server } of this.#connections) [client, server].forEach((socket) => socket.pause());
  }

  /** Drops every notification from now on, until mend(). */
  deafen() {
    this.#deaf = true;
  }

  /** Makes the link whole again; what a frozen one held goes on. */
  mend() {
    this.#state = 'whole';
    this.#deaf = false;
    this.#trap = null;
    for (const { client, server } of this.#connections) [client, server].forEach((socket) => socket.resume());
  }

  /**
   * Waits for the next statement that holds `text` (a parameter, such as the name of an event) and cuts its connection:
   * "before" the server gets it, or "after" the server has answered, which nobody then learns; "silenced", its answer
   * and all that follow on that connection are lost too, but the connection stays open. Calls `caught` then.
   */
  trap(text, moment, caught = () => {}) {
    this.#trap = { text, moment, caught };
  }

  /** Calls `seen` once, when the answer to the next statement that holds `text` has gone on to the sidecar. */
  watch(text, seen) {
    this.#trap = { text, moment: 'answered', caught: seen };
  }

  #serve(client) {
    if (this.#state === 'cut') {
      client.destroy();
      return;
    }
    const server = connect(join(this.#cluster.host, SOCKET));
    const connection = { client, server, trapped: null };
    connection.close = () => {
      this.#connections.delete(connection);
      client.destroy();
      server.destroy();
    };
    this.#connections.add(connection);
    for (const socket of [client, server]) {
      socket.on('error', connection.close); // the other side's end; libpq sees a lost connection, as it should
      socket.on('close', connection.close);
      if (this.#state === 'frozen') socket.pause();
    }
    client.on('data', (bytes) => this.#forward(connection, bytes));
    server.on('data', (bytes) => this.#answer(connection, bytes));
  }

  #forward(connection, bytes) {
    if (this.#trap && bytes.includes(this.#trap.text)) {
      const trap = this.#trap;
      this.#trap = null;
      if (trap.moment === 'before') {
        connection.close();
        trap.caught();
        return;
      }
      connection.trapped = trap;
    }
    connection.server.write(bytes);
  }

  #answer(connection, bytes) {
    if (connection.trapped?.moment === 'answered') {
      connection.client.write(bytes);
      connection.trapped.caught();
      connection.trapped = null;
    } else if (connection.trapped?.moment === 'silenced') {
      connection.trapped.caught();
    } else if (connection.trapped) {
      connection.close();
      connection.trapped.caught();
    } else if (!(this.#deaf && bytes[0] === NOTIFICATION)) {
      connection.client.write(bytes);
    }
  }
}
