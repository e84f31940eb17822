// `make bench`, limits: check_request() beside SELECT 1, and beside counters in a table, with 8 clients.

import { join } from 'node:path';
import { Cluster, literal, server } from '../harness/cluster.mjs';

const CLIENTS = 8;
const SECONDS = 1;
const ROUNDS = 15;
/** The table is so much slower that a few rounds tell. */
const TABLE_ROUNDS = 3;
const DATABASE = 'bench_limits';
const ORG = '33333333-3333-4333-8333-333333333333';

/** What a browser's request has by the time it comes to PostgREST; the address is the last of the header. */
const headers = (address) =>
  JSON.stringify({
    host: 'api.example.com',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
    accept: 'application/json',
    'accept-language': 'en-US,en;q=0.5',
    'accept-encoding': 'gzip, deflate, br, zstd',
    'content-type': 'application/json',
    'content-profile': 'telephony_api',
    origin: 'https://app.example.com',
    referer: 'https://app.example.com/settings/phone',
    authorization: `Bearer ${'x'.repeat(400)}`,
    apikey: 'x'.repeat(200),
    'sec-fetch-mode': 'cors',
    'x-real-ip': '10.0.0.7',
    'x-forwarded-proto': 'https',
    'x-forwarded-for': `192.0.2.1, ${address}`,
  });
const CLAIMS = JSON.stringify({
  aud: 'authenticated',
  exp: 4102444800,
  sub: 'user',
  role: 'authenticated',
  email: 'someone@example.com',
  app_metadata: { provider: 'email', org_id: ORG },
});

/**
 * The recipe as it is published again and again: a row per key that an upsert counts up, in a definer function in
 * db-pre-request. It counts the same two keys, and reads the same setting.
 */
const RECIPE = `
  CREATE TABLE rate_limits (key text PRIMARY KEY, window_start timestamptz NOT NULL, requests integer NOT NULL);
  CREATE FUNCTION count_in_table(counted text, most integer, lasting interval) RETURNS void LANGUAGE plpgsql
    SET search_path = public AS $$
  DECLARE n integer;
  BEGIN
    INSERT INTO rate_limits AS r VALUES (counted, now(), 1)
    ON CONFLICT (key) DO UPDATE SET requests = CASE WHEN r.window_start < now() - lasting THEN 1 ELSE r.requests + 1
      END,
      window_start = CASE WHEN r.window_start < now() - lasting THEN now() ELSE r.window_start END
    RETURNING requests INTO n;
    IF n > most THEN
      RAISE SQLSTATE 'PGRST' USING MESSAGE = '{"code": "429", "message": "too many requests"}',
        DETAIL = '{"status": 429, "headers": {}}';
    END IF;
  END $$;
  CREATE FUNCTION check_in_table() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
  BEGIN
    PERFORM count_in_table(split_part(current_setting('request.headers', true)::json ->> 'x-forwarded-for', ', ', 2),
      1000000000, '15 minutes');
    PERFORM count_in_table(current_setting('request.jwt.claims', true)::json -> 'app_metadata' ->> 'org_id',
      1000000000, '1 hour');
  END $$;`;

/** Measures both promises. */
export async function limits(sandbox, _, report) {
  report.section(
    `Request limits: ${CLIENTS} clients, prepared statements, address and organization counted;
    ratios of neighbouring runs of ${SECONDS} s, the median of ${ROUNDS} rounds`,
  );
  const cluster = await Cluster.create(sandbox, {
    name: 'limits',
    settings: {
      shared_preload_libraries: 'telephony',
      'telephony.ip_limit': 1_000_000_000,
      'telephony.org_limit': 1_000_000_000,
      shared_buffers: '512MB',
      max_wal_size: '4GB',
      autovacuum: 'off',
    },
  });
  await cluster.psql(`CREATE DATABASE ${DATABASE}`);
  const psql = (sql) => cluster.psql(sql, { database: DATABASE });
  await psql(`CREATE EXTENSION telephony; SELECT telephony.migrate(); ${RECIPE}
    ALTER DATABASE ${DATABASE} SET request.headers = ${literal(headers('203.0.113.9'))};
    ALTER DATABASE ${DATABASE} SET request.jwt.claims = ${literal(CLAIMS)};`);

  // Each request from another of 50,000 addresses and one of 5,000 organizations: both settings are made anew, as
  // PostgREST does.
  const split = (text, from, to) => literal(text).replace(from, `' || ${to} || '`);
  const others = `set_config('request.headers', ${split(headers('@'), '@', `'10.0.' || :a / 250 || '.' || :a % 250`)},
    false),
    set_config('request.jwt.claims', ${split(CLAIMS, ORG.slice(0, 8), "lpad((:a / 10)::text, 8, '0')")}, false)`;
  const varying = (sql) => `\\set a random(0, 49999)\nSELECT ${others.replaceAll('\n', ' ')}, ${sql};\n`;
  const scripts = {
    bare: 'SELECT 1;\n',
    checked: 'SELECT telephony.check_request();\n',
    table: 'SELECT public.check_in_table();\n',
    bareVarying: varying('1'),
    checkedVarying: varying('telephony.check_request()'),
    tableVarying: varying('public.check_in_table()'),
  };
  const files = Object.fromEntries(
    Object.entries(scripts).map(([name, text]) => [name, sandbox.privateFile(`limits-${name}.sql`, text)]),
  );
  const rates = Object.fromEntries(Object.keys(scripts).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of Object.keys(scripts).filter((other) => round < TABLE_ROUNDS || !other.startsWith('table'))) {
      await psql('SELECT telephony.reset_request_limits(); TRUNCATE rate_limits');
      const args = [
        '-n',
        '-M',
        'prepared',
        '-c',
        CLIENTS,
        '-j',
        4,
        '-T',
        SECONDS,
        '-f',
        files[name],
        '-h',
        cluster.host,
        '-U',
        'postgres',
        DATABASE,
      ].map(String);
      const { output } = await sandbox.run('pgbench', join(server.programs, 'pgbench'), args);
      const text = output.join('\n');
      const made = Number(/number of transactions actually processed: (\d+)/.exec(text)[1]);
      rates[name].push(Number(/tps = ([0-9.]+)/.exec(text)[1]));
      const counted = await cluster.row(
        `SELECT requests, (SELECT coalesce(sum(requests), 0) FROM rate_limits) AS in_table,
          refused_by_address + refused_by_organization AS refused, address_overflow AS overflow
           FROM telephony.request_limit_counters()`,
        { database: DATABASE },
      );
      const shared = name.startsWith('checked') ? made : 0;
      report.answer(
        `${name}: requests counted`,
        JSON.stringify(counted),
        JSON.stringify({
          requests: shared,
          in_table: name.startsWith('table') ? 2 * made : 0,
          refused: 0,
          overflow: 0,
        }),
      );
    }
  }
  const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const per = (name) => `${Math.round(middle(rates[name])).toLocaleString('en')}/s`;
  const compare = (what, suffix, promise) => {
    const [bare, checked, table] = ['bare', 'checked', 'table'].map((name) => name + suffix);
    const share = 100 * middle(rates[checked].map((rate, round) => rate / rates[bare][round]));
    const factor = middle(rates[table].map((rate, round) => rates[checked][round] / rate));
    report.row(
      `check_request(), SELECT 1: ${what}`,
      `${per(checked)} against ${per(bare)}, ${share.toFixed(1)} %`,
      promise && `>= ${promise} %`,
      share >= promise,
    );
    report.row(
      `check_request(), counters in a table: ${what}`,
      `${per(checked)} against ${per(table)}, ${factor.toFixed(1)}x`,
      '>= 10x',
      factor >= 10,
    );
  };
  compare('one address', '', 85);
  compare('50,000 addresses, 5,000 organizations', 'Varying');
  report.note(
    'of which every request brings other headers and other claims, as PostgREST does; SELECT 1 beside it sets them too',
  );
  await cluster.stop();
}
