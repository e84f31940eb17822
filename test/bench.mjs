// `make bench`: measures the promises of speed (docs/architecture.md), side by side in one run, with the answers
// checked meanwhile.
//
// SECTIONS=numbers runs only those. Ends with 1 when an answer was wrong or a promise was not kept.

import { availableParallelism, cpus } from 'node:os';
import { forwarding } from './bench/forwarding.mjs';
import { limits } from './bench/limits.mjs';
import { numbers } from './bench/numbers.mjs';
import { postgrest } from './bench/postgrest.mjs';
import { Report } from './bench/report.mjs';
import { sidecar } from './bench/sidecar.mjs';
import { tenants } from './bench/tenants.mjs';
import { buildAndInstall } from './harness/build.mjs';
import { Cluster, server } from './harness/cluster.mjs';
import { Sandbox, exit, isInterrupted } from './harness/sandbox.mjs';

const SECTIONS = { numbers, forwarding, tenants, limits, postgrest, sidecar };

function print(line) {
  if (!isInterrupted()) process.stdout.write(`${line}\n`);
}

const asked = (process.env.SECTIONS ?? '').split(',').map((name) => name.trim()).filter(Boolean);
const unknown = asked.filter((name) => !(name in SECTIONS));
if (unknown.length > 0) {
  print(`no such section: ${unknown.join(', ')}; there are ${Object.keys(SECTIONS).join(', ')}`);
  process.exit(2);
}

const sandbox = Sandbox.open();
const report = new Report(print);
let kept = false;
try {
  await buildAndInstall(sandbox, 'tests');
  print(`${server.version}, ${cpus()[0].model}, ${availableParallelism()} processors`);
  const settings = { shared_buffers: '512MB', max_wal_size: '4GB', autovacuum: 'off' };
  const cluster = await Cluster.create(sandbox, { settings });
  for (const name of asked.length > 0 ? asked : Object.keys(SECTIONS)) await SECTIONS[name](sandbox, cluster, report);
  kept = report.close();
} catch (error) {
  print(error.stack);
}
await exit(kept ? 0 : 1);
