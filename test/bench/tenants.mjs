// `make bench`, tenants: ten million organizations counted and filtered by country, what counting costs writers, and
// what row-level security costs readers.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { server } from '../harness/cluster.mjs';
import { until } from '../harness/deadline.mjs';
import { Sidecar } from '../harness/sidecar.mjs';
import { createDatabase } from '../harness/stack.mjs';
import { MANY_PROCESSORS, sideBySide } from './report.mjs';

const ORGANIZATIONS = Number(process.env.ORGANIZATIONS ?? 10_000_000);
const CHANGES = 500; // a second, while counts are read
const CLOCK_TICKS = 100; // USER_HZ, the same on every Linux
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

/** What the tokens of one more tenant name it by. */
const TEXT = 'org_2NNEqL3AbCdEfGhIj';

/** Lines and numbers of a hundred thousand tenants and that one, for reads under row-level security. */
const LINES = `
  INSERT INTO telephony_api.hybrid_forwarding_configs (org_id, sim_phone_number, forwarding_type, country_code,
    carrier_name, twilio_forwarding_number, codes)
  SELECT o.org, ('+23480' || (10000000 + i * 10 + n)::text)::telephony.e164, 'safety_net', 'NG', 'mtn',
    '+12025550100'::telephony.e164, '[{"step": 1}]'
    FROM (SELECT i, md5(i::text)::uuid AS org FROM generate_series(1, 100000) i
          UNION ALL SELECT 0, telephony.org_uuid('${TEXT}')) o, generate_series(1, 5) n;
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

/**
 * Runs pgbench and resolves to its transactions per second; a failed transaction is an error. `rate`: as many a second
 * as that, or as many as go.
 */
async function pgbench(sandbox, cluster, name, script, { clients, seconds, rate, options = '', user = 'postgres' }) {
  const file = sandbox.privateFile(`${name}.sql`, script);
  const flags = [
    '-n',
    '-M',
    'prepared',
    '-c',
    clients,
    '-j',
    Math.min(clients, 4),
    '-T',
    seconds,
    '-f',
    file,
    ...(rate ? ['-R', rate] : []),
  ].map(String);
  const { lines } = await sandbox.run(name, join(server.programs, 'pgbench'), flags, {
    environment: { ...cluster.environment({ user, database: 'telephony' }), PGOPTIONS: options },
  });
  const text = lines.join('\n');
  if (!/number of failed transactions: 0 /.test(text)) throw new Error(`pgbench ${name}: ${text}`);
  return Number(/tps = ([0-9.]+)/.exec(text)[1]);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** The processes that the server has started and not yet counted as ended. */
function processesOf(cluster) {
  const [pid] = readFileSync(join(cluster.data, 'postmaster.pid'), 'latin1').split('\n');
  return { pid, count: readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').length };
}

/** Processor seconds of all server processes that have ended: a connection's count once it is closed. */
function processorTime({ pid }) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /, '').split(' ');
  return (Number(fields[13]) + Number(fields[14])) / CLOCK_TICKS;
}

/**
 * Starts a telephonyd that adds the counts up as in production, and does nothing else: a check or a sweep comes once an
 * hour.
 */
async function startFolding(sandbox, cluster, database, installation) {
  await cluster.psql(`UPDATE telephony_internal.upkeep SET every = NULL WHERE task <> 'fold_counts'`, { database });
  const key = await Sidecar.keygen(sandbox, 'tenants-keygen');
  return Sidecar.start(sandbox, {
    name: 'telephonyd-tenants',
    cluster,
    database,
    installation,
    simulator: { url: 'http://127.0.0.1:9' },
    keyFiles: [key],
  });
}

const waiting = (cluster, database) =>
  cluster.psql('SELECT count(*) FROM telephony_internal.country_count_deltas', { database }).then(Number);

/** Counts are read while writers write and telephonyd folds, and once more, for the answers, when they have ended. */
async function counting(sandbox, cluster, report, database) {
  const writers = pgbench(sandbox, cluster, 'writers while counting', WRITE, {
    clients: WRITERS,
    seconds: 25,
    rate: CHANGES,
  });
  let most = 0;
  const times = [];
  let under = true;
  writers.finally(() => (under = false)).catch(() => {}); // its error is seen below
  await until('writers write', async () => (await waiting(cluster, database)) > 0);
  while (under) {
    most = Math.max(most, await waiting(cluster, database));
    times.push(
      await sideBySide(cluster, report, {
        database,
        setup: `SET ROLE service_role;`,
        rounds: 5,
        statements: {
          one: {
            sql: `SELECT sum(organizations) > 0 FROM telephony_api.country_counts() WHERE country_code = 'TR'`,
            expected: 't',
          },
          total: { sql: 'SELECT sum(organizations) > 0 FROM telephony_api.country_counts()', expected: 't' },
        },
      }),
      await sideBySide(cluster, report, {
        database,
        rounds: 5,
        statements: {
          filter: {
            sql: `SELECT count(*) FROM (SELECT id, assigned_twilio_number FROM telephony_api.organizations WHERE telephony_country = 'TR' LIMIT 100) o`,
            expected: 100,
          },
        },
      }),
    );
  }
  const rate = await writers;
  // What a reader sees before a fold and after one: the median of the best of five, over the time of several folds.
  const of = (name) => median(times.map((time) => time[name]).filter((time) => time !== undefined));
  report.note(
    `${rate.toFixed(0)} changes a second by ${WRITERS} writers, a real telephonyd folding: at most ${most.toLocaleString('en')} changes waited`,
  );
  report.row(
    'organizations of one country, the first 100',
    `${of('filter').toFixed(2)} ms`,
    '<= 1.2 ms',
    of('filter') <= 1.2,
  );
  report.row('count of one country', `${of('one').toFixed(2)} ms`, '<= 2 ms', of('one') <= 2);
  report.row('country x provisioned x carrier', `${of('total').toFixed(2)} ms`, '<= 15 ms', of('total') <= 15);
  await until('all is folded', async () => (await waiting(cluster, database)) === 0);
  const truth = await cluster.row(
    `SELECT count(*) FILTER (WHERE telephony_country = 'TR') AS one,
            count(DISTINCT (telephony_country, forwarding_carrier, assigned_twilio_number IS NULL))
              FILTER (WHERE telephony_country IS NOT NULL) AS groups,
            count(telephony_country) AS total FROM telephony_api.organizations`,
    { database },
  );
  await sideBySide(cluster, report, {
    database,
    setup: `SET ROLE service_role;`,
    rounds: 1,
    statements: {
      one: {
        sql: `SELECT sum(organizations) FROM telephony_api.country_counts() WHERE country_code = 'TR'`,
        expected: truth.one,
      },
      groups: { sql: 'SELECT count(*) FROM telephony_api.country_counts()', expected: truth.groups },
      total: { sql: 'SELECT sum(organizations) FROM telephony_api.country_counts()', expected: truth.total },
    },
  });
  const { scan } = await sideBySide(cluster, report, {
    database,
    rounds: 3,
    statements: {
      scan: {
        sql: `SELECT count(*) FROM telephony_api.organizations WHERE telephony_country = 'TR'`,
        expected: truth.one,
      },
    },
  });
  report.note(`counting the rows takes ${scan.toFixed(1)} ms`);
}

/**
 * The same writers with counting and without it, in turns, while telephonyd folds: what it folds is what they pay for.
 */
async function writing(sandbox, cluster, report, database) {
  const original = await cluster.psql(
    `SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.oid = 'telephony_internal.count_organization'::regproc`,
    { database },
  );
  const without = original.replace(/AS \$function\$[\s\S]*\$function\$/, 'AS $function$ BEGIN RETURN; END $function$');
  if (without === original) throw new Error('count_organization() is not to be found');
  const rates = { counted: [], uncounted: [] };
  const costs = { counted: [], uncounted: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, definition] of [
      ['uncounted', without],
      ['counted', original],
    ]) {
      await cluster.psql(`${definition}; CHECKPOINT`, { database });
      // As autovacuum does every minute.
      await cluster.psql('VACUUM telephony_internal.country_count_deltas', { database });
      const before = processesOf(cluster);
      const used = processorTime(before);
      const rate = await pgbench(sandbox, cluster, `writers ${name}`, WRITE, { clients: WRITERS, seconds: SECONDS });
      rates[name].push(rate);
      await until('the writers are gone', () => processesOf(cluster).count <= before.count);
      costs[name].push(((processorTime(before) - used) / (rate * SECONDS)) * 1e6);
    }
  }
  const [counted, uncounted] = [median(rates.counted), median(rates.uncounted)];
  const cost = (1 - counted / uncounted) * 100;
  report.row(
    `${WRITERS} writers on two countries, a real telephonyd folding, median of ${ROUNDS}`,
    `${counted.toFixed(0)} against ${uncounted.toFixed(0)} a second without counting, ${cost.toFixed(1)} %`,
    '<= 10 %',
    MANY_PROCESSORS ? cost <= 10 : null,
  );
  const [work, less] = [median(costs.counted), median(costs.uncounted)];
  report.note(
    `processor time of the server for one change: ${work.toFixed(0)} us against ${less.toFixed(0)} us, ${((work / less - 1) * 100).toFixed(1)} %`,
  );
}

/** The same indexed query of a tenant with row-level security, and by the owner with the organization written out. */
async function security(sandbox, cluster, report, database) {
  await cluster.psql(`SET statement_timeout = '10min'; ${LINES}`, { database });
  const org = await cluster.psql('SELECT md5(42::text)::uuid', { database });
  const columns = 'id, sim_phone_number, status';
  const token = (name) => `-c request.jwt.claims={"app_metadata":{"org_id":"${name}"}}`;
  const claims = token(org);
  const queries = {
    secured: {
      script: `SELECT ${columns} FROM telephony_api.hybrid_forwarding_configs;`,
      options: `${claims} -c role=authenticated`,
    },
    'named by a text': {
      script: `SELECT ${columns} FROM telephony_api.hybrid_forwarding_configs;`,
      options: `-c telephony.org_claim_type=text ${token(TEXT)} -c role=authenticated`,
    },
    open: {
      script: `SELECT ${columns} FROM telephony_api.hybrid_forwarding_configs WHERE org_id = '${org}';`,
      options: `${claims} -c role=telephony_owner`,
    },
  };
  const rates = { secured: [], 'named by a text': [], open: [] };
  for (const [name, { script, options }] of Object.entries(queries)) {
    const roles = /role=(\w+)/.exec(options)[1];
    const byText = options.includes('org_claim_type');
    const rows = await cluster.psql(
      `SET telephony.org_claim_type = ${byText ? 'text' : 'uuid'};
      SELECT set_config('request.jwt.claims', '{"app_metadata":{"org_id":"${byText ? TEXT : org}"}}', false) \\gset
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
  const [secured, named, open] = Object.values(rates).map((each) => 1e6 / median(each));
  report.noSlower("a tenant's indexed query under row-level security", secured, open, 'us', 0.1);
  report.noSlower('the same, where tokens name the tenant by a text', named, open, 'us', 0.1);
}

/** Measures all of it. */
export async function tenants(sandbox, cluster, report) {
  report.section(`Tenants: ${ORGANIZATIONS.toLocaleString('en')} organizations, a real telephonyd folding`);
  const { database, installation } = await createDatabase(cluster);
  await cluster.psql(`SET statement_timeout = '30min'; ${LOAD}`, { database });
  const sidecar = await startFolding(sandbox, cluster, database, installation);
  await counting(sandbox, cluster, report, database);
  await writing(sandbox, cluster, report, database);
  await sidecar.daemon.stop('SIGTERM');
  await security(sandbox, cluster, report, database);
}
