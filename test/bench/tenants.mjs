// `make bench`, tenants: ten million organizations counted and filtered by country, what counting costs writers, and
// what row-level security costs readers.

import { join } from 'node:path';
import { server } from '../harness/cluster.mjs';
import { createDatabase } from '../harness/stack.mjs';
import { sideBySide } from './report.mjs';

const ORGANIZATIONS = Number(process.env.ORGANIZATIONS ?? 10_000_000);
const UNFOLDED = 5_000; // deltas waiting for the next fold: a minute's at 80 changes a second
const WRITERS = 16;
const SECONDS = 8;
const ROUNDS = 5;

/** Three in ten have a number; most are in two countries, as a product starts. */
const LOAD = `
  SET synchronous_commit = off; SET work_mem = '256MB'; SET maintenance_work_mem = '1GB';
  DROP INDEX telephony_api.organizations_telephony_country;
  INSERT INTO telephony_api.organizations (id, telephony_country, assigned_twilio_number, forwarding_carrier)
  SELECT md5(i::text)::uuid, c.country, CASE WHEN i % 10 < 3 THEN ('+1' || (2000000000 + i)::text)::telephony.e164 END,
    c.carrier
    FROM generate_series(1, ${ORGANIZATIONS}) i,
         LATERAL (SELECT (ARRAY['NG', 'NG', 'NG', 'US', 'US', 'US', 'US', 'GB', 'TR', NULL])[1 + i % 7 + i % 4]
           AS country) p,
         LATERAL (SELECT p.country, CASE WHEN i % 5 = 0 THEN CASE p.country WHEN 'NG' THEN 'mtn' WHEN 'US' THEN 'att'
           WHEN 'GB' THEN 'ee' ELSE NULL END END AS carrier) c;
  CREATE INDEX organizations_telephony_country ON telephony_api.organizations (telephony_country, forwarding_carrier);
  VACUUM (ANALYZE) telephony_api.organizations;
  SET ROLE telephony_owner; SELECT telephony_internal.recount_countries() \\gset
  RESET ROLE;`;

/** Lines and numbers of a hundred thousand tenants, for reads under row-level security. */
const LINES = `
  INSERT INTO telephony_api.hybrid_forwarding_configs (org_id, sim_phone_number, forwarding_type, country_code,
    carrier_name, twilio_forwarding_number, codes)
  SELECT md5(i::text)::uuid, ('+23480' || (10000000 + i * 10 + n)::text)::telephony.e164, 'safety_net', 'NG', 'mtn',
    '+12025550100'::telephony.e164, '[{"step": 1}]'
    FROM generate_series(1, 100000) i, generate_series(1, 5) n;
  VACUUM (ANALYZE) telephony_api.hybrid_forwarding_configs;`;

const CLAIM = (i) => `{"app_metadata":{"org_id":"' || md5(${i}::text)::uuid || '"}}`;

/** A writer: an organization chosen at random goes to another country and back; the claims are those of its token. */
const WRITE = `
\\set i random(1, ${ORGANIZATIONS})
BEGIN;
SELECT set_config('request.jwt.claims', '${CLAIM(':i')}', true), set_config('role', 'authenticated', true);
SELECT org_id FROM telephony_api.select_country(CASE WHEN random() < 0.5 THEN 'NG' ELSE 'US' END);
COMMIT;
`;

/** Runs pgbench and resolves to its transactions per second; a failed transaction is an error. */
async function pgbench(sandbox, cluster, name, script, { clients, seconds, options = '', user = 'postgres' }) {
  const file = sandbox.privateFile(`${name}.sql`, script);
  const flags = ['-n', '-M', 'prepared', '-c', clients, '-j', Math.min(clients, 4), '-T', seconds, '-f', file].map(
    String,
  );
  const { lines } = await sandbox.run(name, join(server.programs, 'pgbench'), flags, {
    environment: { ...cluster.environment({ user, database: 'telephony' }), PGOPTIONS: options },
  });
  const text = lines.join('\n');
  if (!/number of failed transactions: 0 /.test(text)) throw new Error(`pgbench ${name}: ${text}`);
  return Number(/tps = ([0-9.]+)/.exec(text)[1]);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function counting(cluster, report, database) {
  const truth = await cluster.row(
    `SELECT count(*) FILTER (WHERE telephony_country = 'TR') AS one,
      count(DISTINCT (telephony_country, forwarding_carrier, assigned_twilio_number
        IS NULL)) FILTER (WHERE telephony_country IS NOT NULL) AS groups,
            count(telephony_country) AS total FROM telephony_api.organizations`,
    { database },
  );
  const time = await sideBySide(cluster, report, {
    database,
    setup: `SET ROLE service_role;`,
    rounds: 15,
    statements: {
      one: {
        sql: `SELECT sum(organizations) FROM telephony_api.country_counts() WHERE country_code = 'TR'`,
        expected: truth.one,
      },
      groups: { sql: 'SELECT count(*) FROM telephony_api.country_counts()', expected: truth.groups },
      total: { sql: 'SELECT sum(organizations) FROM telephony_api.country_counts()', expected: truth.total },
    },
  });
  const scanning = await sideBySide(cluster, report, {
    database,
    rounds: 7,
    statements: {
      filter: {
        sql: `SELECT count(*) FROM (SELECT id, assigned_twilio_number FROM telephony_api.organizations
          WHERE telephony_country = 'TR' LIMIT 100) o`,
        expected: 100,
      },
      scan: {
        sql: `SELECT count(*) FROM telephony_api.organizations WHERE telephony_country = 'TR'`,
        expected: truth.one,
      },
    },
  });
  report.row(
    'organizations of one country, the first 100',
    `${scanning.filter.toFixed(2)} ms`,
    '<= 1.2 ms',
    scanning.filter <= 1.2,
  );
  report.row('count of one country', `${time.one.toFixed(2)} ms`, '<= 2 ms', time.one <= 2);
  report.note(`counting the rows takes ${scanning.scan.toFixed(1)} ms`);
  report.row('country x provisioned x carrier', `${time.total.toFixed(2)} ms`, '<= 15 ms', time.total <= 15);
}

/** The same writers with counting and without it, in turns: what a fold folds is what they pay for. */
async function writing(sandbox, cluster, report, database) {
  const original = await cluster.psql(
    `SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.oid = 'telephony_internal.count_organization'::regproc`,
    { database },
  );
  const without = original.replace(/AS \$function\$[\s\S]*\$function\$/, 'AS $function$ BEGIN RETURN; END $function$');
  if (without === original) throw new Error('count_organization() is not to be found');
  const rates = { counted: [], uncounted: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, definition] of [['uncounted', without], ['counted', original]]) {
      await cluster.psql(`${definition}; CHECKPOINT`, { database });
      rates[name].push(
        await pgbench(sandbox, cluster, `writers ${name}`, WRITE, { clients: WRITERS, seconds: SECONDS }),
      );
    }
    await cluster.psql('SET ROLE telephonyd; SELECT telephony_internal.fold_country_counts()', { database });
  }
  const [counted, uncounted] = [median(rates.counted), median(rates.uncounted)];
  const cost = (1 - counted / uncounted) * 100;
  report.row(
    `${WRITERS} writers on two countries, median of ${ROUNDS}`,
    `${counted.toFixed(0)} against ${uncounted.toFixed(0)} a second without counting, ${cost.toFixed(1)} %`,
    '<= 10 %',
    cost <= 10,
  );
}

/** The same indexed query of a tenant with row-level security, and by the owner with the organization written out. */
async function security(sandbox, cluster, report, database) {
  await cluster.psql(`SET statement_timeout = '10min'; ${LINES}`, { database });
  const org = await cluster.psql('SELECT md5(42::text)::uuid', { database });
  const columns = 'id, sim_phone_number, status';
  const claims = `-c request.jwt.claims={"app_metadata":{"org_id":"${org}"}}`;
  const queries = {
    secured: {
      script: `SELECT ${columns} FROM telephony_api.hybrid_forwarding_configs;`,
      options: `${claims} -c role=authenticated`,
    },
    open: {
      script: `SELECT ${columns} FROM telephony_api.hybrid_forwarding_configs WHERE org_id = '${org}';`,
      options: `${claims} -c role=telephony_owner`,
    },
  };
  const rates = { secured: [], open: [] };
  for (const [name, { script, options }] of Object.entries(queries)) {
    const roles = /role=(\w+)/.exec(options)[1];
    const rows = await cluster.psql(
      `SELECT set_config('request.jwt.claims', '{"app_metadata":{"org_id":"${org}"}}', false) \\gset
      SET ROLE ${roles}; SELECT count(*) FROM (${script.replace(';', '')}) q`,
      { database },
    );
    report.answer(`${name} rows`, rows, '5');
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, { script, options }] of Object.entries(queries)) {
      rates[name].push(await pgbench(sandbox, cluster, `reader ${name}`, script, { clients: 1, seconds: 4, options }));
    }
  }
  const [secured, open] = [1e6 / median(rates.secured), 1e6 / median(rates.open)];
  report.noSlower('a tenant\'s indexed query under row-level security', secured, open, 'us', 0.1);
}

/** Measures all of it. */
export async function tenants(sandbox, cluster, report) {
  report.section(
    `Tenants: ${ORGANIZATIONS.toLocaleString('en')} organizations,
      ${UNFOLDED.toLocaleString('en')} changes not yet folded`,
  );
  const { database } = await createDatabase(cluster);
  await cluster.psql(`SET statement_timeout = '30min'; ${LOAD}`, { database });
  await cluster.psql(
    `INSERT INTO telephony_internal.country_count_deltas (country_code, carrier_name, provisioned, change)
     SELECT 'NG', '', false, CASE WHEN i % 2 = 0 THEN 1 ELSE -1 END FROM generate_series(1, ${UNFOLDED}) i;
     ANALYZE telephony_internal.country_count_deltas`,
    { database },
  );
  await counting(cluster, report, database);
  await writing(sandbox, cluster, report, database);
  await security(sandbox, cluster, report, database);
}
