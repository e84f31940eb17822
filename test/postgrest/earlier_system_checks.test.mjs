// The checks of the earlier system, one by one and by name: the 38 of its script, and the five that a person did by
// hand.
//
// "Valid E.164" there means shape, as here is_e164(); that a number exists is is_valid(), and another question.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Cluster } from '../harness/cluster.mjs';
import { until } from '../harness/deadline.mjs';
import { Gateway } from '../harness/gateway.mjs';
import { SUPPORTED } from '../harness/shipped.mjs';
import { Postgrest } from '../harness/postgrest.mjs';
import { QUICK } from '../harness/sidecar.mjs';
import { Stack, createDatabase } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
/** @type {Gateway} */
let gateway;
let anyone;
before(async () => {
  stack = await Stack.start({ flags: QUICK });
  gateway = await Gateway.start(stack.sandbox, stack.postgrest);
  anyone = stack.postgrest.client({ role: 'anon' });
});
after(() => stack?.close());

const counts = new Map();

/** Declares a check of the script; its name carries its group and its number within the group. */
function check(group, name, run) {
  counts.set(group, (counts.get(group) ?? 0) + 1);
  test(`${group} ${counts.get(group)}: ${name}`, run);
}

/** Declares a check that a person did. */
function manual(name, run) {
  check('by hand', name, run);
}

const isE164 = (text) => stack.psql(`SELECT telephony.is_e164('${text}')`);

// ---------------------------------------------------------------- E.164

for (const [country, number] of Object.entries({
  'the United States': '+12025550123',
  'the United Kingdom': '+442079460018',
  Nigeria: '+2348031234567',
  Turkey: '+905321234567',
})) {
  check('E.164', `a number of ${country} is valid`, async () => assert.equal(await isE164(number), 't'));
}
check('E.164', 'the longest form, fifteen digits, is valid', async () =>
  assert.equal(await isE164('+123456789012345'), 't'),
);
check('E.164', 'sixteen digits are not', async () => assert.equal(await isE164('+1234567890123456'), 'f'));
check('E.164', 'without + it is not', async () => assert.equal(await isE164('12025550123'), 'f'));
check('E.164', 'a country code beginning with 0 is not', async () => assert.equal(await isE164('+02025550123'), 'f'));
check('E.164', 'letters are not', async () => assert.equal(await isE164('+1202555CALL'), 'f'));
check('E.164', 'spaces, dashes and brackets are not', async () => {
  for (const text of ['+1 202 555 0123', '+1-202-555-0123', '+1(202)5550123', ' +12025550123', '+12025550123\n'])
    assert.equal(await isE164(text), 'f', text);
});
check('E.164', 'nothing, and + alone, are not', async () => {
  for (const text of ['', '+', '+1']) assert.equal(await isE164(text), 'f', text);
});
check('E.164', 'shape is not existence: a number in no numbering plan is of valid shape', async () => {
  assert.equal(await isE164('+15550000000'), 't');
  assert.equal(await stack.psql(`SELECT telephony.is_valid('+15550000000')`), 'f');
});

// ---------------------------------------------------------------- whitelist

const supported = async (country_code) => (await anyone.rpc('is_supported_country', { country_code })).data;
for (const code of SUPPORTED) {
  check('whitelist', `${code} is supported`, async () => assert.equal(await supported(code), true));
}
check('whitelist', 'it lists these and no more', async () => {
  const { data } = await anyone.rpc('supported_countries');
  assert.deepEqual(data.map((row) => row.country_code).sort(), [...SUPPORTED].sort());
});
check('whitelist', 'a country that is not in the table is not supported', async () =>
  assert.equal(await supported('FR'), false),
);
check('whitelist', 'a country that is in the table but not active is not supported', async () => {
  assert.equal(
    (await anyone.from('countries').select('is_active').eq('country_code', 'IN').single()).data.is_active,
    false,
  );
  assert.equal(await supported('IN'), false);
});
check('whitelist', 'either case of letters is understood; what is no code is not supported', async () => {
  assert.equal(await supported('ng'), true);
  for (const code of ['', 'N', 'NGA', 'Nigeria', '234', '%', 'NG;']) assert.equal(await supported(code), false, code);
});
check(
  'whitelist',
  'an unsupported country cannot be chosen: 400 with the list, and no organization appears',
  async () => {
    const org = stack.organization();
    const { status, body } = await org.rpc('select_country', { country_code: 'FR' });
    assert.equal(status, 400);
    for (const code of SUPPORTED) assert.ok(body.details.includes(code));
    assert.deepEqual((await org.read('organizations')).body, []);
  },
);

// ---------------------------------------------------------------- index

/** The plan of a query over 20,000 organizations, seen as `role` of the organization `org`; nothing of it is kept. */
const planOf = (query, role, org) =>
  stack.psql(`
  BEGIN;
  INSERT INTO telephony_api.organizations (id, telephony_country) SELECT gen_random_uuid(),
    (ARRAY['US', 'US', 'US', 'US', 'NG', 'TR'])[1 + i % 6] FROM generate_series(1, 20000) i;
  INSERT INTO telephony_api.organizations (id, telephony_country) VALUES ('${org}', 'GB') ON CONFLICT (id) DO UPDATE
    SET telephony_country = 'GB';
  ANALYZE telephony_api.organizations;
  SELECT set_config('request.jwt.claims', '{"app_metadata":{"org_id":"${org}"}}', true);
  SET LOCAL ROLE ${role};
  EXPLAIN (COSTS OFF) ${query};
  RESET ROLE;
  ROLLBACK`);

check('index', 'there is a valid one that begins with organizations.telephony_country', async () => {
  const { valid } = await stack.row(`
    SELECT bool_or(i.indisvalid) AS valid FROM pg_catalog.pg_index i
      JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
     WHERE i.indrelid = 'telephony_api.organizations'::regclass AND a.attname = 'telephony_country'`);
  assert.equal(valid, true);
});
check('index', 'organizations of one country are found by it', async () => {
  const plan = await planOf(
    `SELECT id FROM telephony_api.organizations WHERE telephony_country = 'GB' LIMIT 100`,
    'telephony_owner',
    stack.organization().id,
  );
  assert.match(plan, /Index.* organizations_telephony_country/);
  assert.ok(!plan.includes('Seq Scan'), plan);
});
check('index', 'an organization finds its own row by its key, under row-level security', async () => {
  const plan = await planOf('SELECT * FROM telephony_api.organizations', 'authenticated', stack.organization().id);
  assert.match(plan, /Index.* organizations_pkey/);
  assert.ok(!plan.includes('Seq Scan'), plan);
});

// ---------------------------------------------------------------- RLS

check('RLS', 'it is on for every exposed table, with a policy', async () => {
  const tables = await stack.rows(`
    SELECT c.relname AS name, c.relrowsecurity AND EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid)
      AS protected
      FROM pg_catalog.pg_class c WHERE c.relnamespace = 'telephony_api'::regnamespace AND c.relkind IN ('r', 'p')`);
  assert.ok(tables.length >= 5);
  assert.deepEqual(tables.filter((table) => !table.protected), []);
});
check('RLS', 'an organization sees its own row', async () => {
  const org = stack.organization();
  await org.rpc('select_country', { country_code: 'NG' });
  assert.deepEqual((await org.read('organizations', '?select=id')).body, [{ id: org.id }]);
});
check('RLS', 'and no other, however it asks', async () => {
  const [a, b] = [stack.organization(), stack.organization()];
  for (const org of [a, b]) await org.rpc('select_country', { country_code: 'US' });
  for (const query of [
    `?id=eq.${a.id}`,
    `?id=neq.${b.id}`,
    `?id=in.(${a.id})`,
    `?or=(id.eq.${a.id},telephony_country.eq.NG)`,
    `?id=gt.00000000-0000-0000-0000-000000000000&id=not.eq.${b.id}`,
  ]) {
    assert.deepEqual((await b.read('organizations', query)).body, [], query);
  }
});
check('RLS', 'whoever has no token sees none of the tenants\' tables', async () => {
  for (const table of ['organizations', 'phone_numbers', 'hybrid_forwarding_configs'])
    assert.equal((await anyone.from(table).select()).status, 401, table);
});
check('RLS', 'nobody writes past the functions: not its own row either', async () => {
  const org = stack.organization();
  await org.rpc('select_country', { country_code: 'US' });
  const rows = stack.postgrest.client({ org: org.id }).from('organizations');
  for (const attempt of [
    rows.update({ assigned_twilio_number: '+12025550123' }).eq('id', org.id),
    rows.delete().eq('id', org.id),
    rows.insert({ id: stack.organization().id }),
  ]) {
    assert.equal((await attempt).status, 403);
  }
});

// ---------------------------------------------------------------- migrations

const SECOND = 'earlier_migrations';
const second = (sql) => stack.psql(sql, { database: SECOND });

/** What the schemas of the tenant side hold, in a form to compare. */
const catalogue = () =>
  second(`
  SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
    SELECT format('%s %s %s %s %s', table_schema, table_name, column_name, data_type, is_nullable)
      FROM information_schema.columns WHERE table_schema ~ '^telephony_' UNION ALL
    SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid::regclass::text ~ '^telephony_' UNION ALL
    SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
      WHERE conrelid::regclass::text ~ '^telephony_' UNION ALL
    SELECT format('%s %s %s', polrelid::regclass, polname, pg_get_expr(polqual, polrelid)) FROM pg_policy UNION ALL
    SELECT format('%s %s', oid::regprocedure, md5(pg_get_functiondef(oid))) FROM pg_proc
      WHERE pronamespace::regnamespace::text ~ '^telephony_') AS lines (line)`);

check('migrations', 'an empty database is brought to the newest, in order', async () => {
  await stack.psql(`CREATE DATABASE ${SECOND}`);
  await second('CREATE EXTENSION telephony');
  const { done, there } = JSON.parse(
    await second(
      `SELECT json_build_object('done', (SELECT json_agg(version ORDER BY n) FROM telephony.migrate()
        WITH ORDINALITY m (version, name, direction, ms, n)), 'there',
          (SELECT max(version) FROM telephony.migrations()))`,
    ),
  );
  assert.deepEqual(done, Array.from({ length: there }, (_, i) => i + 1));
});
check('migrations', 'doing it again does nothing', async () => {
  const before = await catalogue();
  assert.equal(await second('SELECT count(*) FROM telephony.migrate()'), '0');
  assert.equal(await catalogue(), before);
});
check('migrations', 'each goes down and up again, to the same catalogue', async () => {
  const before = await catalogue();
  for (let version = Number(await second('SELECT max(version) FROM telephony.migrations()')); version >= 0; version--)
    await second(`SELECT telephony.migrate(${version})`);
  assert.equal(await second(`SELECT to_regnamespace('telephony_api') IS NULL`), 't');
  await second('SELECT telephony.migrate()');
  assert.equal(await catalogue(), before);
});
check('migrations', 'they bring countries with their carriers, and every carrier its codes', async () => {
  const rows = JSON.parse(
    await second(`SELECT json_agg(r) FROM telephony_api.carrier_forwarding_rules r WHERE r.is_active`),
  );
  assert.deepEqual(rows.map((row) => row.country_code).sort(), [...SUPPORTED].sort());
  for (const { country_code, carrier_codes } of rows) {
    assert.ok(Object.keys(carrier_codes).length > 0, country_code);
    for (const codes of Object.values(carrier_codes)) assert.ok(codes.total_ai && codes.safety_net && codes.deactivate);
  }
});
check('migrations', 'a step down that would lose rows is refused and names them', async () => {
  await second(`INSERT INTO telephony_api.organizations (id) VALUES (gen_random_uuid())`);
  await assert.rejects(second('SELECT telephony.migrate(0)'), (error) => {
    assert.match(error.detail, /rows of: telephony_api\.organizations\./);
    return true;
  });
  assert.equal(await second('SELECT count(*) FROM telephony_api.organizations'), '1');
});

// ---------------------------------------------------------------- API: the old paths, through nginx

check('API', 'POST /api/telephony/select-country', async () => {
  const org = stack.organization();
  const response = await fetch(`${gateway.url}/api/telephony/select-country`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${stack.postgrest.token({ role: 'authenticated', org: org.id })}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ country_code: 'NG' }),
  });
  const body = await response.json();
  assert.deepEqual([response.status, body.org_id, body.telephony_country], [200, org.id, 'NG']);
  assert.match(body.warning_message, /international rate/);
});
check('API', 'GET /api/telephony/supported-countries', async () => {
  const response = await fetch(`${gateway.url}/api/telephony/supported-countries`);
  assert.deepEqual((await response.json()).map((row) => row.country_code).sort(), [...SUPPORTED].sort());
});
check('API', 'GET /api/telephony/carriers/:code', async () => {
  const response = await fetch(`${gateway.url}/api/telephony/carriers/NG`);
  assert.deepEqual((await response.json()).map((row) => row.carrier_name), ['9mobile', 'airtel', 'glo', 'mtn']);
});

// ---------------------------------------------------------------- limits

/** A PostgREST of its own, before a server with the limits as they ship: 100 requests in 15 minutes from an address. */
let limited;
async function limitedPostgrest() {
  const cluster = await Cluster.create(stack.sandbox, {
    name: 'limited',
    settings: { shared_preload_libraries: 'telephony' },
  });
  const { database } = await createDatabase(cluster);
  return Postgrest.start(stack.sandbox, cluster, { database });
}

check('limits', 'requests are counted by address, and 100 in 15 minutes are the limit', async () => {
  limited = await limitedPostgrest();
  const {
    data: [row],
  } = await limited.client({ role: 'service_role' }).rpc('request_limits').setHeader('X-Forwarded-For', '198.51.100.1');
  assert.deepEqual([row.settings.ip_limit, row.settings.ip_window, row.addresses], [100, 900, 1]);
});

// ---------------------------------------------------------------- by hand

manual('150 requests from one address: exactly 100 pass, 50 get 429 with Retry-After', async () => {
  const answers = [];
  const client = async (count) => {
    for (let i = 0; i < count; i++)
      answers.push(
        await limited.request('GET', '/rpc/supported_countries', { headers: { 'X-Forwarded-For': '198.51.100.2' } }),
      );
  };
  await Promise.all(Array.from({ length: 10 }, () => client(15)));
  const [passed, refused] = [200, 429].map((status) => answers.filter((answer) => answer.status === status));
  assert.deepEqual([answers.length, passed.length, refused.length], [150, 100, 50]);
  for (const { headers } of refused)
    assert.ok(Number(headers.get('retry-after')) > 800 && Number(headers.get('retry-after')) <= 900);
  for (const { body } of passed) assert.equal(body.length, SUPPORTED.length);
});

manual('the database fails while a number is being bought: the number is given back, and the job says so', async () => {
  const org = stack.organization();
  const { purchases, releases } = await stack.simulator.state();
  const buys = await stack.simulator.count('buy', 'applied');
  const hold = await stack.simulator.fault('buy', { kind: 'hold', when: 'after' });
  const from = stack.sidecar.daemon.lines.length;
  await org.provision('NG');
  await stack.simulator.reached('buy', 'applied', { count: buys + 1 });
  await stack.cluster.stop('immediate');
  await stack.simulator.release(hold);
  await stack.sidecar.log(/rollback successful/, { from });
  const state = await stack.simulator.state();
  assert.deepEqual([state.purchases, state.releases], [purchases + 1, releases + 1]);
  await stack.cluster.start();
  await until('PostgREST answers', async () => (await org.rpc('provisioning_status')).status === 200);
  const end = await org.finished();
  assert.deepEqual([end.state, end.number], ['failed', null]);
  assert.ok(end.reason.length > 0);
});

manual(
  'countries changed in quick succession, by many at once: no error, one row each, the last choice stands, counts agree',
  async () => {
    const countries = SUPPORTED;
    const organizations = Array.from({ length: 6 }, () => stack.organization());
    const before = await countByCountry();
    const answers = await Promise.all(
      organizations.flatMap((org) =>
        Array.from({ length: 20 }, async (_, i) => {
          const country_code = countries[i % countries.length];
          return { country_code, org, answer: await org.rpc('select_country', { country_code }) };
        }),
      ),
    );
    for (const { country_code, org, answer } of answers) {
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.deepEqual(
        [answer.body.length, answer.body[0].org_id, answer.body[0].telephony_country],
        [1, org.id, country_code],
      );
    }
    for (const org of organizations) {
      const rows = (await org.read('organizations')).body;
      assert.equal(rows.length, 1);
      assert.ok(countries.includes(rows[0].telephony_country));
    }
    // One after the other, without a pause: what was chosen last is what is read.
    const last = {};
    await Promise.all(
      organizations.map(async (org, n) => {
        for (let i = 0; i <= 10 + n; i++) {
          last[org.id] = countries[(i + n) % countries.length];
          await org.rpc('select_country', { country_code: last[org.id] });
          assert.equal((await org.read('organizations')).body[0].telephony_country, last[org.id]);
        }
      }),
    );
    const now = await countByCountry();
    for (const country of countries) {
      assert.equal(
        now[country] - before[country],
        Object.values(last).filter((chosen) => chosen === country).length,
        country,
      );
    }
  },
);

/** How many organizations have chosen each country, as country_counts() tells the service. */
async function countByCountry() {
  const { data, error } = await stack.postgrest.client({ role: 'service_role' }).rpc('country_counts');
  assert.equal(error, null, JSON.stringify(error));
  const counted = Object.fromEntries(SUPPORTED.map((code) => [code, 0]));
  for (const { country_code, organizations } of data) counted[country_code] += organizations;
  return counted;
}

manual('Nigeria from the first look to the forwarded line and back', async () => {
  const org = stack.organization();
  const nigeria = (await anyone.rpc('supported_countries')).data.find((country) => country.country_code === 'NG');
  assert.deepEqual(
    [nigeria.recommended_twilio_country, /international rate/.test(nigeria.warning_message)],
    ['US', true],
  );
  const [choice] = (await org.rpc('select_country', { country_code: 'NG' })).body;
  assert.deepEqual(choice.carriers.map((carrier) => carrier.carrier_name), ['9mobile', 'airtel', 'glo', 'mtn']);
  const { number } = await org.provisioned();
  assert.match(number, /^\+1\d{10}$/);
  const codes = async (forwarding_type) =>
    (
      await org.rpc('forwarding_codes', {
        country_code: 'NG',
        carrier_name: 'MTN',
        forwarding_type,
        destination: number,
      })
    ).body;
  assert.deepEqual(
    (await codes('total_ai')).map((row) => [row.activation_code, row.deactivation_code]),
    [[`**21*${number}#`, '##21#']],
  );
  assert.deepEqual(
    (await codes('safety_net')).map((row) => row.activation_code),
    [`**61*${number}#`, `**62*${number}#`, `**67*${number}#`],
  );
  const line = {
    sim_phone_number: '+2348031234567',
    country_code: 'NG',
    carrier_name: 'mtn',
    forwarding_type: 'safety_net',
  };
  const config = (await org.rpc('create_forwarding_config', line)).body;
  assert.deepEqual([config.status, config.twilio_forwarding_number], ['pending_setup', number]);
  assert.equal((await org.rpc('confirm_forwarding_config', { id: config.id })).body.status, 'active');
  const disabled = (await org.rpc('disable_forwarding_config', { id: config.id })).body;
  assert.deepEqual(disabled.codes.map((code) => code.deactivation_code), ['##61#', '##62#', '##67#']);
  await org.rpc('release_number');
  assert.equal((await org.finished()).state, 'released');
  assert.ok(!(await stack.numbersAtTwilio()).some((held) => held.phone_number === number));
});

manual('two organizations in two countries: each has its own, and nothing of one shows to the other', async () => {
  const [a, b] = [stack.organization(), stack.organization()];
  const line = (country_code, carrier_name, sim_phone_number) => ({
    country_code,
    carrier_name,
    sim_phone_number,
    forwarding_type: 'total_ai',
  });
  const holdings = await Promise.all(
    [
      [a, 'NG', line('NG', 'glo', '+2348051234567')],
      [b, 'US', line('US', 'att', '+12025550199')],
    ].map(async ([org, country, wish]) => {
      await org.rpc('select_country', { country_code: country });
      const { number, job_id } = await org.provisioned();
      const config = (await org.rpc('create_forwarding_config', wish)).body;
      return { number, job_id, config: config.id, sim: wish.sim_phone_number, country };
    }),
  );
  assert.notEqual(holdings[0].number, holdings[1].number);
  for (const [org, own, others] of [[a, holdings[0], holdings[1]], [b, holdings[1], holdings[0]]]) {
    const seen = JSON.stringify(
      await Promise.all([
        ...['organizations', 'phone_numbers', 'hybrid_forwarding_configs'].map(
          async (table) => (await org.read(table)).body,
        ),
        org.status(),
        org
          .rpc('confirm_forwarding_config', { id: others.config })
          .then(({ status, body }) => (assert.equal(status, 404), body)),
        org
          .rpc('disable_forwarding_config', { id: others.config })
          .then(({ status, body }) => (assert.equal(status, 404), body)),
      ]),
    );
    for (const [what, value] of Object.entries(own))
      if (what !== 'country') assert.ok(seen.includes(value), `own ${what}`);
    for (const [what, value] of Object.entries(others))
      if (what !== 'country') assert.ok(!seen.includes(value), `the other's ${what}`);
    assert.equal((await org.read('organizations')).body[0].telephony_country, own.country);
  }
  assert.equal((await a.rpc('release_number')).status, 200);
  assert.equal((await a.finished()).state, 'released');
  assert.equal((await b.status()).number, holdings[1].number, 'what one gives back, the other keeps');
});

test('the list is whole: 38 checks of the script in their groups, and five by hand', () => {
  assert.deepEqual(Object.fromEntries(counts), {
    'E.164': 12,
    whitelist: 9,
    index: 3,
    RLS: 5,
    migrations: 5,
    API: 3,
    limits: 1,
    'by hand': 5,
  });
});
