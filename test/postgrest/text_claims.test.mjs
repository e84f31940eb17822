// Tokens of login services that name organizations by a text, such as Clerk, Auth0 and Keycloak.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { orgUuid } from '../../docs/examples/org_uuid.mjs';
import { Postgrest } from '../harness/postgrest.mjs';
import { Stack } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
let service;
before(async () => {
  stack = await Stack.start({ server: { 'telephony.org_claim_type': 'text' } });
  service = stack.postgrest.client({ role: 'service_role' });
});
after(() => stack?.close());

/**
 * What each service puts into a token: `path` for telephony.org_claim, `claims` of a member, the `text` that names the
 * organization, and `others`, tokens of that service that name none.
 */
const SERVICES = {
  'Clerk, version 1': {
    path: 'org_id',
    claims: { sub: 'user_2NNEqL2nrIRdJ194nd', org_id: 'org_2NNEqL3AbCdEfGhIj', org_role: 'org:admin' },
    text: 'org_2NNEqL3AbCdEfGhIj',
    others: [{ sub: 'user_2NNEqL2nrIRdJ194nd' }, { sub: 'user_2NNEqL2nrIRdJ194nd', org_id: null }],
  },
  'Clerk, version 2': {
    path: 'o.id',
    claims: { v: 2, sub: 'user_2NNEqL2nrIRdJ194nd', o: { id: 'org_2NNEqL3AbCdEfGhIj', rol: 'admin', slg: 'acme' } },
    text: 'org_2NNEqL3AbCdEfGhIj',
    others: [{ v: 2, sub: 'user_2NNEqL2nrIRdJ194nd' }, { v: 2, o: 'org_2NNEqL3AbCdEfGhIj' }],
  },
  Auth0: {
    path: 'org_id',
    claims: { sub: 'auth0|5f7c8ec7c33c6c004bbafe82', org_id: 'org_9ybsU1dN2dKfDkBi' },
    text: 'org_9ybsU1dN2dKfDkBi',
    others: [{ sub: 'auth0|5f7c8ec7c33c6c004bbafe82' }, { org_name: 'acme' }],
  },
  'Keycloak, with a mapper for a single string': {
    path: 'tenant',
    claims: { sub: 'f:1', tenant: 'Åkerlund & Söhne', organization: ['akerlund'] },
    text: 'Åkerlund & Söhne',
    others: [{ tenant: ['akerlund'] }, { organization: { akerlund: { id: '1' } } }],
  },
  'Keycloak, whose claim of memberships is a list': {
    path: 'organization',
    claims: null,
    others: [{ organization: ['acme'] }, { organization: { acme: { id: '42c3e46f-2477-44d7-a85b-d3b43f6b31fa' } } }],
  },
};

/** Runs `body` with a PostgREST whose database reads organizations at this path. */
async function withClaim(path, body) {
  await stack.psql(`ALTER DATABASE ${stack.database} SET telephony.org_claim = '${path}'`);
  const postgrest = await Postgrest.start(stack.sandbox, stack.cluster, { database: stack.database });
  try {
    return await body((claims) =>
      postgrest.client({ token: postgrest.token({ role: 'authenticated', claims }) }));
  } finally {
    await postgrest.daemon.stop();
    await stack.psql(`ALTER DATABASE ${stack.database} RESET telephony.org_claim`);
  }
}

for (const [name, { path, claims, text, others }] of Object.entries(SERVICES)) {
  test(`${name}: the organization is that of the text, and nobody's where there is none`, () =>
    withClaim(path, async (client) => {
      if (claims) {
        const { data, error } = await client(claims).rpc('select_country', { country_code: 'NG' });
        assert.equal(error, null);
        assert.equal(data.org_id, orgUuid(text));
        assert.deepEqual((await client(claims).from('organizations').select('id, original_id')).data,
          [{ id: orgUuid(text), original_id: text }]);
      }
      for (const other of others) {
        const { error, status } = await client(other).rpc('provisioning_status');
        assert.deepEqual([status, error?.code], [401, 'no_organization'], JSON.stringify(other));
        assert.deepEqual((await client(other).from('organizations').select()).data, [], JSON.stringify(other));
      }
    }));
}

test("an organization's id for a text is another organization", async () => {
  const org = stack.organization('org_of_its_own');
  await org.rpc('select_country', { country_code: 'NG' });
  const pretender = stack.organization(orgUuid('org_of_its_own'));
  assert.deepEqual((await pretender.read('organizations')).body, []);
  const { body } = await pretender.rpc('select_country', { country_code: 'GB' });
  assert.equal(body.org_id, orgUuid(orgUuid('org_of_its_own')));
});

test('a number is bought with a token that names its organization by a text', async () => {
  const org = stack.organization('org_2BuysANumber');
  const { state } = await org.provisioned('US');
  assert.equal(state, 'done');
  const [{ org_id }] = (await org.read('phone_numbers')).body;
  assert.equal(org_id, orgUuid('org_2BuysANumber'));
});

test('a service registers, exports and imports organizations by the text', async () => {
  const registered = await service.rpc('register_org', { original_id: 'org_registered' });
  assert.deepEqual([registered.data?.id, registered.data?.original_id], [orgUuid('org_registered'), 'org_registered']);
  const imported = await service.rpc('import_org', { original_id: 'org_imported', country_code: 'NG' });
  assert.deepEqual([imported.data?.id, imported.data?.telephony_country], [orgUuid('org_imported'), 'NG']);
  const { data: { organization } } = await service.rpc('export_org', { org_id: imported.data.id });
  assert.deepEqual([organization.id, organization.original_id], [imported.data.id, 'org_imported']);
  const again = await service.rpc('import_org', {
    org_id: organization.id, original_id: organization.original_id, country_code: organization.telephony_country,
  });
  assert.equal(again.data.original_id, 'org_imported');
  const limited = await service.rpc('set_org_limit', { org_id: orgUuid('org_imported'), per_hour: 1000 });
  assert.equal(limited.data.organization, imported.data.id);
});

test('a server that reads tokens in another way than before refuses members, and what it has is safe', async () => {
  await stack.psql(`ALTER DATABASE ${stack.database} SET telephony.org_claim_type = 'uuid'`);
  const postgrest = await Postgrest.start(stack.sandbox, stack.cluster, { database: stack.database });
  try {
    const { error, status } = await postgrest.client({ org: orgUuid('org_of_its_own') }).rpc('provisioning_status');
    assert.deepEqual([status, error.code], [409, 'claim_type_changed']);
    assert.match(error.hint, /telephony\.org_claim_type/);
    const { data } = await postgrest.client({ role: 'service_role' }).rpc('self_check');
    const [found] = data.filter(({ ok, check }) => !ok && check.startsWith('organizations are read from tokens'));
    assert.match(found.detail, /ALTER DATABASE telephony SET telephony\.org_claim_type = 'text'/);
  } finally {
    await postgrest.daemon.stop();
    await stack.psql(`ALTER DATABASE ${stack.database} RESET telephony.org_claim_type`);
  }
});
