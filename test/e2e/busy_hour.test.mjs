// A busy hour without faults, in seconds: numbers come and go, and get new voice settings, while accounts are swept all
// the time and what Twilio lists lags behind what it answers. Nobody is called.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { freePort } from '../harness/postgrest.mjs';
import { QUICK } from '../harness/sidecar.mjs';
import { Stack } from '../harness/stack.mjs';

const ORGANIZATIONS = 12;
const TURNS = 4;
/** How long lists and look-ups do not show a number that was bought. */
const LAG = 400;

/** @type {Stack} */
let stack;
let status;
before(async () => {
  status = `127.0.0.1:${await freePort()}`;
  stack = await Stack.start({
    flags: { ...QUICK, 'status-listen': status },
    settings: { purchases_per_hour: 1000, absence_poll: '0.2 seconds' },
    upkeep: { sweep_accounts: '0.2 seconds', self_check: '0.5 seconds', fold_counts: '0.5 seconds' },
  });
});
after(() => stack?.close());

/** The values of a metric by its label. */
async function metric(name) {
  const text = await (await fetch(`http://${status}/metrics`)).text();
  const values = [...text.matchAll(new RegExp(`^telephonyd_${name}\\{(.*?)\\} (\\d+)$`, 'gm'))];
  assert.ok(values.length > 0, name);
  return Object.fromEntries(values.map(([, label, value]) => [label, Number(value)]));
}

const sweeps = async () => (await metric('upkeep_runs_total'))['outcome="done",task="sweep_accounts"'] ?? 0;

test('purchases, releases and sweeps side by side raise no alert', async (t) => {
  const organizations = Array.from({ length: ORGANIZATIONS }, () => stack.organization());
  await Promise.all(organizations.map((org) => org.provisioned('US')));
  await stack.simulator.fault('buy', { kind: 'lag', milliseconds: LAG }, { times: 0 });
  const swept = await sweeps();
  for (let turn = 0; turn < TURNS; turn++) {
    // Numbers are given new voice settings while they are released.
    await stack.psql(`SELECT telephony_internal.set_voice_settings(voice_url => 'https://voice.example.com/${turn}');
      SELECT count(*) FROM telephony_internal.apply_voice_settings()`);
    await Promise.all(organizations.map(async (org) => {
      assert.equal((await org.rpc('release_number', { force: true })).status, 200);
      assert.equal((await org.finished()).state, 'released');
      assert.equal((await org.provisioned('US')).state, 'done');
    }));
  }
  const meanwhile = (await sweeps()) - swept;
  t.diagnostic(`${ORGANIZATIONS * TURNS} releases and purchases, ${meanwhile} sweeps of ${ORGANIZATIONS} accounts`);
  assert.ok(meanwhile >= TURNS, 'the accounts were swept all the time');
  // And once all is quiet.
  const last = await sweeps();
  await until('two more sweeps', async () => (await sweeps()) >= last + 2);
  const alerts = Object.entries(await metric('alerts_total')).filter(([, count]) => count > 0);
  assert.deepEqual(alerts, []);
  const told = stack.sidecar.daemon.lines.filter((line) => /^\S+ (error|warning) |verdict=/.test(line));
  assert.deepEqual(told, []);
});
