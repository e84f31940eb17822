// Rolling upgrade: the telephonyd before and this one, side by side, while migrate() brings the database from the one's
// contract to the other's. Builds the one before from its revision, in build/before, so it is a level of its own:
// `make check LEVELS=upgrade`.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { REQUEST_LIFE, Sidecar, TAKEOVER } from '../harness/sidecar.mjs';
import { Stack } from '../harness/stack.mjs';
import { functionsOfBefore, requireRevision, telephonydOfBefore } from './before.mjs';

/** @type {Stack} */
let stack;
let program;
before(async () => {
  requireRevision();
  program = telephonydOfBefore();
  stack = await Stack.start({
    platform: true,
    settings: { request_life: REQUEST_LIFE, absence_window: '0', absence_poll: '0.1 seconds', absence_observations: 2 },
    flags: TAKEOVER,
  });
  await stack.sidecar.kill();
  await stack.psql(functionsOfBefore());
});
after(() => stack?.close());

const PURCHASES = 30;

test('the telephonyd before and this one, side by side during migrate(): each works with its own contract, and nothing is lost or bought twice', async () => {
  const old = await Sidecar.start(stack.sandbox, stack.sidecarOptions({ name: 'before', program }));
  await stack.organization().provisioned('US');
  const flags = { ...TAKEOVER, 'status-listen': 18_321 };
  const now = Sidecar.launch(stack.sandbox, stack.sidecarOptions({ name: 'now', flags }));
  await now.log(/paused: the database does not speak this telephonyd's contract/);
  const ready = await fetch('http://127.0.0.1:18321/readyz');
  assert.equal(ready.status, 503);
  assert.match(await ready.text(), /paused/);

  // Purchases all the while: some are in the middle of a step when the functions change.
  const organizations = Array.from({ length: PURCHASES }, () => stack.organization());
  const asked = (async () => {
    for (const organization of organizations) await organization.provision('US');
  })();
  await until('purchases are under way', async () => Number((await stack.row(`SELECT count(*) AS n FROM telephony_internal.jobs WHERE lease_until IS NOT NULL`)).n) > 0, { interval: 5 });
  await stack.psql('SELECT telephony.migrate()');
  await asked;
  // Where no function that it calls has changed, the one before goes on until it greets again.
  await stack.psql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'telephonyd'`);
  await old.log(/paused/, { from: 0 });
  await now.log(/database ready/, { from: 0 });
  for (const organization of organizations) {
    const end = await organization.finished({ timeout: 60_000 });
    assert.equal(end.state, 'done', end.reason);
  }
  const { purchases, releases, numbers } = await stack.simulator.state();
  assert.deepEqual([purchases, releases, numbers.length], [PURCHASES + 1, 0, PURCHASES + 1]);
  const { rows } = await stack.reconcile();
  assert.deepEqual([...new Set(rows.map(({ verdict }) => verdict))], ['live']);
  assert.ok(!now.daemon.lines.some((line) => /error in a job|refuses a report|cannot be read/.test(line)));
  assert.ok(old.daemon.running, 'the one before waits for its end in peace');
});
