// What a running system does by itself and for its operators: sweeps, alerts, regulated numbers, emergency addresses,
// one state machine.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { REQUEST_LIFE, Sidecar, TAKEOVER } from '../harness/sidecar.mjs';
import { Stack } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
/** Alerts that were posted, and the answers that the next ones get. */
const alerts = [];
const answers = [];
const webhook = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  const status = answers.shift() ?? 204;
  if (status === 204) alerts.push({ type: request.headers['content-type'], text: body, ...JSON.parse(body) });
  response.writeHead(status).end();
});

before(async () => {
  await once(webhook.listen(0, '127.0.0.1'), 'listening');
  stack = await Stack.start({
    settings: { request_life: REQUEST_LIFE, absence_window: '0', absence_poll: '0.1 seconds', absence_observations: 2 },
    upkeep: { sweep_accounts: '0.4 seconds' },
    flags: {
      ...TAKEOVER,
      'alert-url': `http://127.0.0.1:${webhook.address().port}/hook?key=secret`,
    },
  });
});
after(async () => {
  webhook.close();
  await stack?.close();
});

const alertOf = (sid) =>
  until(`alert about ${sid}`, () => alerts.find((alert) => alert.sid === sid), {
    seen: () =>
      `${alerts.map(({ alert, sid: about }) => `${alert}
        ${about}`).join(', ') || 'no alert'}\n${stack.sidecar.daemon.tail()}`,
  });
const atTwilio = async (sid) => (await stack.numbersAtTwilio()).find((number) => number.sid === sid);
const numberOf = async (org) => (await org.read('phone_numbers')).body[0];

test('a purchase that takes effect after it was given up is swept: released by itself', async () => {
  const before = await stack.simulator.count('buy', 'applied');
  await stack.simulator.fault('buy', { kind: 'status', status: 400, code: 21422, when: 'before' }, { after: 1 });
  const stuck = await stack.simulator.fault('buy', { kind: 'hold', when: 'before' });
  const org = stack.organization();
  await org.provisioned('NG');
  const { number_sid: kept } = await numberOf(org);
  const deletes = await stack.simulator.count('delete', 'answered');
  await stack.simulator.release(stuck);
  await stack.simulator.reached('buy', 'applied', { count: before + 2 });
  await stack.simulator.reached('delete', 'answered', { count: deletes + 1 });
  const held = (await stack.numbersAtTwilio()).filter((number) => number.account_sid === org.account.accountSid);
  assert.deepEqual(held.map((number) => number.sid), [kept]);
});

test('a renamed live number gets its tag back; a number that only an operator can judge is alerted, and left alone', async () => {
  const org = stack.organization();
  await org.provisioned('US');
  const { number_sid: sid } = await numberOf(org);
  const { friendly_name: tag } = await atTwilio(sid);
  await stack.simulator.console('rename', { sid, friendly_name: 'Front desk' });
  await until('the tag is back', async () => (await atTwilio(sid)).friendly_name === tag);

  answers.push(503); // repeated, not lost
  const unknown = await stack.simulator.console('buy', {
    account_sid: org.account.accountSid,
    phone_number: '+12022345601',
    friendly_name: await stack.psql('SELECT telephony_internal.tag_of(gen_random_uuid())'),
  });
  const alert = await alertOf(unknown.sid);
  assert.deepEqual(
    [alert.alert, alert.verdict, alert.type, alert.worker],
    ['number_differs', 'unknown_job', 'application/json', 'telephonyd-1'],
  );
  assert.equal(alert.number, '+1******5601');
  assert.ok(!alert.text.includes('2022345601'), 'numbers are masked');
  assert.ok(await atTwilio(unknown.sid), 'it was not released');
  assert.ok(!stack.sidecar.daemon.lines.some((line) => line.includes('key=secret')), 'the URL is in no log');
});

test('a voice URL changed in the console is told; an operator sets it again, and new settings too; a number that was taken in keeps its own', async () => {
  const org = stack.organization();
  await org.provisioned('US');
  const { number_sid: sid } = await numberOf(org);
  const { voice_url: ours } = await atTwilio(sid);
  await stack.simulator.console('set_voice_url', { sid, voice_url: 'https://elsewhere.example.com/' });
  const alert = await alertOf(sid);
  assert.deepEqual([alert.alert, alert.verdict], ['number_differs', 'voice_changed']);
  assert.ok(!alert.text.includes('elsewhere'), 'a URL may carry a password');
  const { rows } = await stack.reconcile('--account', org.account.accountSid);
  assert.deepEqual(rows.map((row) => [row.number_sid, row.verdict]), [[sid, 'voice_changed']]);
  assert.equal((await atTwilio(sid)).voice_url, 'https://elsewhere.example.com/', 'and it is left as it is');

  const apply = (whose = `'${org.id}'`) =>
    stack.psql(`SELECT state FROM telephony_internal.apply_voice_settings(${whose})`);
  const applied = () =>
    until('the settings are applied', async () => {
      const { left } = await stack.row(
        `SELECT count(*) AS left FROM telephony_internal.jobs WHERE kind = 'configure' AND NOT ended`,
      );
      return Number(left) === 0;
    });
  assert.equal(await apply(), 'configuring');
  await applied();
  assert.equal((await atTwilio(sid)).voice_url, ours);

  // Taken in as it is, whatever the settings are.
  const other = stack.organization();
  await other.handInAccount();
  await other.rpc('select_country', { country_code: 'US' });
  const foreign = await stack.simulator.console('buy', {
    account_sid: other.account.accountSid,
    phone_number: '+12022345677',
    friendly_name: 'Front desk',
  });
  const theirs = 'https://of-the-customer.example.com/';
  await stack.simulator.console('set_voice_url', { sid: foreign.sid, voice_url: theirs });
  const adopted = await stack.sidecarCommand('reconcile', '--adopt', foreign.sid, '--org', other.id);
  assert.equal(adopted.code, 0, adopted.lines.join('\n'));

  const installation = (url) => stack.psql(`SELECT telephony_internal.set_voice_settings(voice_url => '${url}')`);
  await installation('https://new.example.com/incoming');
  try {
    await apply('');
    await applied();
    assert.equal((await atTwilio(sid)).voice_url, 'https://new.example.com/incoming');
    assert.equal((await atTwilio(foreign.sid)).voice_url, theirs);
    assert.ok(!alerts.some((each) => each.sid === foreign.sid), 'nothing is told of it');
    const again = await stack.reconcile('--account', org.account.accountSid);
    assert.deepEqual([again.code, again.rows.map((row) => row.verdict)], [0, ['live']]);
  } finally {
    await installation(ours);
    await apply('');
    await applied();
  }
  assert.equal((await atTwilio(sid)).voice_url, ours);

  // What was meant becomes the organization's own.
  const meant = 'https://meant.example.com/';
  await stack.simulator.console('set_voice_url', { sid, voice_url: meant });
  await stack.psql(`SELECT telephony_internal.set_voice_settings(voice_url => '${meant}', org_id => '${org.id}')`);
  await apply();
  await applied();
  const { rows: content } = await stack.reconcile('--account', org.account.accountSid);
  assert.deepEqual([content.map((row) => row.verdict), (await atTwilio(sid)).voice_url], [['live'], meant]);
});

test('a number that is gone from Twilio is told, although its voice settings are being applied; its release ends that', async () => {
  const org = stack.organization();
  await org.provisioned('US');
  const { number_sid: sid } = await numberOf(org);
  await stack.simulator.console('delete', { sid });
  await stack.psql(`SELECT FROM telephony_internal.apply_voice_settings('${org.id}')`);
  const configuring = () =>
    stack.row(`SELECT id, state, reason_code FROM telephony_internal.jobs
                WHERE org_id = '${org.id}' AND kind = 'configure'`);
  await until('it does not find the number', async () => (await configuring()).reason_code === 'number_not_found');
  assert.equal((await alertOf(sid)).verdict, 'missing');
  assert.equal((await org.rpc('release_number')).status, 200);
  assert.equal((await org.finished()).state, 'released');
  const { id } = await configuring();
  await stack.psql(`UPDATE telephony_internal.jobs SET not_before = now() WHERE id = '${id}' AND lease_until IS NULL`);
  await until('its end', async () => (await configuring()).state === 'cancelled');
  assert.equal((await configuring()).reason_code, 'number_left');
});

test('a British number: refused without a profile, bought with the address and bundle of its kind', async () => {
  const org = stack.organization();
  await org.handInAccount();
  const searches = await stack.simulator.count('search', 'received');
  const { status, body } = await org.rpc('provision_number', { country_code: 'GB' });
  assert.equal(status, 409, JSON.stringify(body));
  assert.match(body.message, /regulatory profile/);
  assert.match(body.hint, /set_regulatory_profile\(\)/);
  assert.equal(await stack.simulator.count('search', 'received'), searches, 'nothing was asked of Twilio');

  const [address_sid, bundle_sid] = ['AD', 'BU'].map((prefix) => prefix + 'c'.repeat(32));
  // the numbers of London, which are offered too, are refused with 21615
  await stack.simulator.address(address_sid, '+44161');
  const profile = { country_code: 'GB', number_type: 'Local', address_sid, bundle_sid };
  assert.equal((await org.rpc('set_regulatory_profile', profile)).status, 200);
  await stack.simulator.inventory('GB', 'Local', ['+442079460101', '+442079460102', '+441612960103']);
  const end = await org.provisioned('GB');
  assert.equal(end.number, '+441612960103');
  const bought = await atTwilio((await numberOf(org)).number_sid);
  assert.deepEqual([bought.address_sid, bought.bundle_sid], [address_sid, bundle_sid]);
});

test('a bundle that Twilio does not take ends the job with what to do', async () => {
  const org = stack.organization();
  await org.handInAccount();
  const profile = { country_code: 'GB', number_type: 'Local', address_sid: `AD${'d'.repeat(32)}` };
  assert.equal((await org.rpc('set_regulatory_profile', profile)).status, 200);
  await stack.simulator.inventory('GB', 'Local', ['+442079460111']);
  await org.provision('GB');
  const end = await org.finished();
  assert.equal(end.state, 'failed');
  assert.match(end.reason, /bundle.*21649/);
});

test('an exhausted country gives way to the next of its provision countries', async () => {
  await stack.psql(`UPDATE telephony_api.countries SET is_active = true WHERE country_code = 'CA'`);
  await stack.simulator.inventory('CA', 'Local', []);
  const end = await stack.organization().provisioned('CA');
  assert.match(end.number, /^\+1/);
});

test('a number with an emergency address is released: the address goes first', async () => {
  const org = stack.organization();
  await org.provisioned('US');
  const { number_sid: sid, account_sid } = await numberOf(org);
  const answer = await fetch(
    `${stack.simulator.url}/2010-04-01/Accounts/${account_sid}/IncomingPhoneNumbers/${sid}.json`,
    {
      method: 'POST',
      headers: { Authorization: `Basic ${btoa(`${org.account.accountSid}:${org.account.authToken}`)}` },
      body: new URLSearchParams({ EmergencyAddressSid: `AD${'e'.repeat(32)}` }),
    },
  );
  assert.equal((await answer.json()).emergency_address_status, 'registered');
  assert.equal((await org.rpc('release_number')).status, 200);
  assert.equal((await org.finished()).state, 'released');
  assert.equal(await atTwilio(sid), undefined);
});

test('SIGHUP while it starts is a reload, not the end', async () => {
  const settings = join(stack.sandbox.directory, 'settings');
  execFileSync('mkfifo', ['-m', '666', settings]);
  const sidecar = Sidecar.launch(stack.sandbox, stack.sidecarOptions({ flags: { ...TAKEOVER, config: settings } }));
  // It waits for the settings from here on, with everything still before it.
  const writer = await until('it reads its settings', () => {
    try {
      return openSync(settings, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (error.code !== 'ENXIO') throw error; // nobody has opened it to read yet
      return undefined;
    }
  });
  sidecar.daemon.signal('SIGHUP');
  writeSync(writer, 'poll-interval = 0.3\n');
  closeSync(writer);
  await sidecar.log(/ reloaded/);
  await sidecar.log(/database ready/);
  sidecar.daemon.signal('SIGTERM');
  assert.equal((await sidecar.daemon.end()).code, 0);
});

test('every operation at Twilio is logged with its request id', () => {
  const answered = stack.sidecar.daemon.lines.filter((line) => / twilio request operation=/.test(line));
  for (const operation of ['account', 'list', 'search', 'buy', 'get', 'update', 'delete']) {
    const lines = answered.filter((line) => line.includes(`operation=${operation} `));
    assert.ok(lines.length > 0, operation);
    for (const line of lines) assert.match(line, /request_id=RQ[0-9a-f]+/);
  }
});

test('telephonyd states prints the table of the database', async () => {
  const { output } = await stack.sidecarCommand('states', '--json');
  const rows = await stack.rows(
    ['job', 'call'].map((machine) => `SELECT '${machine}' AS machine, from_state AS "from", event, to_state AS "to",
        when_cancelled AS to_if_cancelled, action AS comment FROM telephony_internal.${machine}_transitions`)
      .join(' UNION ALL '),
  );
  const sorted = (list) => list.map((row) => JSON.stringify(row)).sort();
  assert.deepEqual(sorted(JSON.parse(output.join('\n'))), sorted(rows));
});

test('a number bought in the console after the purchase was given up is left alone, although that purchase then takes effect on it', async () => {
  const number = '+12025550177';
  await stack.simulator.inventory('US', 'Local', [number]);
  await stack.simulator.fault(
    'buy',
    { kind: 'status', status: 400, code: 21422, when: 'before' },
    { after: 1, number },
  );
  const stuck = await stack.simulator.fault('buy', { kind: 'hold', when: 'before' }, { number });
  const org = stack.organization();
  const { job_id } = await org.provision('US');
  await until('the purchase is given up', () =>
    stack.psql(`SELECT 1 FROM telephony_internal.job_events WHERE job_id = '${job_id}' AND event = 'absent'`),
  );
  await stack.simulator.inventory('US', 'Local', [number, '+12025550178']);
  assert.equal((await org.finished()).number, '+12025550178');
  const { sid } = await stack.simulator.console('buy', {
    account_sid: org.account.accountSid,
    phone_number: number,
    friendly_name: 'Support line',
  });
  const bought = Date.now();
  await until('it was not bought just now', () => Date.now() > bought + 4000);
  await stack.simulator.release(stuck);
  const alert = await alertOf(sid);
  assert.deepEqual([alert.alert, alert.verdict], ['number_differs', 'conflict']);
  assert.ok(await atTwilio(sid), 'it was not released');
});
