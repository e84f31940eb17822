// `make bench`, forwarding: the codes of one wish in the engine, and through the API among 1,000 carriers.

import { sideBySide } from './report.mjs';

const CALLS = 100_000;
const DATABASE = 'bench_forwarding';

/** A thousand carriers more, as a world-wide table would have. */
const CARRIERS = `
  CREATE EXTENSION telephony;
  SELECT telephony.migrate();
  INSERT INTO telephony_api.carriers (country_code, carrier_name, display_name, dialect, safety_net_codes,
    ring_time_adjustable, number_style, source)
  SELECT 'NG', 'bench-' || i, 'Bench', 'mmi', '{61,62,67}', true, 'e164', 'bench' FROM generate_series(1, 1000) i;
  CREATE TABLE destinations AS SELECT ('+1202555' || lpad((i % 10000)::text, 4, '0')) AS t,
    ('+1202555' || lpad((i % 10000)::text, 4, '0'))::telephony.e164 AS n
    FROM generate_series(1, ${CALLS}) i;
  VACUUM (ANALYZE) destinations; VACUUM (ANALYZE) telephony_api.carriers;`;

/** Measures both promises. */
export async function forwarding(sandbox, cluster, report) {
  report.section(
    `Dial codes: ${CALLS.toLocaleString('en')} calls a statement,
      what joining as many rows costs without them taken off, best of 9 rounds`,
  );
  await cluster.psql(`CREATE DATABASE ${DATABASE}`);
  await cluster.psql(CARRIERS, { database: DATABASE });
  const time = await sideBySide(cluster, report, {
    database: DATABASE,
    // Without Memoize, which would answer repeated destinations from its cache.
    setup: 'SET max_parallel_workers_per_gather = 0; SET jit = off; SET enable_memoize = off;',
    statements: {
      bare: { sql: 'SELECT count(*) FROM destinations, LATERAL (SELECT n OFFSET 0) d', expected: CALLS },
      threeRows: { sql: 'SELECT count(*) FROM destinations, (VALUES (1), (2), (3)) v', expected: 3 * CALLS },
      one: {
        sql: `SELECT count(*) FROM destinations, telephony.dial_codes('mmi', '{004}', 'e164', 'safety_net', n, 20)`,
        expected: CALLS,
      },
      three: {
        sql: `SELECT count(*) FROM destinations, telephony.dial_codes('mmi', '{61,62,67}', 'e164', 'safety_net', n,
          20)`,
        expected: 3 * CALLS,
      },
      api: {
        sql: `SELECT count(*) FROM destinations, telephony_api.forwarding_codes('NG', 'mtn', 'safety_net', t, 20)`,
        expected: 3 * CALLS,
      },
    },
  });
  const each = (name, without) => ((time[name] - time[without]) * 1000) / CALLS;
  const one = each('one', 'bare');
  const three = each('three', 'threeRows');
  const api = each('api', 'threeRows');
  report.row('dial_codes(), a net of one code', `${one.toFixed(2)} us a call`, '<= 1 us', one <= 1);
  report.row('dial_codes(), a net of three codes', `${three.toFixed(2)} us a call`, '<= 1 us', three <= 1);
  report.row('forwarding_codes() at 1,000 carriers, three codes', `${api.toFixed(1)} us a call`, '<= 20 us', api <= 20);
}
