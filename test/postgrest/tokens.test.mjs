// Tokens: what PostgREST refuses, and what a token that it accepts but that names no proper organization gets.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { signToken } from '../harness/jwt.mjs';
import { Postgrest } from '../harness/postgrest.mjs';
import { Stack } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
let org;
before(async () => {
  stack = await Stack.start();
  org = stack.organization();
  await org.rpc('select_country', { country_code: 'NG' });
});
after(() => stack?.close());

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Its middle part replaced, as one does who would like to be another. */
const withClaims = (token, claims) => token.split('.').map((part, i) => (i === 1 ? base64url(claims) : part)).join('.');

test('a token that is not whole, not signed by the login service, or no longer valid is refused with 401', async () => {
  const good = stack.postgrest.token({ role: 'authenticated', org: org.id });
  const [header, claims, signature] = good.split('.');
  const none = base64url({ alg: 'none', typ: 'JWT' });
  const bad = {
    'no token at all': 'nonsense',
    'two parts': `${header}.${claims}`,
    'another secret': signToken('another secret of at least thirty-two characters', {
      role: 'authenticated',
      org: org.id,
    }),
    'claims changed': withClaims(good, { role: 'service_role', exp: 4102444800 }),
    'no signature': `${header}.${claims}.`,
    'algorithm none': `${none}.${claims}.`,
    'algorithm none, signature kept': `${none}.${claims}.${signature}`,
    'another algorithm': `${base64url({ alg: 'HS512', typ: 'JWT' })}.${claims}.${createHmac('sha512', 'guess').update('x').digest('base64url')}`,
    expired: stack.postgrest.token({ role: 'authenticated', org: org.id, lifetime: -120 }),
  };
  for (const [what, token] of Object.entries(bad)) {
    for (const path of ['/organizations', '/rpc/supported_countries']) {
      const answer = await stack.postgrest.request('GET', path, { token });
      assert.equal(answer.status, 401, `${what} at ${path}`);
      assert.match(answer.headers.get('www-authenticate'), /^Bearer error="invalid_token"/, what);
      assert.ok(!JSON.stringify(answer.body).includes(org.id), what);
    }
  }
  assert.equal((await stack.postgrest.request('GET', '/organizations', { token: good })).status, 200);
});

test('a properly signed token opens no role but the three', async () => {
  for (const role of ['postgres', 'telephonyd', 'telephony_owner', 'pg_read_all_data']) {
    const answer = await stack.postgrest.request('GET', '/countries', {
      token: stack.postgrest.token({ role, org: org.id }),
    });
    assert.deepEqual([answer.status, answer.body.code], [403, '42501'], role);
  }
  const unknown = await stack.postgrest.request('GET', '/countries', {
    token: stack.postgrest.token({ role: 'nobody' }),
  });
  assert.deepEqual([unknown.status, unknown.body.code], [400, '22023']); // 401 from version 13 on
});

test('a token without a role is anon', async () => {
  const answer = await stack.postgrest.request('GET', '/organizations', {
    token: stack.postgrest.token({ org: org.id }),
  });
  assert.deepEqual([answer.status, answer.body.code], [401, '42501']);
});

test("claims that name no organization, or not as one uuid, are nobody's: 401 from functions, no rows from tables", async () => {
  const odd = {
    'no claim': undefined,
    null: null,
    'an empty string': '',
    'a number': 1,
    'an array of it': [org.id],
    'an object': { id: org.id },
    'not a uuid': 'org-1',
    'a uuid and more': `${org.id} or true`,
    'all of them': '%',
    true: true,
  };
  for (const [what, value] of Object.entries(odd)) {
    const client = stack.postgrest.client({
      token: stack.postgrest.token({ role: 'authenticated', claims: { app_metadata: { org_id: value } } }),
    });
    const { error, status } = await client.rpc('provisioning_status');
    assert.deepEqual([status, error?.code], [401, 'no_organization'], what);
    assert.deepEqual((await client.from('organizations').select()).data, [], what);
  }
  for (const claims of [
    {},
    { app_metadata: null },
    { app_metadata: [] },
    { app_metadata: 'x' },
    { org_id: org.id },
    { user_metadata: { org_id: org.id } },
    { sub: org.id },
  ]) {
    const client = stack.postgrest.client({ token: stack.postgrest.token({ role: 'authenticated', claims }) });
    const { error, status } = await client.rpc('provisioning_status');
    assert.deepEqual([status, error?.code], [401, 'no_organization'], JSON.stringify(claims));
    assert.deepEqual((await client.from('organizations').select()).data, [], JSON.stringify(claims));
  }
});

test('the organization is read in either case of letters, among any other claims', async () => {
  const claims = {
    aud: ['authenticated'],
    sub: 'x',
    app_metadata: { provider: 'email', org_id: org.id.toUpperCase() },
    user_metadata: { org_id: stack.organization().id },
  };
  const client = stack.postgrest.client({ token: stack.postgrest.token({ role: 'authenticated', claims }) });
  assert.deepEqual((await client.from('organizations').select('id')).data, [{ id: org.id }]);
});

/** Organizations that a PostgREST started with this setting of the database shows a caller with these claims. */
async function seenWith(orgClaim, ...callers) {
  await stack.psql(`ALTER DATABASE ${stack.database} SET telephony.org_claim = '${orgClaim}'`);
  const postgrest = await Postgrest.start(stack.sandbox, stack.cluster, { database: stack.database });
  try {
    const seen = await Promise.all(
      callers.map((claims) =>
        postgrest
          .client({ token: postgrest.token({ role: 'authenticated', claims }) })
          .from('organizations')
          .select('id'),
      ),
    );
    return seen.map(({ data }) => data.map((row) => row.id));
  } finally {
    await postgrest.daemon.stop();
    await stack.psql(`ALTER DATABASE ${stack.database} RESET telephony.org_claim`);
  }
}

test('another claim can be told to name the organization, but none that users write themselves', async () => {
  const callers = [
    { tenant: { id: org.id } },
    { app_metadata: { org_id: org.id } },
    { user_metadata: { org_id: org.id } },
  ];
  assert.deepEqual(await seenWith('tenant.id', ...callers), [[org.id], [], []]);
  await assert.rejects(seenWith('user_metadata.org_id', ...callers), { sqlstate: '22023' });
});

test('nothing of one request is left for the next on the same connection', async () => {
  const one = await Postgrest.start(stack.sandbox, stack.cluster, {
    database: stack.database,
    settings: { 'db-pool': 1 },
  });
  const own = one.client({ org: org.id });
  const nobody = one.client({});
  const anyone = one.client({ role: 'anon' });
  for (let i = 0; i < 20; i++) {
    assert.equal((await own.from('organizations').select()).data.length, 1);
    assert.deepEqual((await nobody.from('organizations').select()).data, []);
    assert.equal((await own.rpc('provisioning_status')).status, 200);
    assert.equal((await anyone.rpc('provisioning_status')).status, 401);
    assert.equal((await nobody.rpc('provisioning_status')).error.code, 'no_organization');
  }
  await one.daemon.stop();
});
