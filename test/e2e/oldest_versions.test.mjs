// A server, compiler or library that is too old is refused before anything is built, with the version that is needed.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { server } from '../harness/cluster.mjs';
import { PROJECT } from '../harness/sandbox.mjs';

const VERSIONS = readFileSync(join(PROJECT, 'tools/oldest/versions'), 'utf8');
const oldest = (name) => new RegExp(`^${name}_OLDEST=(.*)$`, 'm').exec(VERSIONS)[1];

const scratch = mkdtempSync(join(tmpdir(), 'telephony-oldest-'));
after(() => rmSync(scratch, { recursive: true }));

/** Makes a program of a shell script; returns its path. */
function program(name, script) {
  const path = join(scratch, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** What `make` says of the surroundings, as one text; it must refuse them. */
function refusal(goal, variables) {
  const { status, stdout, stderr } = spawnSync('make', ['--no-print-directory', '-n', goal, ...variables], {
    cwd: PROJECT, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: process.env.HOME, PG_CONFIG: server.pgConfig },
  });
  assert.notEqual(status, 0, `make ${goal} was not refused: ${stdout.slice(0, 500)}`);
  return stderr;
}

/** A pg_config like the real one, of another version. */
const pgConfig = (version) => program(
  `pg_config_${version.split(' ')[0]}`,
  `case "$*" in --version) echo "PostgreSQL ${version}" ;; *) exec '${server.pgConfig}' "$@" ;; esac`,
);

/** A compiler that the preprocessor knows by other numbers. */
const compiler = (name, clang, gxx) => program(name, `cat >/dev/null; echo '${clang} ${gxx}'`);

test('an older server is refused with the version that is needed', () => {
  const needed = `${oldest('POSTGRESQL')} or later is needed`;
  for (const version of ['14.19 (Debian 14.19-1)', '9.6.24']) {
    const said = refusal('all', [`PG_CONFIG=${pgConfig(version)}`]);
    assert.match(said, new RegExp(`PostgreSQL ${version.split('.')[0]} .* is too old: ${needed}`));
  }
});

test('make deps refuses it too, and installs nothing', () => {
  const { status, stderr } = spawnSync(join(PROJECT, 'test/harness/install_packages.sh'), {
    encoding: 'utf8', env: { ...process.env, PG_CONFIG: pgConfig('14.19') },
  });
  assert.notEqual(status, 0);
  assert.match(stderr, new RegExp(`PostgreSQL 14 is too old: ${oldest('POSTGRESQL')} or later is needed`));
});

test('an older compiler is refused with the versions that are needed', () => {
  const needed = `g\\+\\+ ${oldest('GXX')} or later is needed, or clang ${oldest('CLANG')}`;
  const gxx = compiler('g++-11', '__clang_major__', 11);
  assert.match(refusal('all', [`CXX=${gxx}`]), new RegExp(`g\\+\\+ 11 .* is too old: ${needed}`));
  const clang = compiler('clang-13', 13, 4);
  assert.match(refusal('all', [`CXX=${clang}`]), new RegExp(`clang 13 .* is too old: ${needed}`));
});

test('an older libsodium is refused with the version that is needed', () => {
  const answer = 'case "$(cat)" in *sodium*) echo \'"1.0.11"\' ;; *) echo "__clang_major__ 14" ;; esac';
  const said = refusal('all', [`CXX=${program('g++-sodium', answer)}`]);
  assert.match(said, new RegExp(`libsodium 1.0.11 is too old: ${oldest('LIBSODIUM')} or later is needed`));
});

test('every library of the other build is asked for with its oldest version', () => {
  const lists = readFileSync(join(PROJECT, 'CMakeLists.txt'), 'utf8');
  const asked = lists.match(/^(?:find_package|pkg_check_modules)\((?!Threads|PkgConfig).*\)$/gm);
  assert.ok(asked.length >= 10, asked.join('\n'));
  for (const line of asked) assert.match(line, /[ =]\$\{\w+_OLDEST\}/);
});
