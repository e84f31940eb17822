// Requests as PostgREST makes them, one transaction each, straight to the server: for tests of the request limits.

import assert from 'node:assert/strict';
import { literal } from './cluster.mjs';
import { until } from './deadline.mjs';

/** Settings of a server that counts requests. */
export const LIBRARY = { shared_preload_libraries: 'telephony' };

/**
 * One request as psql commands that print its SQLSTATE. `address` becomes the header, unless `headers` is the setting
 * as text.
 */
function request({ address, headers, org, claims, mode = 'READ WRITE', role = 'anon' }) {
  const settings = {
    'request.headers':
      headers ??
      JSON.stringify({
        host: 'example.com',
        'user-agent': 'a "test"',
        ...(address !== undefined && { 'x-forwarded-for': address }),
      }),
    'request.jwt.claims': claims ?? JSON.stringify({ role, ...(org && { app_metadata: { org_id: org } }) }),
    role,
  };
  const sets = Object.entries(settings).map(([name, value]) => `set_config('${name}', ${literal(value)}, true)`);
  return `BEGIN ISOLATION LEVEL READ COMMITTED ${mode};
SELECT ${sets.join(', ')} \\g /dev/null
SELECT telephony.check_request() \\g /dev/null
\\echo :SQLSTATE
ROLLBACK;
`;
}

/** How often each SQLSTATE was answered. */
export const counts = (states) => states.reduce((total, state) => ({ ...total, [state]: (total[state] ?? 0) + 1 }), {});
/** The SQLSTATE of a request that was let through. */
export const PASSED = '00000';

/** Makes requests one after the other in one session; resolves to their SQLSTATEs. */
export async function requests(cluster, list, { database = 'telephony', before = '' } = {}) {
  const output = await cluster.psql(`\\set ON_ERROR_STOP off\n${before}${list.map(request).join('')}`, { database });
  return output.split('\n').filter(Boolean);
}

/** Makes lists of requests in as many sessions, which begin all at once; resolves to the SQLSTATEs of each. */
export async function atOnce(cluster, lists) {
  const gate = 77;
  const waiting = `(SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = ${gate} AND NOT granted)`;
  const holds = `EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = ${gate} AND granted)`;
  const keeper = cluster.psql(
    `SELECT pg_advisory_lock(${gate}); DO $$ BEGIN WHILE ${waiting} < ${lists.length} LOOP PERFORM pg_sleep(0.01);
    END LOOP; END $$;`,
    { database: 'telephony' },
  );
  await Promise.race([
    keeper,
    until('the gate to be shut', async () => (await cluster.psql(`SELECT ${holds}`)) === 't', { interval: 5 }),
  ]);
  const before = `SELECT pg_advisory_lock_shared(${gate}) \\g /dev/null\n`;
  const [answers] = await Promise.all([Promise.all(lists.map((list) => requests(cluster, list, { before }))), keeper]);
  return answers;
}

/** A list of `times` things that `make` makes of their index. */
export const repeated = (times, make) => Array.from({ length: times }, (_, i) => make(i));

/** What the operators see. */
export const report = (cluster, database = 'telephony') =>
  cluster.row('SELECT * FROM telephony_api.request_limits()', { database });
/** Forgets what was counted. */
export const reset = (cluster) => cluster.psql('SELECT telephony.reset_request_limits()', { database: 'telephony' });

/** The refusal of a request, as PostgREST gets it. */
export async function refusal(cluster, options) {
  const sql = `SELECT set_config('request.headers', ${literal(JSON.stringify({ 'x-forwarded-for': options.address }))},
    false),
    set_config('request.jwt.claims', ${literal(JSON.stringify({ app_metadata: { org_id: options.org } }))}, false);
    SELECT telephony.check_request()`;
  const error = await cluster.psql(sql, { database: 'telephony' }).then(
    () => assert.fail('it passed'),
    (thrown) => thrown,
  );
  assert.equal(error.sqlstate, 'PGRST');
  return { message: JSON.parse(error.message), detail: JSON.parse(error.detail) };
}
