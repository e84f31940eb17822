// What the tier of the sidecar may call, telephonyd calls: each of its functions, in one story that is run, and read
// off the server's log. What it asks of Twilio meanwhile is what Twilio documents.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { REQUEST_LIFE, Sidecar, TAKEOVER } from '../harness/sidecar.mjs';
import { Stack } from '../harness/stack.mjs';
import { undocumented } from '../twilio_simulator/documented.mjs';

/** @type {Stack} */
let stack;
before(async () => {
  stack = await Stack.start({
    settings: { request_life: REQUEST_LIFE, absence_window: '0', absence_poll: '0.1 seconds', absence_observations: 2 },
    flags: TAKEOVER,
  });
});
after(() => stack?.close());

/** The functions that the database offers to the sidecar. */
async function offered() {
  const rows = await stack.rows(
    `SELECT p.proname AS name FROM telephony_internal.tier_privileges t JOIN pg_proc p ON p.oid = to_regprocedure(t.object) WHERE t.tier = 'sidecar' AND t.privilege = 'EXECUTE'`,
  );
  return new Set(rows.map(({ name }) => name));
}

/** Those that statements of the role telephonyd have named since the server started, in any of its processes. */
function called() {
  const names = stack.cluster.postmaster.lines
    .filter((line) => / telephonyd@telephony LOG: {2}(execute|statement)/.test(line))
    .flatMap((line) => [...line.matchAll(/telephony(?:_internal|_api)?\.(\w+)\(/g)].map(([, name]) => name));
  return new Set(names);
}

test('every function of the tier sidecar is called by telephonyd, and it calls no other; its requests are documented', async () => {
  // The parameters hold numbers, which no log of ours shows.
  await stack.psql(
    `ALTER ROLE telephonyd SET log_statement = 'all'; ALTER ROLE telephonyd SET log_parameter_max_length = 0`,
  );
  await stack.sidecar.kill();
  stack.sidecar = await stack.startSidecar();

  // A purchase that lasts longer than a third of its lease.
  await stack.simulator.fault('any', { kind: 'latency', milliseconds: 1500 }, { times: 8 });
  await stack.organization().provisioned('US');
  await stack.simulator.clearFaults();

  // A look at what is for sale.
  const seeker = stack.organization();
  await seeker.handInAccount();
  const wishes = { country_code: 'US', area_code: '212', contains: 'AB*9' };
  const { body: search } = await seeker.rpc('search_numbers', wishes);
  const seen = async () => (await seeker.rpc('offered_numbers', { search_id: search.job_id })).body;
  await until('offers', async () => (await seen()).state === 'done');

  // A caller id.
  const own = '+2348031234567';
  await stack.simulator.pace(15);
  const { body: asked } = await seeker.rpc('verify_caller_id', { phone_number: own });
  const standing = async () => (await seeker.rpc('caller_id_status', { id: asked.id })).body;
  const { validation_code: code } = await until('a code', async () =>
    (await standing()).validation_code !== null && standing());
  await stack.simulator.type(own, code);
  await until('verified', async () => (await standing()).status === 'verified');

  // One whose first attempt is not answered: what was given up takes effect later.
  const before = await stack.simulator.count('buy', 'applied');
  await stack.simulator.fault('buy', { kind: 'status', status: 400, code: 21422, when: 'before' }, { after: 1 });
  const stuck = await stack.simulator.fault('buy', { kind: 'hold', when: 'before' });
  const org = stack.organization();
  await org.provisioned('NG');
  await stack.simulator.release(stuck);
  await stack.simulator.reached('buy', 'applied', { count: before + 2 });
  const { rows } = await stack.reconcile('--repair');
  assert.ok(
    rows.some(({ verdict }) => verdict === 'orphan'),
    JSON.stringify(rows),
  );

  const other = stack.organization();
  await other.handInAccount();
  assert.equal((await other.rpc('select_country', { country_code: 'US' })).status, 200);
  const { sid } = await stack.simulator.console('buy', {
    account_sid: other.account.accountSid,
    phone_number: '+12022345603',
    friendly_name: 'Front desk',
  });
  // All upkeep; the sweep of three accounts lasts longer than a third of its lease.
  await stack.simulator.fault('list', { kind: 'latency', milliseconds: 1500 }, { times: 6 });
  await stack.psql(`UPDATE telephony_internal.upkeep SET due_at = now() WHERE worker IS NULL`);
  await stack.sidecar.log(/ swept /);
  await stack.simulator.clearFaults();

  const adoption = await stack.sidecarCommand('reconcile', '--adopt', sid, '--org', other.id);
  assert.equal(adoption.code, 0, adoption.lines.join('\n'));
  assert.equal((await stack.sidecarCommand('check')).code, 0);
  await stack.simulator.console('delete', { sid });
  const entered = await stack.sidecarCommand('reconcile', '--gone', sid, '--org', other.id);
  assert.equal(entered.code, 0, entered.lines.join('\n'));
  assert.equal((await stack.sidecarCommand('resume')).code, 0);
  const newer = await Sidecar.keygen(stack.sandbox, 'newer');
  stack.keyFiles = [newer, ...stack.keyFiles];
  assert.equal((await stack.sidecarCommand('reseal')).code, 0);
  const missing = async () => [...(await offered())].filter((name) => !called().has(name));
  await until('each was called', async () => (await missing()).length === 0).catch(async (error) => {
    throw new Error(`${error.message}: nobody calls ${(await missing()).join(', ')}`);
  });
  const offer = await offered();
  assert.deepEqual(
    [...called()].filter((name) => !offer.has(name)),
    [],
  );

  const { requests } = await stack.simulator.state();
  assert.ok(requests.length > 0);
  assert.deepEqual(requests.map(undocumented).filter((problem) => problem !== null), []);
});
