// The other major versions of PostgREST, by replaying what they send: the same answers and refusals as from the real
// 12.0.2.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Postgrest } from '../harness/postgrest.mjs';
import { SUPPORTED } from '../harness/shipped.mjs';
import { Stack } from '../harness/stack.mjs';
import { CALLERS, CALLS } from './calls.mjs';
import { MAJORS, Replay, describeFunctions, mainCall } from './replay.mjs';

/** As in the configuration that ships. */
const preRequest = 'telephony.check_request';

/** @type {Stack} */
let stack;
before(async () => {
  stack = await Stack.start();
});
after(() => stack?.close());

test('the replay of 12 is what the real 12.0.2 sends, byte for byte', async () => {
  const functions = await describeFunctions(stack);
  // Without the parameters, in which telephone numbers are.
  await stack.psql(
    `ALTER ROLE authenticator SET log_statement = 'all'; ALTER ROLE authenticator SET log_parameter_max_length = 0`,
  );
  const postgrest = await Postgrest.start(stack.sandbox, stack.cluster, {
    database: stack.database,
    settings: { 'db-pool': 1 },
  });
  try {
    const client = postgrest.client({ org: stack.organization().id });
    for (const [name, call] of Object.entries(CALLS).filter(([, { number, tier }]) => !number && tier !== 'service')) {
      for (const get of [false, true]) {
        const from = stack.cluster.postmaster.lines.length;
        await client.rpc(name, call.args, { get });
        const [sent] = mainCall(12, get, functions[name], call.args);
        const [, text] = await stack.cluster.postmaster.line(/authenticator@\S+ LOG: {2}execute \d+: (WITH .*)/, {
          from,
        });
        assert.equal(text, sent, `${name} by ${get ? 'GET' : 'POST'}`);
      }
    }
  } finally {
    await postgrest.daemon.stop();
    await stack.psql('ALTER ROLE authenticator RESET ALL');
  }
});

/** An organization that has what a call needs, made through the real PostgREST, and the arguments for it. */
async function callerOf({ args, account, number, prepare }, role) {
  const org = stack.organization();
  if (account) await org.handInAccount();
  if (number) await org.provisioned('NG');
  return {
    org,
    args: prepare ? await prepare({ stack, org, client: stack.postgrest.client({ role, org: org.id }) }) : args,
  };
}

for (const major of MAJORS) {
  test(`version ${major}: every function answers whom it should, by POST and by GET, and refuses the others`, async () => {
    const replay = await Replay.connect(stack, major, { preRequest });
    for (const [name, call] of Object.entries(CALLS)) {
      for (const [who, { role, tiers }] of Object.entries(CALLERS)) {
        for (const get of [false, true]) {
          const what = `${name} by ${get ? 'GET' : 'POST'} as ${who}`;
          const permitted = tiers.includes(call.tier);
          const { org, args } = await callerOf(permitted ? call : { args: call.args }, role);
          const { data, error } = await replay.rpc(name, args, { role, org: org.id, get });
          if (!permitted) assert.equal(error?.sqlstate, '42501', what);
          else if (call.unavailable) assert.match(error?.code, get ? /^(25006|not_offered)$/ : /^not_offered$/, what);
          else if (get && !call.reads) assert.equal(error?.sqlstate, '25006', what);
          else {
            assert.equal(error, null, `${what}: ${error?.message}`);
            call.right(data);
          }
        }
      }
    }
    await replay.close();
  });

  test(`version ${major}: refusals have the same code, message, detail and hint as from the real one; the connection goes on`, async () => {
    const replay = await Replay.connect(stack, major, { preRequest });
    for (const [name, { refused, tier }] of Object.entries(CALLS).filter(([, call]) => call.refused)) {
      const org = stack.organization();
      const role = tier === 'anon' ? 'anon' : 'authenticated';
      const { error } = await replay.rpc(name, refused.args, { role, org: org.id });
      const real = (await stack.postgrest.client({ role, org: org.id }).rpc(name, refused.args)).error;
      assert.deepEqual(
        [error.code, error.message, error.detail, error.hint],
        [real.code, real.message, real.details, real.hint],
        name,
      );
      // Of these PostgREST would make something else: another status, a repetition, or its own end.
      assert.ok(!/^(40|53|08|57|XX|42601|42P05)/.test(error.sqlstate), error.sqlstate);
    }
    const nobody = await replay.rpc('provisioning_status', {}, { role: 'authenticated' });
    assert.equal(nobody.error.code, 'no_organization');
    const { data, headers, count } = await replay.rpc('supported_countries', {}, { role: 'anon', get: true });
    assert.deepEqual([data.length, count], [SUPPORTED.length, SUPPORTED.length]);
    assert.deepEqual(headers, [
      { 'Cache-Control': 'public, max-age=300' },
      { Vary: 'Accept, Accept-Profile, Range, Origin, Prefer' },
    ]);
    const after = await replay.rpc('provisioning_status', {}, { role: 'authenticated', org: stack.organization().id });
    assert.deepEqual([after.headers, after.data.state], [[], 'none'], 'nothing of the request before is left');
    await replay.close();
  });

  test(`version ${major}: the request over the limit is refused before the function runs, in READ ONLY and in READ WRITE`, async () => {
    const replay = await Replay.connect(stack, major, { preRequest });
    const org = stack.organization();
    const service = { role: 'service_role' };
    assert.equal((await replay.rpc('set_org_limit', { org_id: org.id, per_hour: 2 }, service)).error, null);
    const tenant = { role: 'authenticated', org: org.id };
    assert.equal((await replay.rpc('provisioning_status', {}, { ...tenant, get: true })).error, null);
    assert.equal(
      (await replay.rpc('select_country', { country_code: 'FR' }, tenant)).error.code,
      'country_not_supported',
      'what is taken back counts too',
    );
    for (const [name, args, get] of [
      ['provisioning_status', {}, true],
      ['select_country', { country_code: 'NG' }, false],
    ]) {
      const { error } = await replay.rpc(name, args, {
        ...tenant,
        get,
        headers: { 'x-forwarded-for': '198.51.100.1' },
      });
      assert.equal(error.sqlstate, 'PGRST');
      // PostgREST answers 500 when one of these is missing, or a header is no string.
      assert.deepEqual([error.code, typeof error.message, error.status], ['too_many_requests', 'string', 429]);
      assert.match(error.headers['Retry-After'], /^\d+$/);
      for (const value of Object.values(error.headers)) assert.equal(typeof value, 'string');
    }
    assert.equal((await stack.row(`SELECT count(*) FROM telephony_api.organizations WHERE id = '${org.id}'`)).count, 0);
    assert.equal(
      (await replay.rpc('provisioning_status', {}, { role: 'authenticated', org: stack.organization().id })).error,
      null,
      'another organization goes on',
    );
    await replay.close();
  });
}
