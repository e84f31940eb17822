// What the catalog of a migrated database says of the API: the calls and tables of openapi(), who may use each, and
// with which codes each call may refuse.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../harness/sandbox.mjs';
import { CALLS } from '../postgrest/calls.mjs';

/** The tiers, the lowest first, and whom each is for. */
export const TIERS = {
  anon: 'everybody',
  tenant: 'members of an organization',
  service: 'your own servers',
  operator: 'operators',
};

/** A function of the schema named in some text, as a regular expression with its name. */
const NAMED = /\b(telephony_(?:api|internal)\.[a-z_0-9]+)\s*\(/g;

/** A refusal in the source of a function, with its code. */
const CODES = /(?:\brefuse(?:_quietly)?\s*\(\s*|\bERRCODE\s*=\s*)'(PT[0-9]{3}|[a-z_]+)'/g;

/** Functions of the library that refuse, and the file they do it in. */
const OF_LIBRARY = { 'telephony.seal_credential': 'extension/pg/libsodium/credentials.cpp' };

/** A refusal in C++, with its code. */
const CODES_OF_LIBRARY = /\breasons::([a-z_]+)/g;

const all = (pattern, text) => [...text.matchAll(pattern)].map(([, found]) => found);

/**
 * By function of telephony_api: the codes that it, or a function that it calls, refuses with, and those that the tests
 * provoke.
 */
async function codesOf(database) {
  const functions = await database.rows(`
    SELECT p.pronamespace::regnamespace || '.' || p.proname AS name, string_agg(p.prosrc, ' ') AS source
      FROM pg_catalog.pg_proc p
     WHERE p.pronamespace IN ('telephony_api'::regnamespace, 'telephony_internal'::regnamespace) GROUP BY 1`);
  const sources = new Map(functions.map(({ name, source }) => [name, source]));
  const reached = (name, seen = new Set()) => {
    // The register of reason codes names functions in its texts and calls none.
    if (seen.has(name) || !sources.has(name) || name === 'telephony_internal.reason_codes') return seen;
    seen.add(name);
    for (const next of all(NAMED, sources.get(name))) reached(next, seen);
    return seen;
  };
  const codes = (name) => {
    const called = [...reached(`telephony_api.${name}`)].map((each) => sources.get(each));
    const inSources = called.flatMap((source) => all(CODES, source));
    const inLibrary = Object.entries(OF_LIBRARY)
      .filter(([each]) => called.some((source) => source.includes(`${each}(`)))
      .flatMap(([, file]) => all(CODES_OF_LIBRARY, readFileSync(join(PROJECT, file), 'utf8')));
    return [...new Set([...inSources, ...inLibrary, ...[CALLS[name]?.refused?.code ?? []].flat()])].sort();
  };
  const own = [...sources.keys()].filter((name) => name.startsWith('telephony_api.')).map((name) => name.split('.')[1]);
  return Object.fromEntries(own.map((name) => [name, codes(name)]));
}

/** The lowest tier that may use each table and call, by name. */
async function tiersOf(database) {
  const rows = await database.rows(`
    SELECT DISTINCT split_part(split_part(object, '(', 1), '.', 2) AS name, tier
      FROM telephony_internal.tier_privileges WHERE object LIKE 'telephony\\_api.%'`);
  return Object.fromEntries(rows.map(({ name, tier }) => [name, tier]));
}

/** Reads everything; `stack` is a running system. */
export async function describe(stack) {
  const { status, body: openapi } = await stack.postgrest.request('GET', '/', {
    token: stack.postgrest.token({ role: 'operator' }),
  });
  if (status !== 200) throw new Error(`the page at / answers ${status}: ${JSON.stringify(openapi)}`);
  const states = await stack.rows(`
    SELECT DISTINCT t.state, s.waits_for AS waits, (SELECT count(*) FROM telephony_internal.job_transitions o
             WHERE o.from_state = t.state) = 0 AS ended
      FROM (SELECT from_state AS state FROM telephony_internal.job_transitions
            UNION SELECT to_state FROM telephony_internal.job_transitions) t
      LEFT JOIN telephony_internal.job_states s USING (state) ORDER BY ended, state`);
  return { openapi, tiers: await tiersOf(stack), codes: await codesOf(stack), states };
}

const CALL = '/rpc/';

/** The paths of an OpenAPI document that are calls, as [name, operations], in the order of their names. */
export const callsIn = ({ paths }) =>
  Object.entries(paths).flatMap(([path, does]) => (path.startsWith(CALL) ? [[path.slice(CALL.length), does]] : []));

/** Those that are tables and views, as [name, operations]. */
export const tablesIn = ({ paths }) =>
  Object.entries(paths).flatMap(([path, does]) => (path.startsWith(CALL) ? [] : [[path.slice(1), does]]));

/** The schema of what a call answers, and of its arguments. */
export const answerOf = ({ post }) => post.responses[200].content['application/json'].schema;
export const argumentsOf = ({ post }) => post.requestBody.content['application/json'].schema;

/** Text in lines of at most `width` characters. */
export function wrapped(text, width = 120) {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    if (lines.at(-1).length + word.length >= width) lines.push('');
    lines.push(`${lines.pop()} ${word}`.trim());
  }
  return lines.join('\n');
}
