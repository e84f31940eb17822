// Whatever a request asks of a table, by whatever verb, filter, header or body, straight from PostgREST: what it is
// refused with is in the table of errors or in the register of reason codes.

import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { after, before, test } from 'node:test';
import { Stack } from '../harness/stack.mjs';
import { onlyListed } from './listed.mjs';

/** @type {Stack} */
let stack;
let token;
/** Of each type that a column has one, and one enum: {type, table, column}; of each table and view its first column. */
let columns;
let tables;
before(async () => {
  stack = await Stack.start();
  const org = stack.organization();
  await org.provisioned('NG');
  token = stack.postgrest.token({ role: 'authenticated', org: org.id });
  const all = `pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      AND NOT a.attisdropped WHERE c.relnamespace = 'telephony_api'::regnamespace AND c.relkind IN ('r', 'p', 'v')`;
  columns = await stack.rows(`SELECT DISTINCT ON (type)
      CASE WHEN a.atttypid IN (SELECT enumtypid FROM pg_catalog.pg_enum) THEN 'enum'
           ELSE format_type(a.atttypid, NULL) END AS type, c.relname AS table, a.attname AS column
    FROM ${all} ORDER BY type, c.relname`);
  tables = await stack.rows(`SELECT DISTINCT ON (c.oid) c.relname AS table, a.attname AS column FROM ${all}
    ORDER BY c.oid, a.attnum`);
});
after(() => stack?.close());

/** Sends a request of any verb. */
async function send({ method = 'GET', path, headers = {}, body }) {
  const sent = httpRequest(stack.postgrest.url + path, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
      ...headers,
    },
  });
  sent.end(body);
  const [answer] = await once(sent, 'response');
  let text = '';
  for await (const piece of answer.setEncoding('utf8')) text += piece;
  return { status: answer.statusCode, text };
}

const OPERATORS = ['eq', 'gt', 'like', 'match', 'in', 'is', 'isdistinct', 'fts', 'wfts', 'cs', 'cd', 'ov', 'sl', 'adj',
  'not.eq', 'like(any)', 'fts(nothing)', 'nothing'];
const OPERANDS = ['', '1', 'true', '{x}', '(', '%5C', '1e999', '%00'];

test('a column of every type, by every operator with every value', async (t) => {
  for (const { type, table, column } of columns) {
    await t.test(type, (one) => onlyListed(one, OPERATORS.flatMap((operator) => OPERANDS.map((operand) => {
      const query = `${column}=${operator}.${operand}`;
      return { what: `${table}?${query}`, path: `/${table}?${query}` };
    })), send));
  }
});

const TYPES = ['int', 'bool', 'date', 'uuid', 'jsonb', 'text[]', 'nothing', 'regclass', '""'];

test('a column of every type, shown in every way', (t) => onlyListed(t, columns.flatMap(({ table, column: name }) => [
  ...TYPES.map((type) => `select=${name}::${type}`),
  ...['->x', '->>x', '->0', '->>0', '->', '->-1', '->x->>y'].map((path) => `select=${name}${path}`),
  ...['count()', 'sum()', 'max()', 'nothing()'].map((aggregate) => `select=${name}.${aggregate}`),
  ...['', '.asc', '.desc.nullsfirst', '.nothing', '->x', '->>x'].map((order) => `order=${name}${order}`),
  ...[`${name}->x=eq.1`, `${name}->>x=gt.1`, `${name}->>x=is.true`].map(String),
  `select=a:${name},a:${name}`, `select=a:b:${name}`, `${name}=eq.1&${name}=eq.2`,
].map((query) => ({ what: `${table}?${query}`, path: `/${table}?${query}` }))), send));

const QUERIES = ['select=', 'select=*,*', 'select=nothing', 'select=count()', 'select=nothing(*)',
  'select=...countries(*)', 'select=carriers!inner(*)', 'select=*&carriers.is_active=eq.true',
  'order=', 'order=nothing', 'order=carriers(notes)',
  'carriers.order=notes', 'carriers.limit=1', 'limit=0', 'limit=-1', 'limit=x', 'limit=99999999999999999999',
  'offset=-1', 'offset=x', 'offset=1000', 'offset=99999999999999999999', 'limit=1&offset=1000',
  'or=()', 'and=(x)', 'or=(x.eq.1)',
  'not.or=(x.eq.1,', 'nothing=eq.1', '=', '&&', 'columns=nothing', 'on_conflict=nothing'];

test('every table, by every query', (t) => onlyListed(t, tables.flatMap(({ table }) => QUERIES.map((query) =>
  ({ what: `${table}?${query}`, path: `/${table}?${query}` }))), send));

const HEADERS = [
  ...['0-0', '5-2', '-', 'x', '1000-', '-5', '0-99999999999999999999', '99999999999999999999-'].flatMap((range) =>
    [{ Range: range }, { Range: range, Prefer: 'count=exact' }, { Range: range, 'Range-Unit': 'nothing' }]),
  ...['count=exact', 'count=planned', 'count=estimated', 'count=nothing', 'handling=strict,nothing',
    'handling=strict,count=nothing', 'handling=lenient,nothing', 'timezone=Nowhere', 'handling=strict,timezone=Nowhere',
    'tx=rollback', 'max-affected=1', 'handling=strict,max-affected=0', 'params=single-object', 'return=representation',
    'resolution=merge-duplicates', 'missing=default'].map((value) => ({ Prefer: value })),
  ...['*/*', 'application/json', 'text/csv', 'text/plain', 'application/xml', 'application/octet-stream', 'nothing', '',
    'application/geo+json', 'application/vnd.pgrst.object+json', 'application/vnd.pgrst.object+json;nulls=stripped',
    'application/vnd.pgrst.array+json;nulls=stripped', 'application/vnd.pgrst.plan+json', 'application/vnd.pgrst.plan',
    'application/openapi+json'].map((value) => ({ Accept: value })),
  ...['telephony_api', 'telephony_internal', 'public', ''].flatMap((value) =>
    [{ 'Accept-Profile': value }, { 'Content-Profile': value }]),
  ...['', 'Bearer', 'Bearer x', 'Bearer a.b.c', 'Basic eDp5', 'Nothing'].map((value) => ({ Authorization: value })),
  { 'If-None-Match': '"x"' }, { 'X-Forwarded-For': 'x' }, { Cookie: 'a=b' }, { Origin: 'null' },
];

test('tables, a view and calls, with every header', (t) => onlyListed(t, [
  ...['/', '/countries', '/carrier_forwarding_rules', '/audit_log', '/rpc/supported_countries',
    '/rpc/provisioning_status', '/rpc/is_supported_country?country_code=US'].flatMap((path) =>
    HEADERS.map((headers) => ({ path, headers }))),
  ...HEADERS.map((headers) => ({ method: 'POST', path: '/rpc/provisioning_status', headers, body: '{}' })),
].map((one) => ({ ...one, what: `${one.path} ${JSON.stringify(one.headers)}` })), send));

const WRITES = ['POST', 'PATCH', 'PUT', 'DELETE'];
const VERBS = ['GET', 'HEAD', ...WRITES, 'OPTIONS', 'TRACE', 'PROPFIND', 'NOTHING'];
const BODIES = [undefined, '{}', '[{}]', '{"nothing": 1}', 'x'];

test('every table, by every verb that writes', (t) => onlyListed(t, tables.flatMap(({ table, column }) =>
  WRITES.flatMap((method) => [...BODIES, `{"${column}": "x"}`].flatMap((body) =>
    ['', `?${column}=eq.x`, `?limit=1`, `?columns=${column}`].map((query) =>
      ({ what: `${method} ${table}${query} ${body}`, method, path: `/${table}${query}`, body }))))), send));

const CONTENT = ['application/json', 'text/csv', 'application/x-www-form-urlencoded', 'application/octet-stream',
  'text/plain', 'text/xml', 'multipart/form-data', 'nothing', ''];
const PATHS = ['/', '/nothing', '/countries/US', '/rpc', '/rpc/', '/rpc/nothing', '/rpc/supported_countries/x', '//',
  '/rpc/openapi', '/live', '/%00', '/count%72ies'];

test('every path, by every verb; a call, by every kind of body', (t) => onlyListed(t, [
  ...[...PATHS, '/countries'].flatMap((path) => VERBS.map((method) => ({ method, path }))),
  ...CONTENT.flatMap((type) => ['', '{}', 'country_code=US', 'country_code\nUS', '{"country_code": "US"}'].map((body) =>
    ({ method: 'POST', path: '/rpc/is_supported_country', headers: { 'Content-Type': type }, body }))),
].map((one) => ({ ...one, what: `${one.method} ${one.path} ${JSON.stringify(one.headers)} ${one.body}` })), send));
