// What a request gives stays out of PostgreSQL's log, with the server's default settings: tokens beside a NUL, numbers
// where something else belongs. The client is told all the same.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Stack } from '../harness/stack.mjs';

const TOKEN = 'fedcba9876543210'.repeat(2);
const NUMBER = '+12025550123';
const ACCOUNT = `AC${'0123456789abcdef'.repeat(2)}`;

/** @type {Stack} */
let stack;
before(async () => {
  stack = await Stack.start();
});
after(() => stack?.close());

/** Sends a body as it is; resolves to {status, body}. */
async function post(name, body, org = stack.organization().id) {
  const token = stack.postgrest.token({ role: 'authenticated', org });
  const response = await fetch(`${stack.postgrest.url}/rpc/${name}`, {
    method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body,
  });
  return { status: response.status, body: await response.json() };
}

for (const [what, name, body, code] of [
  ['a token that ends in NUL', 'set_twilio_credentials',
    `{"account_sid": "${ACCOUNT}", "auth_token": "${TOKEN}\\u0000"}`, '22P05'],
  ['NUL in the argument before the token', 'set_twilio_credentials',
    `{"account_sid": "\\u0000", "auth_token": "${TOKEN}"}`, '22P05'],
  ['a number beside NUL', 'validate_number', `{"number": "${NUMBER}", "country_code": "\\u0000"}`, '22P05'],
  ['a number where a uuid belongs', 'confirm_forwarding_config', `{"id": "${NUMBER}"}`, '22P02'],
  ['a token where a boolean belongs', 'release_number', `{"force": "${TOKEN}"}`, '22P02'],
  ['a number where an integer belongs', 'forwarding_codes',
    `{"country_code": "NG", "carrier_name": "mtn", "forwarding_type": "total_ai", "destination": "${NUMBER}",
      "ring_time_seconds": "${NUMBER}"}`, '22003'],
  ['a token nested too deep', 'set_twilio_credentials',
    `{"auth_token": "x", "account_sid": ["${TOKEN}", ${'['.repeat(20_000)}${']'.repeat(20_000)}]}`, '54001'],
]) {
  test(`${what}: answered with ${code}, and not in the log`, async () => {
    const { lines } = stack.cluster.postmaster;
    const from = lines.length;
    const answer = await post(name, body);
    assert.equal(answer.body.code, code, JSON.stringify(answer));
    // The line of a function of ours that failed in its own way comes later than that of this request.
    await stack.psql(`DO $$ BEGIN RAISE LOG 'after ${code}'; END $$`);
    await stack.cluster.postmaster.line(new RegExp(`after ${code}`), { from });
    const said = lines.slice(from).join('\n');
    assert.ok(!said.includes(TOKEN) && !said.includes(NUMBER.slice(1)), said.slice(0, 2000));
  });
}

test('what is no request is logged as ever, and so is what is wrong in one but for its arguments', async () => {
  const { lines } = stack.cluster.postmaster;
  let from = lines.length;
  await assert.rejects(stack.psql(`SELECT 'no uuid'::uuid`), { sqlstate: '22P02' });
  await stack.cluster.postmaster.line(/invalid input syntax for type uuid: "no uuid"/, { from });
  from = lines.length;
  await assert.rejects(stack.psql(`BEGIN; SELECT telephony.check_request(); SELECT nothing FROM nowhere`),
    { sqlstate: '42P01' });
  await stack.cluster.postmaster.line(/relation "nowhere" does not exist/, { from });
  from = lines.length;
  await assert.rejects(stack.psql(`BEGIN; SELECT telephony.check_request(); COMMIT; SELECT 'no more'::uuid`),
    { sqlstate: '22P02' });
  await stack.cluster.postmaster.line(/invalid input syntax for type uuid: "no more"/, { from });
});
