// Each rule of tools/lint, broken on purpose, is found where it is broken.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAlerts } from '../../tools/lint/alerts.mjs';
import { checkManuals, checkPurposes } from '../../tools/lint/manuals.mjs';
import { checkReasons } from '../../tools/lint/reasons.mjs';
import { checkRegister } from '../../tools/lint/register.mjs';
import { checkServers } from '../../tools/lint/servers.mjs';
import { checkStates } from '../../tools/lint/states.mjs';
import { checkWidth, checkWords } from '../../tools/lint/text.mjs';
import { SourceFile, shown } from '../../tools/lint/tree.mjs';
import { checkVersions } from '../../tools/lint/versions.mjs';

const file = (path, ...lines) => new SourceFile(path, lines.join('\n'));
const long = (words) => Array.from({ length: words }, () => 'word').join(' ');

test('a line of more than 120 characters, whatever its bytes', () => {
  assert.deepEqual(checkWidth(file('sidecar/a.cpp', 'x', `// ${long(30)}`)).map(shown), [
    'sidecar/a.cpp:2: 152 characters: a line has at most 120',
  ]);
  assert.deepEqual(checkWidth(file('sidecar/a.cpp', 'ü '.repeat(60))), []);
});

test('a table or a code block of a manual is not broken; its prose is', () => {
  const manual = file('docs/a.md', `| ${long(40)} |`, '```', long(40), '```', long(40));
  assert.deepEqual(checkWidth(manual).map(({ line }) => line), [5]);
});

test('a word that leads out of the project, and a rule by its number', () => {
  const word = ['DES', 'IGN'].join('');
  const number = ['rule', '5'].join(' ');
  assert.deepEqual(
    checkWords(file('a.sql', `-- ${word} 8`, 'SELECT 1;', `-- ${number}: waits`)).map(({ line }) => line),
    [1, 3],
  );
  assert.deepEqual(checkWords(file('a.sql', '-- designed for rule ROLLBACK_IN_LEASE')), []);
});

test('a word for which the glossary has another one, but in the glossary itself', () => {
  const words = [['given', 'it', 'back'], ['record', 'of', 'changes'], ['a', 'person']].map((word) => word.join(' '));
  for (const word of words) {
    assert.deepEqual(checkWords(file('docs/a.md', 'x', `It is ${word}.`)).map(({ line }) => line), [2], word);
    assert.deepEqual(checkWords(file('docs/a.md', `| **word** | means | ${word} |`)), [], word);
  }
  assert.deepEqual(checkWords(file('docs/a.md', 'The call back of a personal number')), []);
});

test('a server by its version in what builds, and a question for the version away from its home', () => {
  const one = ['postgresql', '15'].join('-');
  assert.deepEqual(
    checkServers(file('Makefile', 'deps:', `\tapt-get install ${one} ${one.replace('-', '/')}`)).map(shown),
    [`Makefile:2: ${one} is one server; the suite or PG_CONFIG says which`],
  );
  assert.deepEqual(checkServers(file('test/a.sh', 'apt-get install postgresql-$major postgresql-common')), []);
  const asked = '#if PG_VERSION_NUM >= 170000';
  assert.deepEqual(checkServers(file('extension/pg/numbers.cpp', asked)).map(({ line }) => line), [1]);
  assert.deepEqual(checkServers(file('extension/pg/postgres_compat.hpp', asked)), []);
});

test('a version that differs, or is missing', () => {
  const texts = {
    'extension/telephony.control': "default_version = '0.2.0'",
    'META.json': '{\n  "version": "0.1.0"\n}',
    'README.md': 'Version 0.2.0, PostgreSQL 15',
  };
  const [finding, ...more] = checkVersions((path) => texts[path]);
  assert.equal(shown(finding), 'META.json:2: version 0.1.0, but extension/telephony.control says 0.2.0');
  assert.deepEqual(more, []);
  assert.match(
    checkVersions((path) => (path === 'README.md' ? '' : texts[path]))
      .map(shown)
      .join(),
    /README.md:1: does not say its version/,
  );
});

test('a path or a link in a manual that leads nowhere', () => {
  const paths = ['docs/a.md', 'sidecar/jobs/lease.cpp', 'sidecar/jobs/lease.hpp', 'test/unit/e164_test.cpp'];
  const manual = file(
    'docs/a.md',
    'See `sidecar/jobs/lease.cpp`, `sidecar/jobs/lease.{cpp,hpp}`, `test/unit/<name>_test.cpp`, `make test/unit/`.',
    'Gone: `sidecar/job_run.cpp`.',
    '[there](../sidecar/jobs/lease.hpp) and [nowhere](../HACKING.md#tests)',
  );
  assert.deepEqual(checkManuals([manual], paths).map(shown), [
    'docs/a.md:2: there is no sidecar/job_run.cpp',
    'docs/a.md:3: the link to ../HACKING.md leads nowhere',
  ]);
});

test('a directory of tests without a purpose', () => {
  const readme = file('test/README.md', '| directory | purpose |', '|---|---|', '| `unit/` | units |', '');
  assert.deepEqual(checkPurposes([readme], ['test/unit/a.cpp', 'test/e2e/b.mjs', 'test/README.md']).map(shown), [
    'test/README.md:1: does not say what test/e2e/ is for',
  ]);
});

test('an SQLSTATE that the register lacks, and one that nothing raises', () => {
  const register = file(
    'docs/architecture.md',
    '## SQLSTATE register',
    '| `TL001` | a | b | c |',
    '| `TL009` | a | b | c |',
    '## Glossary',
  );
  const sources = [
    file(
      'extension/tenant/a.sql',
      "RAISE EXCEPTION 'x' USING ERRCODE = 'TL001';",
      "RAISE EXCEPTION 'y' USING ERRCODE = '22023';",
    ),
    file('extension/pg/a.cpp', 'ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY));'),
  ];
  assert.deepEqual(checkRegister([register, ...sources]).map(shown), [
    'extension/tenant/a.sql:2: 22023 is not in the SQLSTATE register of docs/architecture.md',
    'extension/pg/a.cpp:1: 53200 is not in the SQLSTATE register of docs/architecture.md',
    'docs/architecture.md:3: TL009 is in the register, but no source raises it',
  ]);
});

test('a refusal without a reason code, a code that the register lacks, one that nothing gives, a manual that is old', () => {
  const table = ['| code | status | means | what to do |', '|---|---|---|---|', '| `gone` | 404 | a | b |',
    '| `unused` |  | a | b |', ''].join('\n');
  const found = checkReasons([
    file('docs/reasons.md', '<!-- reasons: made -->', '<!-- end of reasons -->'),
    file('extension/tenant/functions/a/a.sql',
      "PERFORM telephony_internal.refuse('gone', 'x');",
      "PERFORM telephony_internal.refuse('new', 'x');",
      `RAISE EXCEPTION 'x' USING ERRCODE = '${'PT'}404';`),
  ], table);
  assert.deepEqual(found.map(shown), [
    'extension/tenant/functions/a/a.sql:2: new is not in extension/tenant/reasons',
    'extension/tenant/functions/a/a.sql:3: a refusal without a reason code: call telephony_internal.refuse()',
    'extension/tenant/reasons:1: nothing gives the reason code unused',
    'docs/reasons.md:1: does not show the register: run `make reasons`',
  ]);
});

test('a picture of the states that is not that of the transitions', () => {
  const page = (...picture) =>
    [file('docs/architecture.md', '<!-- states: made -->', '```mermaid', ...picture, '```', '<!-- end of states -->')];
  assert.deepEqual(checkStates(page('a --> b: x'), 'a --> b: x\n'), []);
  for (const files of [page('a --> c: x'), [file('docs/architecture.md', 'no picture')]])
    assert.deepEqual(checkStates(files, 'a --> b: x\n').map(shown), [
      'docs/architecture.md:1: does not show extension/tenant/transitions: run `make states`',
    ]);
});

test('an alert that the manual does not describe, and one that it describes in vain', () => {
  const list = file('sidecar/base/alert.hpp', '    ALERT(conflict)             \\', '    ALERT(number_kept)');
  const manual = file(
    'docs/telephonyd.md',
    '| `sweep_accounts` | a task |',
    '### Alerts',
    '| `conflict` | a | b |',
    '| `gone` | a | b |',
    '## Files',
    '| `other` | a |',
  );
  assert.deepEqual(checkAlerts([list, manual]).map(shown), [
    'sidecar/base/alert.hpp:2: alert number_kept has no row under "Alerts" of docs/telephonyd.md: ' +
      'what does an operator do?',
    'docs/telephonyd.md:4: alert gone is described, but sidecar/base/alert.hpp has none of that name',
  ]);
});
