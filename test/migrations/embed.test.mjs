// The build of the install script names what is wrong in the files of the tenant schema, and fails.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { PROJECT } from '../harness/sandbox.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'telephony-embed-'));
process.on('exit', () => rmSync(scratch, { recursive: true }));

/** A tenant schema of two functions and a table, in which everything is as it must be. */
const GOOD = {
  'tables/releases': '# a comment\n1 0.1.0\n',
  'tables/0001_1_things.up.sql': '-- Things.\n\n-- tier: tenant\nCREATE TABLE telephony_api.things (id int);\n',
  'tables/0001_1_things.down.sql': 'DROP TABLE telephony_api.things;\n',
  'functions/jobs/first.sql': `-- tier: tenant
CREATE FUNCTION telephony_internal.first(at timestamptz) RETURNS int
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT 1; SELECT 2 $$;
COMMENT ON FUNCTION telephony_internal.first(timestamptz) IS 'It''s the first.';

CREATE FUNCTION telephony_api.first(at timestamptz) RETURNS int
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.first(at);
END
$$;
COMMENT ON FUNCTION telephony_api.first(timestamptz) IS
    'Two parts '
    'of one text.';
`,
  'functions/jobs/second.sql': `-- tier: owner
CREATE FUNCTION telephony_internal.second() RETURNS int
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT 2 $$;
COMMENT ON FUNCTION telephony_internal.second() IS 'The second.';
`,
};

/** Embeds GOOD with `changes`, files by name, a null for one that is left out; returns {status, stdout, stderr}. */
function embed(changes = {}) {
  const directory = mkdtempSync(join(scratch, 'tenant-'));
  const files = Object.entries({ ...GOOD, ...changes }).filter(([, text]) => text !== null);
  for (const [name, text] of files) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  const names = files.map(([name]) => name).filter((name) => name !== 'tables/releases').sort();
  const sources = [
    'tables/releases',
    ...names.filter((name) => name.startsWith('tables/')),
    ...names.filter((name) => name.startsWith('functions/')),
  ];
  return spawnSync(
    'awk',
    ['-f', join(PROJECT, 'extension/tenant/embed.awk'), ...sources.map((name) => join(directory, name))],
    { encoding: 'utf8' },
  );
}

test('files that are as they must be are embedded, with signatures, comments and tiers', () => {
  const { status, stdout, stderr } = embed();
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '');
  assert.match(stdout, /signature := 'telephony_internal\.first\(timestamptz\)'/);
  assert.match(stdout, /comment := 'It''s the first\.';/);
  assert.match(stdout, /comment := 'Two parts '\n\s+'of one text\.';/);
  assert.match(
    stdout,
    /tier := 'tenant'; privilege := 'EXECUTE'; object := 'telephony_api\.first\(timestamp with time zone\)'/,
  );
  assert.match(stdout, /tier := 'tenant'; privilege := 'SELECT'; object := 'telephony_api\.things'/);
  assert.doesNotMatch(
    stdout,
    /privilege := 'EXECUTE'; object := 'telephony_internal\.second/,
    'what the owner alone calls is granted to nobody',
  );
});

const second = GOOD['functions/jobs/second.sql'];
const WRONG = {
  'a function without a tier': [
    { 'functions/jobs/second.sql': second.replace(/^-- tier.*\n/, '') },
    /functions\/jobs\/second\.sql: telephony_internal\.second has no line `-- tier: \.\.\.` above it/,
  ],
  'an unknown tier': [
    { 'functions/jobs/second.sql': second.replace('owner', 'everybody') },
    /functions\/jobs\/second\.sql: unknown tier: everybody/,
  ],
  'a function without a COMMENT': [
    { 'functions/jobs/second.sql': second.replace(/^COMMENT.*\n/m, '') },
    /functions\/jobs\/second\.sql: telephony_internal\.second has no COMMENT/,
  ],
  'a twin without a COMMENT': [
    {
      'functions/jobs/first.sql': GOOD['functions/jobs/first.sql'].replace(
        /COMMENT ON FUNCTION telephony_internal[^\n]*\n/,
        '',
      ),
    },
    /functions\/jobs\/first\.sql: telephony_internal\.first has no COMMENT/,
  ],
  'a COMMENT on another function': [
    {
      'functions/jobs/second.sql': second.replace(
        'COMMENT ON FUNCTION telephony_internal.second',
        'COMMENT ON FUNCTION telephony_internal.third',
      ),
    },
    /second\.sql: a COMMENT on telephony_internal\.third does not follow/,
  ],
  'two homes for one name': [
    { 'functions/holds/second.sql': second },
    /two homes for second: .*functions\/holds\/second\.sql and .*functions\/jobs\/second\.sql/,
  ],
  'a function in a file of another name': [
    { 'functions/jobs/second.sql': null, 'functions/jobs/other.sql': second },
    /functions\/jobs\/other\.sql: other is not in the file that has its name/,
  ],
  'a table in a file of functions': [
    { 'functions/jobs/second.sql': `${second}CREATE TABLE telephony_api.more ();\n` },
    /second\.sql: neither a function, a view nor their comments: CREATE TABLE/,
  ],
  'a function that does not end': [
    { 'functions/jobs/second.sql': second.slice(0, second.indexOf('$$;')) },
    /second\.sql: the last statement does not end/,
  ],
  'a function in a file of tables': [
    { 'tables/0001_1_things.up.sql': `${GOOD['tables/0001_1_things.up.sql']}create or replace function f() ...` },
    /tables\/0001_1_things\.up\.sql: line 5 makes a function/,
  ],
  'no way down': [
    { 'tables/0001_1_things.down.sql': null },
    /0001_1_things\.up\.sql: there is no 0001_1_things\.down\.sql beside it/,
  ],
  'a file of a version that is none': [
    { 'tables/0002_more.up.sql': 'SELECT 1;\n', 'tables/0002_more.down.sql': '' + 'SELECT 1;\n' },
    /0002_more\.up\.sql: there is no version 2 in tables\/releases/,
  ],
  'a gap between releases': [
    { 'tables/releases': '1 0.1.0\n3 0.3.0\n' },
    /releases: version 3 does not follow version 1/,
  ],
  'a quote of our own': [
    { 'functions/jobs/second.sql': second.replace('SELECT 2', 'SELECT $tenant$2$tenant$') },
    /second\.sql: line 4 uses a quote that is reserved/,
  ],
};
for (const [what, [changes, expected]] of Object.entries(WRONG)) {
  test(`${what}: named, and the build fails`, () => {
    const { status, stdout, stderr } = embed(changes);
    assert.match(stderr, expected);
    assert.equal(status, 1);
    assert.equal(stdout, '', 'nothing half made');
  });
}
