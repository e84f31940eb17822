// The patches that break a rule on purpose (test/torture/sabotage.mjs) still fit the tree: a net is tested with them.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PROJECT } from '../harness/sandbox.mjs';
import { SABOTAGE, patchFile } from '../torture/sabotage.mjs';

test('every patch has its entry', () => {
  const files = readdirSync(join(PROJECT, 'test/torture/sabotage')).map((name) => name.replace(/\.patch$/, ''));
  assert.deepEqual(files.sort(), Object.keys(SABOTAGE).sort());
});

for (const name of Object.keys(SABOTAGE)) {
  test(`sabotage ${name} still applies`, () => {
    const { status, stdout, stderr } = spawnSync('patch', ['-p1', '--dry-run', '--force', '--fuzz=0'], {
      cwd: PROJECT,
      input: readFileSync(patchFile(name)),
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout + stderr);
  });
}
