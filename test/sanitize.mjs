// `make sanitize`: the tests once more in programs that watch themselves, installcheck under valgrind, and the fuzz
// targets under libFuzzer.
//
// SECTIONS=address,thread,valgrind,fuzz runs only those, LEVELS=unit and FILES=upkeep only these of the first two,
// FUZZ_SECONDS=N fuzzes each target so long (default 600), JOBS=N bounds compilers and fuzzers, BUILT=1 takes the
// extension as it is installed. Builds are in build/sanitize/, each in a folder of its own; the inputs that fuzzing
// found stay there for the next run. Ends with 1 when there was a finding or a failure, with 2 when it was asked for
// what there is not.

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAndInstall, runInTree } from './harness/build.mjs';
import { pg_regress } from './harness/levels.mjs';
import { PROJECT, Sandbox, exit, isInterrupted, unlessInterrupted } from './harness/sandbox.mjs';

const DIRECTORY = join(PROJECT, 'build/sanitize');
const JOBS = Number(process.env.JOBS || availableParallelism());
const FUZZ_SECONDS = process.env.FUZZ_SECONDS || '600';
const HOUR = 60;

function print(line) {
  if (!isInterrupted()) process.stdout.write(`${line}\n`);
}

/** Whoever is told of what is found: a directory that every account may write to, as the programs run under several. */
function reportsOf(name) {
  const directory = mkdtempSync(join(tmpdir(), `telephony-sanitize-${name}-`));
  chmodSync(directory, 0o1777);
  return directory;
}

/** Prints the reports in `directory` that are `isOurs`, and takes them away; how many there were. */
function findings(directory, isOurs = () => true) {
  const reports = readdirSync(directory).map((file) => readFileSync(join(directory, file), 'utf8')).filter(isOurs);
  for (const report of reports) print(report.split('\n').slice(0, 60).map((line) => `    ${line}`).join('\n'));
  rmSync(directory, { recursive: true });
  return reports.length;
}

/** Runs a program in the work tree; throws with what it wrote last when it fails. */
async function run(sandbox, program, args, options) {
  const { code, lines } = await runInTree(sandbox, program, program, args, options);
  if (code !== 0) throw new Error([`${program} ended with ${code}`, ...lines.slice(-40)].join('\n'));
  return lines;
}

/** Builds `targets` in a folder of their own. */
async function build(sandbox, name, settings, targets) {
  const directory = join(DIRECTORY, name);
  const options = Object.entries(settings).map(([option, value]) => `-D${option}=${value}`);
  await run(sandbox, 'cmake', ['-S', '.', '-B', directory, '-DCMAKE_BUILD_TYPE=RelWithDebInfo', ...options]);
  await run(sandbox, 'cmake', ['--build', directory, '--parallel', String(JOBS), '--target', ...targets], {
    minutes: 2 * HOUR,
  });
  return directory;
}

/** Unit and end-to-end level with core, telephonyd and simulator built with `sanitizers`. */
function tests(name, sanitizers, options) {
  return async (sandbox) => {
    const targets = ['telephonyd', 'twilio_simulator', 'unit_tests', 'open_box'];
    const directory = await build(sandbox, name, { TELEPHONY_SANITIZE: sanitizers }, targets);
    const reports = reportsOf(name);
    const told = Object.fromEntries(
      Object.entries(options).map(([variable, value]) => [variable, `${value}:log_path=${join(reports, 'report')}`]),
    );
    const environment = { BUILT: '1', BUILD_DIR: directory, LEVELS: process.env.LEVELS || 'unit,e2e', ...told };
    const { code, lines } = await runInTree(sandbox, `check (${name})`, process.execPath, ['test/check.mjs'], {
      minutes: 3 * HOUR,
      environment,
      onLine: (line) => print(`    ${line}`),
    });
    return { ran: lines.at(-1), found: findings(reports), failed: code !== 0 };
  };
}

/** installcheck with a server under valgrind: what it says of our modules. */
async function valgrind() {
  const reports = reportsOf('valgrind');
  const wrapper = [
    ...['valgrind', '--quiet', '--trace-children=yes', '--child-silent-after-fork=no', '--leak-check=no'],
    ...['--error-markers=FINDING,END', '--num-callers=40', `--log-file=${join(reports, '%p')}`],
    `--suppressions=${join(PROJECT, 'test/sanitize/postgres.supp')}`,
  ];
  const { passed, failed, failures } = await pg_regress(print, { wrapper, minutes: 2 * HOUR });
  for (const line of failures) print(`    ${line}`);
  return {
    ran: `${passed} passed, ${failed} failed`,
    found: findings(reports, (report) => report.includes('FINDING')),
    failed: failed > 0,
  };
}

/** Every fuzz target, so many at a time as there are processors. */
async function fuzz(sandbox) {
  const targets = readdirSync(join(PROJECT, 'test/fuzz')).filter((file) => file.endsWith('_fuzz.cpp'))
    .map((file) => file.slice(0, -'.cpp'.length));
  const settings = { CMAKE_C_COMPILER: 'clang', CMAKE_CXX_COMPILER: 'clang++', TELEPHONY_FUZZ: 'ON',
    TELEPHONY_SANITIZE: 'address,undefined' };
  const directory = await build(sandbox, 'fuzz', settings, targets);
  const waiting = [...targets];
  const crashed = [];
  let executions = 0;
  const work = async () => {
    for (let target = waiting.shift(); target; target = waiting.shift()) {
      const inputs = join(DIRECTORY, 'inputs', target);
      mkdirSync(inputs, { recursive: true });
      const { code, lines } = await runInTree(sandbox, target, join(directory, target), [
        inputs,
        `-max_total_time=${FUZZ_SECONDS}`,
        `-artifact_prefix=${join(DIRECTORY, `${target}-`)}`,
        '-print_final_stats=1',
      ], { minutes: Number(FUZZ_SECONDS) / 60 + 10 });
      const runs = Number(/number_of_executed_units: (\d+)/.exec(lines.join('\n'))?.[1] ?? 0);
      executions += runs;
      print(`    ${target}: ${runs.toLocaleString('en')} inputs, ended with ${code}`);
      if (code === 0 && runs > 0) continue;
      crashed.push(target);
      print(lines.slice(-40).map((line) => `        ${line}`).join('\n'));
    }
  };
  await Promise.all(Array.from({ length: JOBS }, work));
  const ran = `${targets.length} targets of ${FUZZ_SECONDS} s, ${executions.toLocaleString('en')} inputs`;
  return { ran, found: crashed.length, failed: crashed.length > 0 };
}

const SECTIONS = {
  address: tests('address', 'address,undefined', {
    ASAN_OPTIONS: 'detect_stack_use_after_return=1:strict_string_checks=1',
    UBSAN_OPTIONS: 'print_stacktrace=1',
  }),
  thread: tests('thread', 'thread', { TSAN_OPTIONS: 'second_deadlock_stack=1' }),
  valgrind,
  fuzz,
};

const asked = (process.env.SECTIONS ?? '').split(',').map((name) => name.trim()).filter(Boolean);
const unknown = asked.filter((name) => !(name in SECTIONS));
if (unknown.length > 0 || !/^[1-9]\d*$/.test(FUZZ_SECONDS)) {
  print(unknown.length > 0
    ? `no such section: ${unknown.join(', ')}; there are ${Object.keys(SECTIONS).join(', ')}`
    : `FUZZ_SECONDS must be a whole number above 0, not ${FUZZ_SECONDS}`);
  process.exit(2);
}

/** One section, whatever comes of it. */
async function outcome(name, sandbox) {
  const begun = performance.now();
  print(`${name} ...`);
  const result = await SECTIONS[name](sandbox).catch((error) => ({ ran: error.message, found: 0, failed: true }));
  await unlessInterrupted();
  return { name, seconds: Math.round((performance.now() - begun) / 1000), ...result };
}

const sandbox = Sandbox.open();
const results = [];
try {
  if (!existsSync(DIRECTORY)) mkdirSync(DIRECTORY, { recursive: true });
  await buildAndInstall(sandbox, 'sidecar');
  for (const name of asked.length > 0 ? asked : Object.keys(SECTIONS)) results.push(await outcome(name, sandbox));
} catch (error) {
  print(error.stack);
  await exit(1);
}
print(`\n${'section'.padEnd(10)}${'seconds'.padStart(8)}${'findings'.padStart(10)}  ran`);
for (const { name, seconds, found, failed, ran } of results) {
  print(`${name.padEnd(10)}${String(seconds).padStart(8)}${String(found).padStart(10)}  ${failed ? 'FAILED: ' : ''}${ran}`);
}
await exit(results.some(({ found, failed }) => found > 0 || failed) ? 1 : 0);
