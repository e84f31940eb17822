// What one request can cost: every exposed table, view and function is asked for the worst that the gateway lets
// through, as anybody and as a member, and the server's processor time and memory are held to a bound.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Gateway } from '../harness/gateway.mjs';
import { Stack } from '../harness/stack.mjs';
import { CALLS } from './calls.mjs';

/** Of one request: processor time of the server and of PostgREST, and memory of the server's process. */
const MOST_SECONDS = 0.5;
const MOST_MEGABYTES = 20;

/** What the gateway lets through: characters of a query, bytes of a body. */
const LONGEST_QUERY = 2048;
const LARGEST_BODY = 60_000;

/** Rows that one organization has in each of its tables. */
const ROWS = 1000;

/** @type {Stack} */
let stack;
let gateway;
let token;
/** Every exposed table, view and function: {name, columns: [{name, type}]}, {name, argument names}. */
let relations;
let functions;

before(async () => {
  stack = await Stack.start();
  gateway = await Gateway.start(stack.sandbox, stack.postgrest);
  const org = stack.organization();
  await org.provisioned('NG');
  token = stack.postgrest.token({ role: 'authenticated', org: org.id });
  await fill(org.id);
  relations = await stack.rows(`
    SELECT c.relname AS name, has_table_privilege('anon', c.oid, 'SELECT') AS "forAll",
      jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, NULL), 'width',
        coalesce((SELECT s.avg_width FROM pg_catalog.pg_stats s WHERE s.schemaname = 'telephony_api'
          AND s.tablename = c.relname AND s.attname = a.attname), 1000)) ORDER BY a.attnum) AS columns
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        AND NOT a.attisdropped
     WHERE c.relnamespace = 'telephony_api'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
       AND has_table_privilege('authenticated', c.oid, 'SELECT') GROUP BY c.oid ORDER BY 1`);
  functions = await stack.rows(`
    SELECT p.proname AS name, p.provolatile <> 'v' AS reads,
      has_function_privilege('anon', p.oid, 'EXECUTE') AS "forAll",
      coalesce((SELECT jsonb_object_agg(n, format_type(t, NULL)) FROM ROWS FROM (unnest(p.proargnames[1:p.pronargs]),
        unnest(p.proargtypes)) AS a (n, t)), '{}') AS arguments
      FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'telephony_api'::regnamespace
       AND has_function_privilege('authenticated', p.oid, 'EXECUTE') ORDER BY 1`);
});
after(() => stack?.close());

/** Gives an organization its thousand rows in every table that can have them. */
async function fill(org) {
  const line = (n) => `('+23480' || (30000000 + ${n}))::telephony.e164`;
  await stack.psql(`
    INSERT INTO telephony_api.audit_log (org_id, actor, role, action, entity, old, new, ip, user_agent)
      SELECT '${org}', repeat('a', 36), 'authenticated', 'select_country', 'organizations',
        jsonb_build_object('telephony_country', 'NG', 'n', n), '{"telephony_country": "GB"}', '192.0.2.1',
        repeat('ab', 100) FROM generate_series(1, ${ROWS}) n;
    INSERT INTO telephony_api.hybrid_forwarding_configs (org_id, sim_phone_number, forwarding_type, country_code,
        carrier_name, twilio_forwarding_number, codes)
      SELECT '${org}', ${line('n')}, 'total_ai', 'NG', 'mtn', '+12025550123',
        (SELECT jsonb_agg(to_jsonb(c)) FROM telephony_api.forwarding_codes('NG', 'mtn', 'safety_net', '+12025550123') c)
        FROM generate_series(1, ${ROWS}) n;
    INSERT INTO telephony_api.verified_caller_ids (org_id, phone_number, friendly_name, account_sid)
      SELECT '${org}', ${line('n')}, repeat('ab', 32), 'AC' || repeat('a', 32) FROM generate_series(1, ${ROWS}) n;
    INSERT INTO telephony_api.phone_numbers (org_id, number, number_sid, account_sid, country_code, status, job_id,
        purchased_at, released_at)
      SELECT '${org}', ('+1202' || (5550000 + n))::telephony.e164, 'PN' || lpad(to_hex(n), 32, '0'),
        'AC' || repeat('a', 32), 'US', 'released', gen_random_uuid(), now(), now() FROM generate_series(1, ${ROWS}) n;
    ANALYZE`);
}

/** Processor time of a process, in seconds. */
function secondsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** A figure of a process's memory, in megabytes. */
const megabytesOf = (pid, name) =>
  Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

const sessions = async () =>
  (await stack.rows(`SELECT pid FROM pg_catalog.pg_stat_activity WHERE usename = 'authenticator'`)).map(({ pid }) => pid);

/**
 * Sends a request; resolves to its status, body and what it cost one of the server's processes and PostgREST. What is
 * dearer than `most` seconds is sent up to twice more, and the least counts: neighbours on a processor make its time
 * longer, never shorter.
 */
async function cost(method, path, { most = MOST_SECONDS, ...options }) {
  let answer;
  for (let sent = 0; sent < 3 && (answer === undefined || answer.seconds > most); sent += 1) {
    const again = await costOnce(method, path, options);
    answer = answer === undefined || again.seconds < answer.seconds ? again : answer;
  }
  return answer;
}

async function costOnce(method, path, { as, body, pids }) {
  const before = new Map();
  for (const pid of pids ?? (await sessions())) {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');   // the peak is that of now
    before.set(pid, { seconds: secondsOf(pid), megabytes: megabytesOf(pid, 'VmRSS') });
  }
  const postgrest = secondsOf(stack.postgrest.daemon.pid);
  const response = await fetch(`${gateway.url}/rest/v1${path}`, {
    method,
    headers: {
      ...(as !== 'anon' && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      Prefer: 'count=exact',
    },
    body,
  });
  const text = await response.text();
  let seconds = secondsOf(stack.postgrest.daemon.pid) - postgrest;
  let megabytes = 0;
  for (const [pid, { seconds: then, megabytes: least }] of before) {
    seconds += secondsOf(pid) - then;
    megabytes = Math.max(megabytes, megabytesOf(pid, 'VmHWM') - least);
  }
  return { status: response.status, text, seconds, megabytes };
}

/** As many of `item(n)` as a query has room for. */
function filled(prefix, item, suffix = '') {
  const items = [];
  for (let length = prefix.length + suffix.length; ; ) {
    const next = item(items.length);
    length += next.length + 1;
    if (length > LONGEST_QUERY) return `${prefix}${items.join(',')}${suffix}`;
    items.push(next);
  }
}

const nested = (open, inner, close) => {
  const depth = Math.floor((LONGEST_QUERY - inner.length - 10) / (open.length + close.length));
  return `and=(${open.repeat(depth)}${inner}${close.repeat(depth)})`;
};

/** Items that `select` may have at most, all of them one column or several in turn. */
const selected = (column) => `select=${Array.from({ length: 20 }, (_, n) => `a${n}:${column(n)}`)}`;

/** Queries of a relation, each the worst of its kind: [what, query]. */
function queries({ columns }) {
  const widest = [...columns].sort((one, other) => other.width - one.width).slice(0, 4);
  const texts = columns.filter(({ type }) => ['text', 'jsonb'].includes(type))
    .sort((one, other) => other.width - one.width).slice(0, 3)
    .map(({ name, type }) => (type === 'jsonb' ? `${name}->>x` : name));
  const every = texts.flatMap((text) => [
    [`ordered by ${text} over and over`, filled('order=', (n) => text.replace('x', `x${n}`))],
    [`${text} like this or that`, filled('or=(', (n) => `${text}.ilike.*z${n}*b*`, ')')],
    [`${text} like what goes on and on`, `${text}=like.${'*a'.repeat(900)}*q`],
    [`${text} one of many`, filled(`${text}=in.(`, (n) => `z${n}`, ')')],
    [`${text} by nested conditions`, nested('or(', `${text}.eq.a,${text}.eq.b`, ')')],
    [`${text} by negations`, nested('not.or(', `${text}.eq.a,${text}.eq.b`, ')')],
  ]);
  return [
    ['everything', ''],
    ['the last page', `offset=${ROWS - 1}`],
    ['an offset beyond', 'offset=2147483647'],
    ['the widest columns', selected((n) => widest[n % widest.length].name)],
    ['the widest columns as text', selected((n) => `${widest[n % widest.length].name}::text`)],
    ...widest.map(({ name }) => [`${name} many times`, selected(() => name)]),
    ['ordered by every column', filled('order=', (n) => columns[n % columns.length].name)],
    ...every,
  ];
}

/** Fails with each of the requests that cost more than they may; says what the dearest cost. */
async function hold(t, requests) {
  const found = [];
  let worst = { seconds: -1, megabytes: -1 };
  const pids = await sessions();
  for (const { what, method = 'GET', path, as, body } of requests) {
    assert.ok(path.length <= LONGEST_QUERY + 100, `${what}: ${path.length}`);
    const { status, text, seconds, megabytes } = await cost(method, path, { as, body, pids });
    const line = `${what}, as ${as}: ${status}, ${seconds.toFixed(2)} s, ${megabytes.toFixed(1)} MB`;
    const fault = status >= 500 && status !== 501;   // what is not offered
    if (seconds > MOST_SECONDS || megabytes > MOST_MEGABYTES || fault) found.push(`${line} ${text.slice(0, 200)}`);
    if (seconds > worst.seconds) worst = { ...worst, seconds, slowest: line };
    if (megabytes > worst.megabytes) worst = { ...worst, megabytes, largest: line };
  }
  assert.deepEqual(await sessions(), pids, 'PostgREST kept its connections');
  t.diagnostic(`${requests.length} requests; ${worst.slowest}; ${worst.largest}`);
  assert.deepEqual(found, []);
}

const mayRead = ({ forAll }) => (forAll ? ['anon', 'authenticated'] : ['authenticated']);

test('no relation can be followed into another: the graph of those that PostgREST knows has no edge', async () => {
  const pids = await sessions();
  for (const { name } of relations) {
    for (const { name: other } of relations) {
      const answer = await cost('GET', `/${name}?select=*,${other}(*)&limit=1`, { as: 'authenticated', pids });
      assert.deepEqual([answer.status, JSON.parse(answer.text).code], [400, 'PGRST200'], `${name}(${other})`);
    }
  }
  const computed = await stack.rows(`SELECT p.oid::regprocedure AS name FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_type t ON t.oid = p.proargtypes[0] AND t.typrelid <> 0
    JOIN pg_catalog.pg_type r ON r.oid = p.prorettype AND r.typrelid <> 0
    WHERE p.pronamespace = 'telephony_api'::regnamespace AND p.pronargs = 1 AND p.proretset`);
  assert.deepEqual(computed, [], 'nor is there a computed relationship');
});

test('every table and view, by the worst queries', async (t) => {
  for (const relation of relations) {
    await t.test(relation.name, (one) => hold(one, mayRead(relation).flatMap((as) =>
      queries(relation).map(([what, query]) => ({ what, path: `/${relation.name}?${query}`, as })))));
  }
});

/** Texts of the size of a body that a reader of numbers, names or JSON might find hard. */
const LARGE = {
  digits: '1'.repeat(LARGEST_BODY),
  'plus signs': '+'.repeat(LARGEST_BODY),
  'full-width digits': '９'.repeat(LARGEST_BODY / 3),
  'combining marks': 'é\u0301'.repeat(LARGEST_BODY / 6),
  blanks: ' '.repeat(LARGEST_BODY),
  parentheses: '('.repeat(LARGEST_BODY),
  letters: 'x'.repeat(LARGEST_BODY),
  'x and digits': ' ext. 1'.repeat(LARGEST_BODY / 7),
  'slashes and numbers': '/+1202555'.repeat(LARGEST_BODY / 9),
};
const NESTED = `${'['.repeat(LARGEST_BODY / 2)}${']'.repeat(LARGEST_BODY / 2)}`;

test('every function, by the largest arguments', async (t) => {
  for (const { name, arguments: types, ...call } of functions) {
    const { args: right } = CALLS[name];
    const bodies = Object.entries(types).flatMap(([argument, type]) => [
      // A number that PostgreSQL cannot read as a uuid stands in its log.
      ...Object.entries(LARGE).filter(([, value]) => type === 'text' || !value.includes('+1')).map(([what, value]) =>
        [`${argument}: ${what}`, JSON.stringify({ ...right, [argument]: value })]),
      [`${argument}: nested lists`, `{"${argument}": ${NESTED}}`],
      [`${argument}: a long list`, JSON.stringify({ ...right, [argument]: Array(LARGEST_BODY / 4).fill(1) })],
    ]);
    bodies.push(['as it is meant', JSON.stringify(right)]);
    const [as] = mayRead(call);
    await t.test(name, (one) =>
      hold(one, bodies.map(([what, body]) => ({ what, method: 'POST', path: `/rpc/${name}`, as, body }))));
  }
});

test('every function that reads and answers several rows, by the worst queries of its rows', async (t) => {
  for (const { name, reads, ...call } of functions.filter(({ reads }) => reads)) {
    const { args } = CALLS[name];
    const answer = await cost('POST', `/rpc/${name}`, { as: 'authenticated', body: JSON.stringify(args) });
    const [row] = [JSON.parse(answer.text)].flat();
    if (answer.status !== 200 || row === null || typeof row !== 'object') continue;
    const columns = Object.keys(row).map((column) =>
      ({ name: column, type: 'text', width: JSON.stringify(row[column]).length }));
    const [as] = mayRead(call);
    await t.test(name, (one) => hold(one, queries({ columns }).map(([what, query]) =>
      ({ what, method: 'POST', path: `/rpc/${name}?${query}`, as, body: JSON.stringify(args) }))));
  }
});

test('what would cost more is refused by the gateway: patterns, text search, long queries, large bodies', async () => {
  const bomb = encodeURIComponent('(((x{1,100}){1,100}){1,100}){1,100}');
  for (const [path, status, code] of [
    [`/countries?setup_notes=match.${bomb}`, 400, 'query_not_offered'],
    [`/countries?setup_notes=not.imatch.${bomb}`, 400, 'query_not_offered'],
    [`/countries?setup_notes=%6D%61tc%68%2E${bomb}`, 400, 'query_not_offered'],
    [`/countries?setup_notes=match(any).%7B${bomb}%7D`, 400, 'query_not_offered'],
    [`/countries?or=(setup_notes.imatch.${bomb})`, 400, 'query_not_offered'],
    [`/rpc/supported_countries?warning_message=match.${bomb}`, 400, 'query_not_offered'],
    ['/countries?setup_notes=plfts(english).dial', 400, 'query_not_offered'],
    ['/countries?setup_notes=not.fts.dial', 400, 'query_not_offered'],
    [`/countries?${selected(() => 'setup_notes')},a20:setup_notes`, 400, 'query_not_offered'],
    [`/countries?${encodeURIComponent(`${selected(() => 'setup_notes')},a20:setup_notes`).replace('%3D', '=')}`, 400,
      'query_not_offered'],
    [`/countries?s%65lect=${'setup_notes,'.repeat(30)}country_code`, 400, 'query_not_offered'],
    [`/countries?${'x'.repeat(LONGEST_QUERY + 1)}`, 414, 'query_too_long'],
    [`/countries?${'x'.repeat(5 * LONGEST_QUERY)}`, 414, 'query_too_long'],
  ]) {
    const answer = await cost('GET', path, { as: 'anon', most: 0.1 });
    assert.deepEqual([answer.status, JSON.parse(answer.text).code], [status, code], path.slice(0, 60));
    assert.ok(answer.seconds <= 0.1, `${path.slice(0, 60)}: ${answer.seconds} s`);
  }
  const body = JSON.stringify({ number: '1'.repeat(70_000) });
  const large = await cost('POST', '/rpc/validate_number', { as: 'anon', body });
  assert.deepEqual([large.status, JSON.parse(large.text).code], [413, 'body_too_large']);
});
