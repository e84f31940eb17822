// Whatever is given to a function over HTTP, the answer is one that the manual lists: a reason code of the register
// with its status, or a row of the table of errors. Nothing else reaches a client, and no fault of the server.

import { after, before, test } from 'node:test';
import { Gateway } from '../harness/gateway.mjs';
import { Stack } from '../harness/stack.mjs';
import { CALLS } from './calls.mjs';
import { onlyListed } from './listed.mjs';

/** JSON texts of every type, size, nesting and alphabet. */
const VALUES = [
  'null', 'true', '0', '-1', '1.5', '1e400', '99999999999999999999', '-2147483649', '""', '" "', '"x"', '[]', '{}',
  '[[]]',
  '[null]', '{"a": {"b": [1, "x", null]}}', '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00x"', '"\\uffff"',
  '"\\u202e\\u200f"', '"\ud83d\ude00"', '"\u0130\u0131\u00df"', '"e\u0301\u0301\u0301"', '"\\b\\f\\n\\r\\t"',
  '"\'\\"$$;--"', '"%s%n%x"',
  '"\\\\"', '"{}"', '"[1,2]"', '"NaN"', '"infinity"', '"-infinity"', '"today"', '"1970-01-01"', '"+12025550123"',
  '"00000000-0000-0000-0000-000000000000"', '"{00000000-0000-4000-8000-000000000000}"', '"AC"',
  '"\u0661\u0662\u0663"',
  `"${'x'.repeat(20_000)}"`, `"${'+'.repeat(20_000)}"`, `"${'\u0301'.repeat(5000)}"`,
  `${'['.repeat(500)}${']'.repeat(500)}`,
  `{"a":`.repeat(200) + '1' + '}'.repeat(200), `[${Array(2000).fill(1)}]`,
];

/** @type {Stack} */
let stack;
let gateway;
let token;
let functions;
before(async () => {
  stack = await Stack.start();
  gateway = await Gateway.start(stack.sandbox, stack.postgrest);
  const org = stack.organization();
  await org.provisioned('NG');
  token = stack.postgrest.token({ role: 'service_role', org: org.id });
  functions = await stack.rows(`
    SELECT p.proname AS name, p.provolatile <> 'v' AS reads,
      coalesce(p.proargnames[1:p.pronargs], '{}') AS arguments FROM pg_catalog.pg_proc p
     WHERE p.pronamespace = 'telephony_api'::regnamespace AND has_function_privilege('service_role', p.oid, 'EXECUTE')
     ORDER BY 1`);
});
after(() => stack?.close());

/** Sends a request through the gateway. */
async function send({ method, path, body }) {
  const response = await fetch(`${gateway.url}/rest/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
    body,
  });
  return { status: response.status, text: await response.text() };
}

test('every argument of every function, with every value', async (t) => {
  for (const { name, arguments: names } of functions) {
    const right = Object.entries(CALLS[name].args).map(([argument, value]) => [argument, JSON.stringify(value)]);
    const body = (changes) =>
      `{${Object.entries({ ...Object.fromEntries(right), ...changes }).map(([argument, text]) =>
        `${JSON.stringify(argument)}: ${text}`)}}`;
    await t.test(name, (one) => onlyListed(one, names.flatMap((argument) => VALUES.map((text) => ({
      what: `${argument} = ${text.slice(0, 60)}`,
      method: 'POST',
      path: `/rpc/${name}`,
      body: body({ [argument]: text }),
    }))), send));
  }
});

const NO_BODIES = ['', ' ', '{', '[]', '[{}]', 'null', '1', '"x"', '{"": 1}', '{"nothing": 1}', '{"a": 1, "a": 2}',
  '\u0000', '\ufeff{}'];

test('every function, with bodies that are none', (t) => onlyListed(t, functions.flatMap(({ name }) =>
  NO_BODIES.map((body) =>
    ({ what: `${name}: ${JSON.stringify(body)}`, method: 'POST', path: `/rpc/${name}`, body }))), send));

const ARGUMENTS = ['', '%00', '%ff', '%c3', '%c3%28', '%ed%a0%80', '%c0%80', '%f5%80%80%80', '%', '%zz', 'T%C3%BCrk',
  '%F0%9F%98%80', 'x'.repeat(2000), '{}', '[1]', '*', "'"];
const QUERIES = ['select=', 'select=*,*', 'order=', 'limit=-1', 'limit=x', 'offset=-1', 'nothing=1', 'or=()',
  'select=nothing'];

test('every function that reads, with queries', (t) => onlyListed(t, functions.filter(({ reads }) => reads).flatMap(
  ({ name, arguments: names }) => [
    ...names.flatMap((argument) => ARGUMENTS.map((value) => `${argument}=${value}`)),
    ...QUERIES,
  ].map((query) => ({ what: `${name}: ${query.slice(0, 40)}`, method: 'GET', path: `/rpc/${name}?${query}` }))), send));
