// The rules of recovery and standing, SETTLE_UNKNOWN to PER_CREDENTIAL (docs/architecture.md), each as a scenario of
// failure.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { server } from '../harness/cluster.mjs';
import { until } from '../harness/deadline.mjs';
import { Scenario } from '../harness/scenario.mjs';
import { REQUEST_LIFE, TAKEOVER } from '../harness/sidecar.mjs';
import { inventAccount } from '../harness/stack.mjs';

/** @type {Scenario} */
let scenario;
/** @type {import('../harness/stack.mjs').Stack} */
let stack;
before(async () => {
  scenario = await Scenario.start({
    settings: { request_life: REQUEST_LIFE, absence_window: '0', absence_poll: '0.1 seconds', absence_observations: 2 },
    flags: TAKEOVER,
  });
  ({ stack } = scenario);
});
afterEach(() => scenario?.clear());
after(() => stack?.close());

/** Starts a purchase and resolves when Twilio has made it and withholds the answer. */
const boughtButUnanswered = () => scenario.heldPurchase('after');

const untilState = (organization, state) => scenario.untilState(organization, state);

test('rule SETTLE_UNKNOWN: the COMMIT of the purchase is sent, its answer lost and the database gone: the number is kept, read again, and settled', async () => {
  const sidecar = await scenario.sidecar();
  const costs = await scenario.costs();
  const lost = new Promise((resolve) =>
    sidecar.link.trap('"date_created"', 'after', () => resolve(sidecar.link.cut())),
  );
  const org = stack.organization();
  await org.provision('US');
  await lost;
  await sidecar.log(/error report sent but not answered.*event=purchased/);
  await sidecar.log(/database lost/);
  // What must not happen would happen by now: the number released.
  const lost_at = performance.now();
  await until(
    'the database has been lost for long',
    () => performance.now() - lost_at > TAKEOVER['rollback-after'] * 2000,
  );
  assert.equal((await scenario.job(org)).state, 'bought');
  sidecar.link.mend();
  assert.equal((await org.finished()).state, 'done');
  assert.ok(await scenario.numberOf(org));
  assert.deepEqual(await costs(), { purchases: 1, releases: 0 });
});

test('rule SETTLE_UNKNOWN: the report of the purchase is sent and no answer ever comes: the number is kept and the job is done', async () => {
  const sidecar = await scenario.sidecar();
  const costs = await scenario.costs();
  sidecar.link.trap('"date_created"', 'silenced');
  const org = stack.organization();
  await org.provision('US');
  await sidecar.log(/error report sent but not answered.*event=purchased/);
  assert.equal((await org.finished()).state, 'done');
  assert.ok(await scenario.numberOf(org));
  assert.deepEqual(await costs(), { purchases: 1, releases: 0 });
});

test("rule SETTLE_UNKNOWN: the answer to the settling COMMIT is lost with the sidecar: the number is the organization's, and the next sidecar leaves it alone", async () => {
  const first = await scenario.sidecar();
  const costs = await scenario.costs();
  const lost = new Promise((resolve) => first.link.trap('settle', 'after', resolve));
  const org = stack.organization();
  await org.provision('US');
  await lost;
  await first.kill();
  assert.equal((await org.finished()).state, 'done');
  const second = await scenario.sidecar();
  await stack.organization().provisioned('US');
  await second.log(/job done/);
  assert.ok(await scenario.numberOf(org));
  assert.deepEqual(await costs(), { purchases: 2, releases: 0 });
});

test('rule CANCEL_IS_RELEASE: a release while the purchase is in doubt cancels it: the number is found and released', async () => {
  await scenario.sidecar();
  const costs = await scenario.costs();
  const looks = await stack.simulator.fault('list', { kind: 'hold', when: 'before' }, { after: 2 });
  await stack.simulator.fault('buy', { kind: 'cut', when: 'after' });
  const org = stack.organization();
  await org.provision('US');
  await untilState(org, 'in_doubt');
  const asked = await org.rpc('release_number');
  assert.equal(asked.status, 200);
  assert.equal((await org.rpc('release_number')).body.job_id, asked.body.job_id, 'asking twice is asking once');
  await stack.simulator.release(looks);
  assert.equal((await org.finished()).state, 'cancelled');
  assert.equal(await scenario.numberOf(org), undefined);
  assert.deepEqual(await costs(), { purchases: 1, releases: 1 });
  assert.equal((await org.provisioned('US')).state, 'done', 'and it may ask again');
});

test('rule CANCEL_IS_RELEASE: a release in the moment between purchase and settling releases the number', async () => {
  const sidecar = await scenario.sidecar();
  const costs = await scenario.costs();
  const cut = new Promise((resolve) => sidecar.link.trap('settle', 'before', () => resolve(sidecar.link.cut())));
  const org = stack.organization();
  await org.provision('US');
  await cut;
  assert.equal((await org.rpc('release_number')).status, 200);
  sidecar.link.mend();
  assert.equal((await org.finished()).state, 'cancelled');
  assert.deepEqual(await costs(), { purchases: 1, releases: 1 });
});

/** An organization that brings a Twilio account of its own. */
const withOwnAccount = () => stack.organization(undefined, { simulator: stack.simulator });

test('rule CANCEL_IS_RELEASE: while a purchase is in doubt its account cannot be left; a new token for it is taken, and finds the number', async () => {
  await scenario.sidecar();
  const costs = await scenario.costs();
  const org = withOwnAccount();
  await org.handInAccount();
  assert.equal((await org.credentialsTried()).status, 'verified');
  await stack.simulator.fault(
    'list',
    { kind: 'status', status: 503, code: 20503, when: 'before' },
    { after: 2, times: 0 },
  );
  await stack.simulator.fault('buy', { kind: 'cut', when: 'after' });
  await org.provision('US');
  await untilState(org, 'in_doubt');

  const other = inventAccount();
  const left = await org.rpc('set_twilio_credentials', { account_sid: other.accountSid, auth_token: other.authToken });
  assert.equal(left.status, 409, JSON.stringify(left.body));
  assert.equal((await org.rpc('remove_twilio_credentials')).status, 409);
  org.account.authToken = inventAccount().authToken;
  await stack.simulator.account(org.account);
  await stack.simulator.clearFaults();
  await org.setCredentials();
  const end = await org.finished();
  assert.equal(end.state, 'done', end.reason);
  assert.equal((await scenario.numberOf(org)).account_sid, org.account.accountSid);
  assert.deepEqual(await costs(), { purchases: 1, releases: 0 });
});

/** Puts the database back to a backup, as an operator does after a loss. */
async function restore(file) {
  const { cluster, database } = stack;
  await cluster.psql(`DROP DATABASE ${database} WITH (FORCE)`);
  await cluster.psql(`CREATE DATABASE ${database}`);
  await cluster.psql(`\\i ${file}`, { database });
  await until('the API answers', async () => {
    const { status } = await stack.organization().rpc('provisioning_status');
    if (status !== 200) await stack.psql(`NOTIFY pgrst, 'reload schema'`);
    return status === 200;
  });
}

test('rule UNKNOWN_TAG: a backup from before the purchase is restored: the number is adopted, never released, never bought again', async () => {
  const org = stack.organization();
  await org.rpc('select_country', { country_code: 'US' });
  const file = join(stack.sandbox.privateDirectory('backup'), 'telephony.sql');
  await stack.sandbox.run('pg_dump', join(server.programs, 'pg_dump'), [`--file=${file}`], {
    environment: stack.cluster.environment({ database: stack.database }),
  });
  const first = await scenario.sidecar();
  await org.provisioned('US');
  const { sid } = await scenario.numberOf(org);
  await first.kill();

  const costs = await scenario.costs();
  await restore(file);
  const sidecar = await scenario.launch();
  await sidecar.log(/recovery mode/);
  assert.equal((await scenario.verdicts('--repair'))[sid], 'unknown_job');
  const adopted = await stack.sidecarCommand('reconcile', '--adopt', sid, '--org', org.id);
  assert.equal(adopted.code, 0, adopted.lines.join('\n'));
  assert.equal((await stack.sidecarCommand('resume')).code, 0);
  assert.equal((await org.rpc('provision_number', { country_code: 'US' })).status, 409);
  assert.equal((await scenario.verdicts())[sid], 'live');
  assert.equal((await scenario.numberOf(org)).sid, sid);
  assert.deepEqual(await costs(), { purchases: 0, releases: 0 });
});

test('rule UNKNOWN_TAG: a backup from the middle of the purchase is restored: the job finds its number and buys no other', async () => {
  const first = await scenario.sidecar();
  const { organization: org, release } = await boughtButUnanswered();
  const { number } = await scenario.job(org);
  const file = join(stack.sandbox.privateDirectory('backup-in-the-middle'), 'telephony.sql');
  await stack.sandbox.run('pg_dump', join(server.programs, 'pg_dump'), [`--file=${file}`], {
    environment: stack.cluster.environment({ database: stack.database }),
  });
  await release();
  assert.equal((await org.finished()).state, 'done');
  await first.kill();

  const costs = await scenario.costs();
  await restore(file);
  const sidecar = await scenario.launch();
  await sidecar.log(/recovery mode/);
  assert.equal((await stack.sidecarCommand('resume')).code, 0);
  const end = await org.finished();
  assert.deepEqual([end.state, end.number], ['done', number]);
  assert.deepEqual(await costs(), { purchases: 0, releases: 0 });
});

/** An operator writes a number off; resolves to the state of its job. */
const writeOff = (number) =>
  stack.psql(
    `SELECT state FROM telephony_internal.write_off_number('${number}', 'Twilio closed the account for good')`,
  );

/** Resolves once the latest job of an organization waits, and has said why. */
const waits = (org) =>
  until('the job waits', async () => {
    const { lease_until: lease, reason } = await scenario.job(org);
    return lease === null && reason !== null;
  });

test('rule UNKNOWN_TAG: an account is closed for good: its number is written off, left alone when the account is open again, and the organization buys in another', async () => {
  await scenario.sidecar();
  const org = withOwnAccount();
  await org.provisioned('US');
  const { sid, phone_number: number } = await scenario.numberOf(org);
  const costs = await scenario.costs();
  await stack.simulator.account(org.account, { status: 'closed' });
  assert.equal((await org.rpc('release_number')).status, 200);
  await waits(org);
  const other = inventAccount();
  await stack.simulator.account(other);
  const leave = () =>
    org.rpc('set_twilio_credentials', { account_sid: other.accountSid, auth_token: other.authToken });
  const left = await leave();
  assert.deepEqual([left.status, left.body.code], [409, 'credentials_needed']);
  assert.match(left.body.details, /the operator can write a number off/);

  assert.equal(await writeOff(number), 'written_off');
  assert.equal((await org.status()).state, 'written_off');
  const record = await stack.row(`SELECT * FROM telephony_api.audit_log
    WHERE org_id = '${org.id}' AND action = 'write_off_number'`);
  assert.match(`${record.old.waited_for} ${record.old.problem}`, /closed|active|401|refuse/i, 'what proves it');

  await stack.simulator.account(org.account, { status: 'active' });
  await org.setCredentials();
  assert.equal((await org.credentialsTried()).status, 'verified');
  assert.equal((await scenario.verdicts('--repair'))[sid], 'written_off');
  await stack.psql(`UPDATE telephony_internal.upkeep SET due_at = now() WHERE task = 'sweep_accounts'`);
  await until('a sweep', async () => {
    const swept = await stack.row(`SELECT due_at > now() AS done FROM telephony_internal.upkeep
      WHERE task = 'sweep_accounts'`);
    return swept.done;
  });
  assert.ok((await stack.numbersAtTwilio()).some((each) => each.sid === sid), 'it is left alone');
  assert.deepEqual(await costs(), { purchases: 0, releases: 0 });

  assert.equal((await leave()).status, 200, 'nothing is to be undone in the account');
  await org.provisioned('US');
  assert.equal((await scenario.numberOf(org)).account_sid, other.accountSid);
});

test('rule CANCEL_IS_RELEASE: an erasure in an account that is closed for good says what it waits for, and ends when the number is written off', async () => {
  await scenario.sidecar();
  const org = withOwnAccount();
  await org.provisioned('US');
  const { sid, phone_number: number } = await scenario.numberOf(org);
  const costs = await scenario.costs();
  await stack.simulator.account(org.account, { status: 'closed' });
  const erasure = () => stack.row(`SELECT * FROM telephony_api.erase_org('${org.id}')`);
  assert.match((await erasure()).reason, /job .* is still releasing/);
  await until('why the release lasts', async () => /still releasing: ./.test((await erasure()).reason));
  await stack.psql(`UPDATE telephony_internal.settings SET late_horizon = '2 seconds'`);
  try {
    assert.equal(await writeOff(number), 'written_off');
    assert.match((await erasure()).reason, /may still turn up at Twilio until/);
    await until('nothing is left', async () => {
      const { left } = await stack.row(`SELECT count(*) AS left FROM telephony_api.organizations WHERE id = '${org.id}'`);
      return Number(left) === 0;
    });
  } finally {
    await stack.psql(`UPDATE telephony_internal.settings SET late_horizon = '24 hours'`);
  }
  for (const table of ['telephony_api.phone_numbers', 'telephony_api.audit_log', 'telephony_internal.number_holds',
    'telephony_internal.twilio_credentials']) {
    assert.deepEqual(await stack.rows(`SELECT * FROM ${table} WHERE org_id = '${org.id}'`), [], table);
  }
  assert.ok((await stack.numbersAtTwilio()).some((each) => each.sid === sid), 'nobody could release it');
  assert.deepEqual(await costs(), { purchases: 0, releases: 0 });
});

test('rule PAUSE_ON_SCHEMA: a function that is missing while a purchase is reported pauses the sidecar; the number is not rolled back', async () => {
  const sidecar = await scenario.sidecar();
  const costs = await scenario.costs();
  const { organization, release } = await boughtButUnanswered();
  const rename = (from, to) =>
    stack.psql(`ALTER FUNCTION telephony_internal.${from}(uuid, bigint, text, jsonb) RENAME TO ${to}`);
  await rename('advance', 'advance_away');
  const asked = performance.now();
  await release();
  await sidecar.log(/paused/);
  // What must not happen would happen by now: a pause taken for a lost database.
  await until('longer than rollback-after', () => performance.now() - asked > TAKEOVER['rollback-after'] * 2000);
  assert.ok(!sidecar.daemon.lines.some((line) => /rollback/.test(line)));
  await rename('advance_away', 'advance');
  assert.equal((await organization.finished()).state, 'done');
  assert.deepEqual(await costs(), { purchases: 1, releases: 0 });
});

test('rule PAUSE_ON_SCHEMA: a contract that telephonyd does not speak pauses it until the database serves its own', async () => {
  await stack.psql(
    `CREATE OR REPLACE FUNCTION telephony_internal.contract(OUT newest integer, OUT oldest integer)
     LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT 9999, 9999 $$`,
  );
  const sidecar = await scenario.launch();
  await sidecar.log(/paused.*the database serves 9999 to 9999: update telephonyd/);
  const org = stack.organization();
  await org.provision('US');
  await stack.psql('SELECT telephony.migrate()');
  assert.equal((await org.finished()).state, 'done');
});

test('rule PAUSE_ON_SCHEMA: migration under load: migrate() refuses while a job is leased, holds new jobs back while it runs, and none is lost', async () => {
  await scenario.sidecar();
  const costs = await scenario.costs();
  const { organization, release } = await boughtButUnanswered();
  await assert.rejects(
    stack.psql(`SET telephony.allow_data_loss = on; SELECT telephony.migrate(0)`),
    /a job is running/,
  );
  await release();
  assert.equal((await organization.finished()).state, 'done');

  // A migration that takes its time: what is asked for meanwhile waits, and is done after it.
  const gate = `pg_advisory_lock(41)`;
  const ofGate = (granted) =>
    `FROM pg_locks WHERE locktype = 'advisory' AND objid = 41 AND classid = 0 AND ${granted ? '' : 'NOT '}granted`;
  const heldUp = (granted) =>
    until('the gate is seen', async () => Number((await stack.row(`SELECT count(*) AS n ${ofGate(granted)}`)).n) === 1);
  const holder = assert.rejects(stack.psql(`SELECT ${gate}; SELECT pg_sleep(60);`), /terminating connection/);
  await heldUp(true);
  const migration = stack.psql(`BEGIN; SELECT telephony.migrate(); SELECT ${gate}; COMMIT;`);
  await heldUp(false);
  const orgs = Array.from({ length: 5 }, () => stack.organization());
  await Promise.all(orgs.map((org) => org.provision('US')));
  const { queued } = await stack.row(`SELECT count(*) AS queued FROM telephony_internal.jobs WHERE state = 'queued'`);
  assert.equal(Number(queued), 5);
  await stack.psql(`SELECT pg_terminate_backend(pid) ${ofGate(true)}`);
  await Promise.all([holder, migration]);
  for (const org of orgs) assert.equal((await org.finished()).state, 'done');
  assert.deepEqual(await costs(), { purchases: 6, releases: 0 });
});

test('rule PER_CREDENTIAL: 401 is never "gone": a release goes on until Twilio has confirmed it', async () => {
  await scenario.sidecar();
  const org = stack.organization();
  await org.provisioned('US');
  const { sid } = await scenario.numberOf(org);
  await stack.simulator.fault('delete', { kind: 'status', status: 401, code: 20003, when: 'before' });
  const costs = await scenario.costs();
  // Counted before the release is asked for: telephonyd is fast.
  const refusal = (await stack.simulator.count('delete', 'received')) + 1;
  assert.equal((await org.rpc('release_number')).status, 200);
  await stack.simulator.reached('delete', 'answered', { count: refusal });
  assert.equal((await scenario.job(org)).state, 'releasing');
  assert.ok((await stack.numbersAtTwilio()).some((number) => number.sid === sid), 'refused, so it is still there');
  // Credentials refused in the middle of work are tried again after a minute.
  const end = await org.finished({ timeout: 150_000 });
  assert.equal(end.state, 'released', end.reason);
  assert.ok(!(await stack.numbersAtTwilio()).some((number) => number.sid === sid));
  assert.deepEqual(await costs(), { purchases: 0, releases: 1 });
});

test("rule PER_CREDENTIAL: a tenant with a wrong token for another's account is refused alone: the other goes on buying and releasing", async () => {
  await scenario.sidecar();
  const [owner, intruder] = [withOwnAccount(), withOwnAccount()];
  await owner.provisioned('US');
  const { sid } = await scenario.numberOf(owner);
  await intruder.setCredentials({ accountSid: owner.account.accountSid, authToken: inventAccount().authToken });
  assert.equal((await intruder.credentialsTried()).status, 'refused');
  assert.equal((await intruder.rpc('provision_number', { country_code: 'US' })).status, 409);

  const another = withOwnAccount();
  await another.provisioned('US');
  assert.equal((await owner.credentials()).status, 'verified');
  assert.ok((await stack.numbersAtTwilio()).some((number) => number.sid === sid));
  assert.equal((await owner.rpc('release_number')).status, 200);
  assert.equal((await owner.finished()).state, 'released');
  assert.equal((await owner.provisioned('US')).state, 'done');
});
