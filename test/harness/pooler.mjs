// PgBouncer in transaction mode in front of a cluster, which can be another one from a moment on.

import { existsSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './sandbox.mjs';

const PROGRAM = ['/usr/sbin/pgbouncer', join(PROJECT, 'build/pgbouncer/usr/sbin/pgbouncer')].find(existsSync);

/** One pooler. It stands in for a Cluster where a sidecar is told how to connect. */
export class Pooler {
  #cluster;
  #way;
  #swaps = 0;

  /** Starts a pooler in front of a cluster and resolves when it takes clients. */
  static async open(sandbox, cluster, { user, name = 'pgbouncer' }) {
    if (!PROGRAM) throw new Error('pgbouncer is missing: make deps');
    const pooler = new Pooler(sandbox, cluster, name);
    const users = sandbox.privateFile(`${name}-users`, `"${user}" ""\n`);
    const settings = sandbox.privateFile(`${name}.ini`, `[databases]
* = host=${pooler.#way}
[pgbouncer]
listen_addr =
listen_port = 5432
unix_socket_dir = ${pooler.host}
unix_socket_mode = 0777
auth_type = trust
auth_file = ${users}
pool_mode = transaction
server_login_retry = 0.1
server_round_robin = 0
log_connections = 1
log_disconnections = 1
`);
    pooler.daemon = sandbox.start(name, sandbox.program(PROGRAM), [settings], { ending: ['INT', 'KILL'] });
    await pooler.daemon.line(/process up/);
    return pooler;
  }

  constructor(sandbox, cluster, name) {
    this.#cluster = cluster;
    /** The directory of its Unix socket: the "host" of a connection. */
    this.host = sandbox.privateDirectory(`${name}-run`);
    // The server is reached by a way that can lead elsewhere, as a name in DNS or a floating address does.
    this.#way = join(sandbox.directory, `${name}-way`);
    symlinkSync(cluster.host, this.#way);
  }

  /** libpq's environment variables for a connection through the pooler. */
  environment(options) {
    return { ...this.#cluster.environment(options), PGHOST: this.host };
  }

  /** From now on new connections to the server lead to another cluster; clients keep theirs. */
  leadTo(cluster) {
    const next = `${this.#way}-${(this.#swaps += 1)}`;
    symlinkSync(cluster.host, next);
    renameSync(next, this.#way);
    this.#cluster = cluster;
  }

  /** How often a client's connection was ended. */
  get disconnections() {
    return this.daemon.lines.filter((line) => / C-0x\w+: .*closing because/.test(line)).length;
  }
}
