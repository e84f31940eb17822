// Rotating telephonyd's key while organizations buy numbers: no job is lost, and in the end nothing needs the old key.

import assert from 'node:assert/strict';
import { copyFileSync, renameSync, unlinkSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { freePort } from '../harness/postgrest.mjs';
import { QUICK, Sidecar } from '../harness/sidecar.mjs';
import { Stack } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
afterEach(() => stack?.close());

/** Lets the server seal to another key from its next call on, as an administrator who replaces the public key file. */
function sealFor(keyFile) {
  const configured = stack.server['telephony.sidecar_public_key_file'];
  copyFileSync(`${keyFile}.pub`, `${configured}.new`);
  renameSync(`${configured}.new`, configured);
}

/** How many organizations' boxes are for each key. */
async function boxesByKey() {
  const rows = await stack.rows(
    'SELECT key_id, count(*) AS boxes FROM telephony_internal.twilio_credentials GROUP BY key_id',
  );
  return Object.fromEntries(rows.map((row) => [row.key_id, row.boxes]));
}

/** Runs `telephonyd reseal --json`; resolves to its report and exit code. */
async function reseal(keyFiles) {
  const { code, output, lines } = await Sidecar.command(
    stack.sandbox,
    stack.sidecarOptions({ keyFiles }),
    'reseal',
    '--json',
  );
  assert.ok(output.length > 0, lines.join('\n'));
  return { code, ...JSON.parse(output.join('\n')) };
}

test('rotation under load: old and new key, boxes sealed anew while jobs run, old key gone; every organization has its number', async () => {
  stack = await Stack.start({ flags: QUICK });
  const [oldKey] = stack.keyFiles;
  const newKey = await Sidecar.keygen(stack.sandbox, 'second');
  const before = Array.from({ length: 12 }, () => stack.organization());
  await Promise.all(before.map((org) => org.handInAccount()));
  const [oldId] = Object.keys(await boxesByKey());

  // Purchases are under way from here to the end of the rotation.
  await stack.simulator.fault('search', { kind: 'latency', milliseconds: 400 }, { times: 0 });
  const searches = await stack.simulator.count('search', 'received');
  await Promise.all(before.map((org) => org.provision('US')));
  await stack.simulator.reached('search', 'received', { count: searches + 1 });

  // First every telephonyd gets both keys; only then the server seals for the new one.
  const both = await stack.startSidecar({ keyFiles: [newKey, oldKey] });
  await stack.sidecar.daemon.stop(); // drains
  sealFor(newKey);
  const during = Array.from({ length: 12 }, () => stack.organization());
  const buying = Promise.all(during.map((org) => org.provision('US')));
  const first = await reseal([newKey, oldKey]);
  assert.equal(first.code, 0);
  assert.notEqual(first.key_id, oldId);
  await buying;
  assert.equal((await reseal([newKey, oldKey])).code, 0);
  assert.deepEqual(await boxesByKey(), { [first.key_id]: 24 });

  const newOnly = await stack.startSidecar({ keyFiles: [newKey] });
  await both.daemon.stop();
  unlinkSync(oldKey);
  await stack.simulator.clearFaults();
  const ends = await Promise.all([...before, ...during].map((org) => org.finished()));
  assert.deepEqual(new Set(ends.map((end) => end.state)), new Set(['done']));
  const accounts = (await stack.numbersAtTwilio()).map((number) => number.account_sid).sort();
  assert.deepEqual(
    accounts,
    [...before, ...during].map((org) => org.account.accountSid).sort(),
    'each exactly one, in its own account',
  );
  const refused = [stack.sidecar, both, newOnly].flatMap(({ daemon }) =>
    daemon.lines.filter((line) => /sealed credentials refused/.test(line)),
  );
  assert.deepEqual(refused, []);
  assert.deepEqual((await reseal([newKey])).resealed, 0);
});

test('reseal leaves a box that it cannot open as it is, names its organization and ends with 1', async () => {
  stack = await Stack.start({ flags: QUICK });
  const [key] = stack.keyFiles;
  const [lost, kept] = [stack.organization(), stack.organization()];
  const foreign = await Sidecar.keygen(stack.sandbox, 'foreign');
  const own = `${key}.pub.own`;
  copyFileSync(`${key}.pub`, own);
  sealFor(foreign);
  await lost.handInAccount();
  renameSync(own, `${key}.pub`);
  await kept.handInAccount();
  const newKey = await Sidecar.keygen(stack.sandbox, 'newest');
  const report = await reseal([newKey, key]);
  assert.equal(report.code, 1);
  assert.deepEqual(report.unopened.map((row) => row.org_id), [lost.id]);
  assert.deepEqual([report.credentials, report.resealed], [2, 1]);
  const table = await stack.rows('SELECT org_id, key_id FROM telephony_internal.twilio_credentials');
  assert.equal(table.find((row) => row.org_id === kept.id).key_id, report.key_id);
  assert.notEqual(table.find((row) => row.org_id === lost.id).key_id, report.key_id);
});

test('a telephonyd without the key leaves new credentials to those that have it: its operator is told, the organization nothing', async () => {
  stack = await Stack.start({ flags: QUICK });
  const wrong = await Sidecar.keygen(stack.sandbox, 'wrong');
  const port = await freePort();
  await stack.sidecar.daemon.stop();
  const flags = { ...QUICK, 'status-listen': `127.0.0.1:${port}` };
  const without = await stack.startSidecar({ keyFiles: [wrong], flags });
  const orgs = [stack.organization(), stack.organization()];
  await Promise.all(orgs.map((org) => org.provision('US')));
  for (const org of orgs)
    await until('its job says why it waits', async () => /does not have/.test((await org.status()).reason ?? ''));
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  assert.match(metrics, /^telephonyd_alerts_total\{alert="key_missing"\} 1$/m);
  assert.match(metrics, /^telephonyd_alerts_total\{alert="box_refused"\} 0$/m);
  for (const org of orgs) {
    const { status, problem } = await org.credentials();
    assert.deepEqual([status, problem], ['unverified', null]);
  }
  const { code, lines } = await Sidecar.command(stack.sandbox, stack.sidecarOptions({ keyFiles: [wrong] }), 'check');
  assert.equal(code, 78, lines.join('\n'));

  await stack.startSidecar();
  // Either may claim a job, each time anew after its pause.
  for (const org of orgs) assert.equal((await org.finished({ timeout: 180_000 })).state, 'done');
  const told = without.daemon.lines.filter((line) => /no key for sealed credentials/.test(line));
  assert.equal(told.length, 1);
});

test('a key file that others may read is refused with 77', async () => {
  stack = await Stack.start({ flags: QUICK });
  const [key] = stack.keyFiles;
  const wide = stack.sandbox.privateFile('wide', 'telephony-sidecar-secret-key-1 x\n');
  await stack.sandbox.run('chmod', '/bin/chmod', ['0640', wide]);
  const open = await Sidecar.command(stack.sandbox, stack.sidecarOptions({ keyFiles: [wide] }), 'check');
  assert.deepEqual([open.code, /others may read/.test(open.lines.join('\n'))], [77, true]);
  const swapped = await Sidecar.command(stack.sandbox, stack.sidecarOptions({ keyFiles: [`${key}.pub`] }), 'check');
  assert.equal(swapped.code, 77, 'a public key file is readable by others');
  const none = await Sidecar.command(stack.sandbox, stack.sidecarOptions({ keyFiles: [] }), 'run');
  assert.deepEqual([none.code, /--key-file is missing/.test(none.lines.join('\n'))], [64, true]);
});

test('without an account of its own an organization buys in the platform account, if telephonyd is given one', async () => {
  stack = await Stack.start({ flags: QUICK, platform: true });
  const org = stack.organization();
  await until(
    'the database knows of the account',
    async () =>
      (await stack.psql('SELECT platform_account_sid FROM telephony_internal.settings')) === stack.account.accountSid,
  );
  await org.provisioned('US');
  const [row] = (await org.read('phone_numbers')).body;
  assert.equal(row.account_sid, stack.account.accountSid);
  // One that brings its own buys in that.
  const own = stack.organization(undefined, { simulator: stack.simulator });
  await own.provisioned('US');
  assert.equal((await own.read('phone_numbers')).body[0].account_sid, own.account.accountSid);
  const { code, rows } = await stack.reconcile();
  assert.deepEqual(
    [code, rows.map((each) => each.account_sid).sort()],
    [0, [stack.account.accountSid, own.account.accountSid].sort()],
  );
});
