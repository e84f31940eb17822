// Organizations' own Twilio credentials: whose box is used, whose token is refused, and who notices.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import '../harness/web_crypto.mjs';
import sodium from 'libsodium-wrappers';
import { until } from '../harness/deadline.mjs';
import { freePort } from '../harness/postgrest.mjs';
import { Stack, inventAccount } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
let metricsUrl;
before(async () => {
  await sodium.ready;
  const port = await freePort();
  metricsUrl = `http://127.0.0.1:${port}/metrics`;
  stack = await Stack.start({ flags: { 'status-listen': `127.0.0.1:${port}`, 'poll-interval': 1 } });
});
after(() => stack?.close());

/** How many boxes telephonyd has refused and alerted so far. */
async function boxesRefused() {
  const text = await (await fetch(metricsUrl)).text();
  return Number(/^telephonyd_alerts_total\{alert="box_refused"\} (\d+)/m.exec(text)[1]);
}

/** How many requests Twilio has had for an account. */
async function requestsFor({ accountSid }) {
  return (await stack.simulator.state()).requests.filter((request) => request.path.includes(accountSid)).length;
}

async function purchases() {
  return (await stack.simulator.state()).purchases;
}

/** Writes into an organization's row as a thief could who can write to the database, and leaves it looking verified. */
function tamper(org, changes) {
  return stack.psql(
    `UPDATE telephony_internal.twilio_credentials c SET generation = gen_random_uuid(),
      ${changes} WHERE c.org_id = '${org.id}'`,
  );
}

/** A box as a client seals it, as SQL. */
function sealed(publicKeyFile, org, { accountSid, authToken }, issuedAt = Math.floor(Date.now() / 1000)) {
  const key = sodium.from_base64(
    readFileSync(publicKeyFile, 'utf8').trim().split(' ')[1],
    sodium.base64_variants.ORIGINAL,
  );
  const payload = JSON.stringify({ org: org.id, account_sid: accountSid, issued_at: issuedAt, token: authToken });
  const keyId = sodium.crypto_generichash(32, key).slice(0, 8);
  const bytes = Buffer.concat([Buffer.from([1]), keyId, sodium.crypto_box_seal(payload, key)]);
  return `'\\x${bytes.toString('hex')}'::bytea`;
}

const publicKey = () => `${stack.keyFiles[0]}.pub`;

/** A new organization whose credentials Twilio has taken. */
async function verifiedOrganization(options) {
  const org = stack.organization(undefined, options);
  await org.handInAccount();
  assert.equal((await org.credentialsTried()).status, 'verified');
  return org;
}

/** Asserts that an organization's box is refused for `reason`, alerted, tried nowhere, and buys nothing. */
async function assertBoxRefused(org, reason, { asked }) {
  const before = await purchases();
  await org.provision('US');
  await until('the job says why it waits', async () => reason.test((await org.status()).reason ?? ''));
  await until('the organization is told', async () => (await org.credentials()).status === 'refused');
  const { problem } = await org.credentials();
  assert.match(problem, reason);
  assert.match(problem, /set_twilio_credentials/);
  assert.equal(await purchases(), before);
  assert.equal(await requestsFor(org.account), asked, 'Twilio was asked nothing');
}

test('a box put into the row of another organization buys nothing: refused, alerted, told to that organization alone', async () => {
  const [a, b] = [await verifiedOrganization(), await verifiedOrganization()];
  const alerts = await boxesRefused();
  const asked = await requestsFor(b.account);
  const box = `sealed = (SELECT a.sealed FROM telephony_internal.twilio_credentials a WHERE a.org_id = '${a.id}'),
    set_at = now()`;
  await tamper(b, box);
  await assertBoxRefused(b, /belong to another organization/, { asked });
  assert.equal(await boxesRefused(), alerts + 1);
  const heldByA = await requestsFor(a.account);

  // Nor with the account's name beside it, and made to look as if it had just been handed in.
  await tamper(
    b,
    `${box}, account_sid = '${a.account.accountSid}', status = 'unverified', verified_at = NULL, check_after = now()`,
  );
  await stack.psql('NOTIFY telephony_jobs');
  assert.equal((await b.credentialsTried()).status, 'refused');
  assert.equal(await requestsFor(a.account), heldByA);
  assert.equal((await a.provisioned('US')).state, 'done');
});

for (const [what, reason, change] of [
  [
    'a box of another account',
    /another Twilio account/,
    (org) => `sealed = ${sealed(publicKey(), org, inventAccount())}, set_at = now()`,
  ],
  ['a box sealed more than a day before it was handed in', /24 hours/, () => `set_at = now() + interval '25 hours'`],
  [
    'a box sealed after it was handed in',
    /after they were handed in/,
    (org) =>
      `sealed = ${sealed(publicKey(), org, org.account, Math.floor(Date.now() / 1000) + 3600)}, set_at = now()`,
  ],
  ['a damaged box', /cannot be read/, () => `sealed = set_byte(sealed, 60, get_byte(sealed, 60) # 1), set_at = now()`],
  [
    'a box that holds something else',
    /cannot be read/,
    (org) => `sealed = ${sealed(publicKey(), org, { ...org.account, authToken: 'x' })}, set_at = now()`,
  ],
]) {
  test(`${what} is refused, and new credentials put it right`, async () => {
    const org = await verifiedOrganization();
    const alerts = await boxesRefused();
    const asked = await requestsFor(org.account);
    await tamper(org, await change(org));
    await assertBoxRefused(org, reason, { asked });
    assert.equal(await boxesRefused(), alerts + 1);
    await org.setCredentials();
    assert.equal((await org.finished()).state, 'done');
    assert.equal((await org.credentials()).status, 'verified');
  });
}

test('an older box put back after a newer one was used is refused', async () => {
  const org = await verifiedOrganization();
  const older = sealed(publicKey(), org, org.account, Math.floor(Date.now() / 1000) - 600);
  await tamper(org, `sealed = ${older}, set_at = now()`);
  await assertBoxRefused(org, /sealed before others/, { asked: await requestsFor(org.account) });
});

test('a box sealed by the client works like a token', async () => {
  const org = stack.organization();
  await stack.simulator.account(org.account);
  const sql = sealed(publicKey(), org, org.account);
  const text = Buffer.from(sql.slice(3, -8), 'hex').toString('base64url');
  await org.setCredentials({ ...org.account, authToken: `sealed:${text}` });
  assert.equal((await org.credentialsTried()).status, 'verified');
});

test('a 401 stops one organization alone, tells it so, and new credentials continue the job that waits', async () => {
  const [a, b] = [await verifiedOrganization(), await verifiedOrganization()];
  const renewed = await tokenChanged(a);
  await a.provision('US');
  await until('the organization is told', async () => (await a.credentials()).status === 'refused');
  assert.match(
    (await a.credentials()).problem,
    /Twilio refuses the account SID and auth token \(Twilio error 20003\)\. .*set_twilio_credentials/,
  );
  await until('and its job says so', async () => /set_twilio_credentials/.test((await a.status()).reason ?? ''));
  const asked = await requestsFor(a.account);
  assert.equal((await b.provisioned('US')).state, 'done', 'others go on');
  assert.equal(await requestsFor(a.account), asked, 'and Twilio is not asked again and again');

  await a.setCredentials(renewed);
  assert.equal((await a.finished()).state, 'done');
  assert.equal((await a.credentials()).status, 'verified');
});

test('a 401 that answers the purchase itself buys nothing, and the job waits for new credentials', async () => {
  const org = await verifiedOrganization();
  const before = await purchases();
  await stack.simulator.fault('buy', {
    kind: 'status',
    status: 401,
    code: 20003,
    message: 'Authenticate',
    when: 'before',
  });
  await org.provision('US');
  await until('the organization is told', async () => (await org.credentials()).status === 'refused');
  assert.equal(await purchases(), before);
  await org.setCredentials();
  assert.equal((await org.finished()).state, 'done');
  assert.equal(await purchases(), before + 1);
});

/** Changes an organization's token in Twilio's console; resolves to the account as it is then. */
async function tokenChanged(org) {
  const renewed = { ...org.account, authToken: randomBytes(16).toString('hex') };
  await stack.simulator.account(renewed);
  return renewed;
}

/** Asserts that new credentials continue a job although the 401 of those before comes after them. */
async function assertLateRefusalHoldsNothingUp(org, renewed, held) {
  await org.setCredentials(renewed);
  // which hurries what waits, but not what is under way
  assert.equal((await org.credentialsTried()).status, 'verified');
  await stack.simulator.release(held);
  assert.equal((await org.finished({ timeout: 15_000 })).state, 'done', 'without the pause of what was refused');
  assert.equal((await org.credentials()).status, 'verified');
}

test('credentials replaced while a request with the ones before is under way: the job goes on at once', async () => {
  const org = await verifiedOrganization();
  const renewed = await tokenChanged(org);
  const lists = await stack.simulator.count('list', 'received');
  const held = await stack.simulator.fault('list', { kind: 'hold', when: 'after' });
  await org.provision('US');
  await stack.simulator.reached('list', 'received', { count: lists + 1 });
  await assertLateRefusalHoldsNothingUp(org, renewed, held);
});

test('credentials replaced while the ones before are being tried: a job that waits for the answer goes on at once', async () => {
  const org = stack.organization();
  const tried = await stack.simulator.count('account', 'received');
  const held = await stack.simulator.fault('account', { kind: 'hold', when: 'after' });
  const mistyped = { ...org.account, authToken: randomBytes(16).toString('hex') };
  await stack.simulator.account(org.account);
  await org.setCredentials(mistyped);
  await stack.simulator.reached('account', 'received', { count: tried + 1 });
  await org.rpc('provision_number', { country_code: 'US' });
  await until('the job has been claimed', async () => (await org.status()).state === 'searching');
  await assertLateRefusalHoldsNothingUp(org, org.account, held);
});

test('two organizations share an account, and one of them has a wrong token: the other is not stopped', async () => {
  const right = await verifiedOrganization();
  const wrong = stack.organization(undefined, {
    account: { ...right.account, authToken: randomBytes(16).toString('hex') },
  });
  await wrong.setCredentials();
  assert.equal((await wrong.credentialsTried()).status, 'refused');
  assert.equal((await right.provisioned('US')).state, 'done');
  assert.equal((await right.credentials()).status, 'verified');
});

test('a suspended account is refused; once it is active again the same token, handed in anew, goes on', async () => {
  const org = await verifiedOrganization();
  await stack.simulator.account(org.account, { status: 'suspended' });
  await org.provision('US');
  await until('refused', async () => (await org.credentials()).status === 'refused');
  await stack.simulator.account(org.account, { status: 'active' });
  await org.setCredentials();
  assert.equal((await org.finished()).state, 'done');
});

test('a trial account is noted as one', async () => {
  const org = stack.organization();
  await org.handInAccount({ type: 'Trial' });
  assert.equal((await org.credentialsTried()).account_type, 'Trial');
  assert.equal((await org.provisioned('US')).state, 'done');
});

for (const kind of ['standard', 'main']) {
  test(`an API key (${kind}) buys and releases a number`, async () => {
    const org = stack.organization();
    const key = {
      sid: `SK${randomBytes(16).toString('hex')}`,
      secret: randomBytes(16).toString('hex').toUpperCase(),
      kind,
    };
    await stack.simulator.account(org.account, { api_keys: [key] });
    await org.setCredentials({ ...org.account, authToken: `${key.sid}:${key.secret}` });
    const bought = await provisionWithoutHandingIn(org);
    assert.equal(bought.state, 'done', bought.reason);
    const tried = await org.credentials();
    assert.deepEqual([tried.status, tried.account_type], ['verified', kind === 'main' ? 'Full' : null]);
    await org.rpc('release_number');
    assert.equal((await org.finished()).state, 'released');
  });
}

/** Asks for a number with the credentials that are there. */
async function provisionWithoutHandingIn(org) {
  const { status, body } = await org.rpc('provision_number', { country_code: 'US' });
  assert.equal(status, 200, JSON.stringify(body));
  return org.finished();
}

test("a subaccount buys with its own token; its parent's API key is refused", async () => {
  const parent = inventAccount();
  const key = { sid: `SK${randomBytes(16).toString('hex')}`, secret: randomBytes(16).toString('hex'), kind: 'main' };
  await stack.simulator.account(parent, { api_keys: [key] });
  const org = stack.organization();
  await stack.simulator.account(org.account, { parent_account_sid: parent.accountSid });
  await org.setCredentials({ ...org.account, authToken: `${key.sid}:${key.secret}` });
  const refused = await org.credentialsTried();
  assert.equal(refused.status, 'refused');
  assert.match(refused.problem, /refuses the API key/);
  await org.setCredentials();
  const end = await provisionWithoutHandingIn(org);
  assert.equal(end.state, 'done', end.reason);
  const [row] = (await org.read('phone_numbers')).body;
  assert.equal(row.account_sid, org.account.accountSid);
});

test('new credentials are tried at once, before any number is asked for', async () => {
  const org = stack.organization();
  const start = performance.now();
  await org.handInAccount();
  await org.credentialsTried();
  assert.ok(performance.now() - start < 1000, 'sooner than the poll');
});

test('telephonyd check tells whose credentials are not in order, and reconcile looks at every account once', async () => {
  const good = await verifiedOrganization();
  const shared = stack.organization(undefined, { account: good.account });
  await shared.setCredentials();
  await good.provisioned('US');
  const bad = await verifiedOrganization();
  await stack.simulator.account({ ...bad.account, authToken: randomBytes(16).toString('hex') });

  const { code, lines } = await stack.sidecarCommand('check', '--org', bad.id);
  assert.equal(code, 0, lines.join('\n'));
  assert.ok(
    lines.some((line) => line.startsWith('warning') && line.includes(bad.id) && line.includes('20003')),
    lines.join('\n'),
  );
  assert.ok(
    lines.some((line) => /^ok +voice/.test(line)),
    lines.join('\n'),
  );

  const seen = await stack.reconcile('--account', good.account.accountSid);
  assert.deepEqual([seen.code, seen.rows.map((row) => [row.verdict, row.org_id])], [0, [['live', good.id]]]);
  const unseen = await stack.sidecarCommand('reconcile', '--org', bad.id);
  assert.equal(unseen.code, 69);
  assert.match(unseen.lines.join('\n'), /was not looked at/);

  await tamper(bad, `set_at = now() + interval '25 hours'`);
  const problem = await stack.sidecarCommand('check', '--org', bad.id);
  assert.equal(problem.code, 78);
  assert.ok(
    problem.lines.some((line) => line.startsWith('PROBLEM') && line.includes('24 hours')),
    problem.lines.join('\n'),
  );
});
