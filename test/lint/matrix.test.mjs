// `make matrix` says what it cannot do, and a root that is left, however, leaves nothing behind.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { PROJECT } from '../harness/sandbox.mjs';

const MATRIX = join(PROJECT, 'tools/matrix/matrix.mjs');
const ENTER = join(PROJECT, 'tools/matrix/enter.sh');

function matrix(args, environment = {}) {
  const { PATH, HOME } = process.env;
  return spawnSync(process.execPath, [MATRIX, ...args], { encoding: 'utf8', env: { PATH, HOME, ...environment } });
}

test('help names every suite and run', () => {
  const { status, stdout } = matrix(['--help']);
  assert.equal(status, 0);
  for (const name of ['bookworm', 'trixie', 'forky', 'make check', 'make demo', 'CXX=clang++']) {
    assert.ok(stdout.includes(name), name);
  }
});

test('a suite or a run that there is not is refused, and those there are named', () => {
  for (const [variable, known] of [['SUITES', 'bookworm, trixie, forky'], ['RUNS', 'check, demo, clang']]) {
    const { status, stderr } = matrix([], { [variable]: 'nonsense' });
    assert.equal(status, 2);
    assert.equal(stderr, `matrix: ${variable}: there is no nonsense, only ${known}\n`);
  }
});

const mayUnshare = process.getuid() === 0 && spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']).status === 0;

test('a command in a root gives its exit code', { skip: !mayUnshare && 'needs root and namespaces' }, () => {
  assert.equal(spawnSync(ENTER, ['/', 'exit 3']).status, 3);
  assert.equal(spawnSync(ENTER, ['/', 'test "$HOME" = /root && ls /proc/1']).status, 0);
});

test('kill -9 leaves no process and no mount', { skip: !mayUnshare && 'needs root and namespaces' }, async () => {
  const mounts = readFileSync('/proc/mounts', 'utf8');
  // The number of seconds is the mark by which the process is found from outside of its namespace.
  const seconds = String(100_000 + process.pid);
  const isRunning = () => spawnSync('pgrep', ['--full', '--exact', `sleep ${seconds}`]).status === 0;
  const entered = spawn(ENTER, ['/', `echo ready; sleep ${seconds}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(createInterface({ input: entered.stdout }), 'line');
  await until('the command runs', isRunning);
  entered.kill('SIGKILL');
  await until('the command has ended', () => !isRunning());
  assert.equal(readFileSync('/proc/mounts', 'utf8'), mounts);
});
