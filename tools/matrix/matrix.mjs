// `make matrix`: the README's commands in a root of each supported Debian suite, and the table of what came of them.
//
//   node tools/matrix/matrix.mjs [--help]
//
// The roots are kept: another run takes up where the last one ended, and what has passed for this commit is not run
// again.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const program = (name) => join(PROJECT, 'tools/matrix', name);

/** The suites that are supported, oldest first; docs/compatibility.md says what each has. */
const SUITES = ['bookworm', 'trixie', 'forky'];

/** What is run in each root; each compiler has a clone of its own there. */
const RUNS = {
  check: { clone: 'src', compiler: 'g++', command: 'make check' },
  demo: { clone: 'src', compiler: 'g++', command: 'make demo' },
  clang: {
    clone: 'src-clang',
    compiler: 'clang++',
    command: 'CXX=clang++ LEVELS=unit,fuzz,pg_regress make check',
    before: 'apt-get -qq -y -o Dpkg::Use-Pty=0 install --no-install-recommends clang >/dev/null',
  },
};

const HELP = `make matrix: runs the README's commands in a root of each supported Debian suite

  make matrix                                everything
  make matrix SUITES=trixie,forky            only these of ${SUITES.join(', ')}
  make matrix RUNS=check,clang               only these of ${Object.keys(RUNS).join(', ')}
  make matrix MATRIX_DIR=/srv/matrix         keeps roots, logs and results there (default: build/matrix)
  make matrix AGAIN=1                        runs again what has passed for this commit
  make matrix FRESH=1                        makes the roots anew

${Object.entries(RUNS).map(([name, { command }]) => `  ${name.padEnd(7)}${command}`).join('\n')}

Tests the committed HEAD, not the work tree. Needs root, debootstrap, git, 6 GB of disk a suite, and apt lists of
Debian's own archive on this machine, from which it takes the mirror. An end by any signal leaves no mount and no
process. Ends with 0 when all passed, 1 when something failed, 2 when it could not start.`;

const { values: asked } = parseArgs({ options: { help: { type: 'boolean' } } });
if (asked.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}

const say = (line) => process.stdout.write(`${line}\n`);

function refuse(why) {
  process.stderr.write(`matrix: ${why}\n`);
  process.exit(2);
}

/** The names that variable `name` chooses out of `all`. */
function chosen(name, all) {
  const names = (process.env[name] ?? '').split(',').filter(Boolean);
  const unknown = names.filter((one) => !all.includes(one));
  if (unknown.length > 0) refuse(`${name}: there is no ${unknown.join(', ')}, only ${all.join(', ')}`);
  return names.length === 0 ? all : all.filter((one) => names.includes(one));
}

const suites = chosen('SUITES', SUITES);
const runs = chosen('RUNS', Object.keys(RUNS));
if (process.getuid() !== 0) refuse('roots can be made by root only');
for (const needed of ['debootstrap', 'unshare', 'setpriv', 'git']) {
  const found = spawnSync('which', [needed]).status === 0;
  if (!found) refuse(`${needed} is missing: apt-get install debootstrap util-linux git`);
}
const git = spawnSync('git', ['rev-parse', '--short=10', 'HEAD'], { cwd: PROJECT, encoding: 'utf8' });
if (git.status !== 0) refuse(`this tree is no clone: ${git.stderr.trim()}`);
const commit = git.stdout.trim();

const directory = process.env.MATRIX_DIR || join(PROJECT, 'build/matrix');
const logs = join(directory, 'logs');
mkdirSync(logs, { recursive: true });

const RESULTS = join(directory, 'results.json');
const results = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {};

/** Puts a result on disk before the next run begins. */
function keep(suite, name, result) {
  results[`${suite}/${name}`] = result;
  writeFileSync(`${RESULTS}.part`, JSON.stringify(results, null, 2));
  renameSync(`${RESULTS}.part`, RESULTS);
}

/** Runs a program to its end, its output in `log`, each line told to `onLine`; resolves to whether it succeeded. */
async function logged(log, path, args, onLine = () => {}) {
  const file = openSync(log, 'a');
  const child = spawn(path, args, { cwd: PROJECT, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      writeSync(file, `${line}\n`);
      onLine(line);
    });
  }
  const [code] = await once(child, 'close');
  closeSync(file);
  return code === 0;
}

/** Runs a program quietly; throws with the end of its log when it fails. */
async function must(log, path, args) {
  if (await logged(log, path, args)) return;
  const tail = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-15);
  throw new Error([`see ${log}`, ...tail].join('\n'));
}

const root = (suite) => join(directory, suite);
const stamp = (suite) => join(directory, `${suite}.made`);

/** Makes the root of a suite, unless it is there whole. */
async function makeRoot(suite) {
  if (existsSync(stamp(suite)) && !process.env.FRESH) return;
  say(`${suite}: making the root ...`);
  rmSync(stamp(suite), { force: true });
  await must(join(logs, `${suite}-root.log`), program('make_root.sh'), [suite, root(suite)]);
  writeFileSync(stamp(suite), `${new Date().toISOString()}\n`);
}

/** A clone of the commit in the root: a new one, unless an earlier run of this commit made it. */
async function clone(suite, name, log) {
  const tree = join(root(suite), name);
  const is = spawnSync('git', ['-C', tree, 'rev-parse', '--short=10', 'HEAD'], { encoding: 'utf8' });
  if (is.status === 0 && is.stdout.trim() === commit) return;
  rmSync(tree, { recursive: true, force: true });
  await must(log, 'git', ['clone', '--quiet', '--no-hardlinks', PROJECT, tree]);
  await must(log, 'git', ['-C', tree, 'checkout', '--quiet', '--detach', commit]);
}

/** What a line of `make check` or `make demo` says of a level: its name and how it ended. */
const LEVEL = /^([a-z_0-9]+): (ok|FAILED), (?:(\d+) passed, (\d+) failed|.*)/;

async function run(suite, name) {
  const { clone: tree, compiler, command, before } = RUNS[name];
  const log = join(logs, `${suite}-${name}.log`);
  rmSync(log, { force: true });
  await clone(suite, tree, log);
  const enter = (text, onLine) => logged(log, program('enter.sh'), [root(suite), `cd /${tree}; ${text}`], onLine);
  if (before && !(await enter(before))) throw new Error(`${before}: see ${log}`);

  const levels = {};
  const begin = performance.now();
  const passed = await enter(command, (line) => {
    const [, level, verdict, count] = LEVEL.exec(line) ?? [];
    if (level) levels[level] = verdict === 'ok' ? count ?? 'ok' : 'FAILED';
    if (level || /^[a-z_0-9]+ \.\.\.$/.test(line)) say(`${suite} ${name}:   ${line}`);
  });
  const seconds = Math.round((performance.now() - begin) / 1000);

  const versions = [];
  await enter(`pg_config --version; ${compiler} --version | head -n 1`, (line) => {
    versions.push(/\d+(\.\d+)+/.exec(line)?.[0] ?? line);
  });
  const [server, version] = versions;
  const date = new Date().toISOString().slice(0, 10);
  keep(suite, name, { passed, commit, date, seconds, server, compiler: `${compiler} ${version}`, levels });
  say(`${suite} ${name}: ${passed ? 'ok' : `FAILED, see ${log}`} (${seconds} s)`);
}

/** What is known of the chosen runs, as a table of Markdown. */
function table() {
  const all = suites.flatMap((suite) => runs.map((name) => ({ suite, name, result: results[`${suite}/${name}`] })));
  const done = all.filter(({ result }) => result);
  const levels = [...new Set(done.flatMap(({ result }) => Object.keys(result.levels)))];
  const row = (cells) => `| ${cells.join(' | ')} |`;
  return [
    row(['suite', 'PostgreSQL', 'compiler', 'run', ...levels, 'seconds', 'commit', 'date']),
    row(Array(levels.length + 7).fill('---')),
    ...done.map(({ suite, name, result }) => row([
      suite, result.server, result.compiler, `${name}${result.passed ? '' : ' FAILED'}`,
      ...levels.map((level) => result.levels[level] ?? ''), result.seconds, result.commit, result.date,
    ])),
  ].join('\n');
}

let failed = 0;
for (const suite of suites) {
  try {
    await makeRoot(suite);
    for (const name of runs) {
      const last = results[`${suite}/${name}`];
      const again = process.env.AGAIN || process.env.FRESH;
      if (last?.passed && last.commit === commit && !again) say(`${suite} ${name}: has passed for ${commit}`);
      else await run(suite, name);
      if (!results[`${suite}/${name}`].passed) failed += 1;
    }
  } catch (error) {
    failed += 1;
    say(`${suite}: FAILED, ${error.message}`);
  }
}
const text = table();
writeFileSync(join(directory, 'table.md'), `${text}\n`);
say(`\n${text}\n`);
say(failed === 0 ? 'everything passed' : `${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
