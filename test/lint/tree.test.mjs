// The tree keeps the rules of the house: those of tools/lint, which `make lint` runs as well.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lint } from '../../tools/lint/main.mjs';
import { commands, notHere, run } from '../../tools/lint/programs.mjs';
import { shown, sourceFiles } from '../../tools/lint/tree.mjs';

const files = sourceFiles();

test('widths, words, versions, paths that manuals name, the SQLSTATE register', () => {
  const findings = lint(files);
  assert.equal(findings.length, 0, `\n${findings.map(shown).join('\n')}`);
});

for (const command of commands(files)) {
  const name = command[0] === process.execPath ? command[1] : command[0];
  test(name, { skip: notHere(command) }, () => {
    const { said } = run(command);
    assert.equal(said, '');
  });
}
