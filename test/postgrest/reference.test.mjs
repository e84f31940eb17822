// docs/api.md and web/types: as `make reference` makes them, and whole, by the catalog itself.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { PROJECT } from '../harness/sandbox.mjs';
import { Stack } from '../harness/stack.mjs';
import { makeReference } from '../reference/files.mjs';
import { ExportedTypes, complaints } from '../reference/open_types.mjs';

const PAGE = readFileSync(join(PROJECT, 'docs/api.md'), 'utf8');
const TYPES = join(PROJECT, 'web/types/telephony_api.d.ts');

/** @type {Stack} */
let stack;
before(async () => {
  stack = await Stack.start();
});
after(() => stack?.close());

/** The functions of the API, by the catalog: name, names of the arguments, whether it only reads and gives a list. */
const functions = () =>
  stack.rows(`
    SELECT p.proname AS name, p.provolatile <> 'v' AS reads, p.proretset AS list, t.typtype = 'c' AS composite,
           coalesce((SELECT json_agg(a ORDER BY i) FROM unnest(p.proargnames[:p.pronargs])
             WITH ORDINALITY u (a, i)), '[]') AS arguments,
           CASE WHEN t.typtype = 'c' THEN
             (SELECT json_agg(attname ORDER BY attnum) FROM pg_catalog.pg_attribute
               WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped)
           ELSE (SELECT json_agg(a ORDER BY i) FROM unnest(p.proargnames, p.proargmodes) WITH ORDINALITY u (a, m, i)
                  WHERE m <> 'i') END AS columns
      FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_type t ON t.oid = p.prorettype
     WHERE p.pronamespace = 'telephony_api'::regnamespace AND p.prokind = 'f' ORDER BY p.proname`);

/** The tables, views and composite types, by the catalog, with their columns. */
const relations = () =>
  stack.rows(`
    SELECT c.relname AS name, c.relkind = 'c' AS composite,
           json_agg(a.attname ORDER BY a.attnum) AS columns
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'telephony_api'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'c') AND a.attnum > 0
       AND NOT a.attisdropped GROUP BY c.oid`);

/** The section of the page under a heading of the third level. */
function section(name) {
  const [, text] = new RegExp(`^### ${name}\\n([\\s\\S]*?)(?=^##|(?![\\s\\S]))`, 'm').exec(PAGE) ?? [];
  assert.ok(text, `docs/api.md has no section ${name}`);
  return text;
}

/** The first cells of the rows of the table with that head. */
function cells(text, head) {
  const [, rows = ''] = new RegExp(`^\\| ${head} \\|.*\\n\\|-.*\\n((?:\\|.*\\n)*)`, 'm').exec(text) ?? [];
  return rows.split('\n').filter(Boolean).map((row) => /^\| `(\w+)`/.exec(row)[1]);
}

test('the files are as `make reference` makes them from this database', async () => {
  for (const [path, text] of Object.entries(await makeReference())) {
    assert.equal(readFileSync(join(PROJECT, path), 'utf8'), text, `${path}: make reference`);
  }
});

test('the page has every call with its arguments, columns, verbs and an example over HTTP', async () => {
  for (const { name, reads, list, arguments: args, columns, composite } of await functions()) {
    const text = section(name);
    assert.deepEqual(cells(text, 'argument'), args, name);
    if (composite) assert.match(text, new RegExp(`^Answers .*\\[\\w+\\]\\(#\\w+\\)\\.$`, 'm'), name);
    else if (columns) assert.deepEqual(cells(text, 'column'), columns, name);
    assert.match(text, reads ? /^GET or POST, by /m : /^POST, by /m, name);
    assert.equal(/^Answers a list/m.test(text), list, name);
    assert.match(text, new RegExp(`^${reads ? 'GET' : 'POST'} /rpc/${name}`, 'm'), name);
    assert.match(text, /^HTTP\/1.1 (200|501)$/m, name);
  }
  for (const { name, columns } of await relations()) assert.deepEqual(cells(section(name), 'column'), columns, name);
});

test('the Database type has every call, argument, column and enum, and leaves nothing unknown', async () => {
  assert.deepEqual(complaints([TYPES]), { [TYPES]: [] });
  const types = new ExportedTypes(TYPES);
  const schema = types.at('Database', 'telephony_api');
  const part = (name) => types.member(schema, name);
  const there = await functions();
  assert.deepEqual(types.members(part('Functions')).sort(), there.map(({ name }) => name).sort());
  for (const { name, arguments: args } of there) {
    assert.deepEqual(types.members(types.at('Database', 'telephony_api', 'Functions', name, 'Args')), args, name);
  }
  for (const { name, composite, columns } of await relations()) {
    const row = composite
      ? types.member(part('CompositeTypes'), name)
      : types.at('Database', 'telephony_api', 'Views', name, 'Row');
    assert.deepEqual(types.members(row), columns, name);
  }
  const enums = await stack.rows(`
    SELECT t.typname AS name, json_agg(e.enumlabel) AS labels
      FROM pg_catalog.pg_enum e JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid
     WHERE t.typnamespace IN ('telephony_api'::regnamespace, 'telephony'::regnamespace) GROUP BY 1`);
  for (const { name, labels } of enums) {
    const text = types.text(types.member(part('Enums'), name));
    for (const label of labels) assert.ok(text.includes(`"${label}"`), `${name}: ${label} in ${text}`);
  }
  assert.deepEqual(types.open(schema), []);
});
