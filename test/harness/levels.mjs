// The levels of `make check`: how each is run, and how its results are counted.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildAndInstall, runInTree } from './build.mjs';
import { Cluster, server } from './cluster.mjs';
import { runModel } from '../model/model.mjs';
import { BUILD, PROJECT, Sandbox } from './sandbox.mjs';
import { createDatabase } from './stack.mjs';
import { countTap } from './tap.mjs';

/**
 * What a level found: how many tests passed, failed and were skipped, and lines that explain the failures.
 * A level throws when it could not be run at all.
 * @typedef {{passed: number, failed: number, skipped?: number, failures: string[]}} Result
 */

/** The files that FILES asks for, by their names without what all of a level end in; [] for all. */
const asked = (process.env.FILES ?? '').split(',').map((name) => name.trim()).filter(Boolean);
const met = new Set();

/** Those of FILES that no level that ran has. */
export const filesNotMet = () => asked.filter((name) => !met.has(name));

/** Files in a directory of the work tree whose names end in `suffix`, in name order; [] when there is none. */
function filesIn(directory, suffix) {
  const path = join(PROJECT, directory);
  if (!existsSync(path)) return [];
  const isAsked = (name) => asked.length === 0 || asked.some((stem) => name === stem + suffix);
  const names = readdirSync(path).filter((name) => name.endsWith(suffix) && isAsked(name)).sort();
  for (const name of names) met.add(name.slice(0, -suffix.length));
  return names.map((name) => join(path, name));
}

/** Runs `use` in a sandbox of its own. */
async function withSandbox(use) {
  const sandbox = Sandbox.open();
  try {
    return await use(sandbox);
  } finally {
    await sandbox.close();
  }
}

/** Runs `use` in a sandbox of its own with a fresh cluster; `options` as of Cluster.create(). */
function withCluster(use, options) {
  return withSandbox(async (sandbox) => use(sandbox, await Cluster.create(sandbox, options)));
}

/** Adds one failure when a program says it failed although no single test did. */
function blame(result, { code, lines }) {
  if (code === 0 || result.failed > 0) return result;
  const telling = lines.filter((line) => !/^ok\b/.test(line)).slice(-60);
  return { ...result, failed: 1, failures: [`ended with ${code}:`, ...telling] };
}

/** What several parts of a level found together; a part without tests is a failure. */
function sum(results) {
  const total = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const result of results) {
    for (const key of ['passed', 'failed', 'skipped']) total[key] += result[key] ?? 0;
    total.failures.push(...result.failures);
    if (result.passed + result.failed === 0) {
      total.failed += 1;
      total.failures.push('a part of this level ran no test');
    }
  }
  return total;
}

/** Builds everything and installs the extension; a build has no tests to count. */
export function build() {
  return withSandbox((sandbox) => buildAndInstall(sandbox, 'tests'));
}

/** Runs one of GoogleTest's programs; `report` is told of the lines it writes between the tests. */
async function googleTest(sandbox, program, { report } = {}) {
  const results = join(sandbox.directory, `${program}.json`);
  const flags = ['--gtest_brief=1', `--gtest_output=json:${results}`];
  const onLine = (line) => {
    if (report && !/^\[|^Running main|^$/.test(line)) report(line);
  };
  const outcome = await runInTree(sandbox, program, join(BUILD, program), flags, { onLine });
  if (!existsSync(results))
    throw new Error([`${program} ended with ${outcome.code}`, ...outcome.lines.slice(-40)].join('\n'));
  const result = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const suite of JSON.parse(readFileSync(results, 'utf8')).testsuites) {
    for (const test of suite.testsuite) {
      if (test.failures) {
        result.failed += 1;
        result.failures.push(
          `${suite.name}.${test.name}`,
          ...test.failures.flatMap(({ failure }) => failure.split('\n')),
        );
      } else if (test.status === 'NOTRUN' || test.result === 'SKIPPED') result.skipped += 1;
      else result.passed += 1;
    }
  }
  return blame(result, outcome);
}

/** GoogleTest: everything that needs no server. */
export function unit() {
  return withSandbox((sandbox) => googleTest(sandbox, 'unit_tests'));
}

/** The numbering plan: proved against its patterns, and against libphonenumber in C++ and JavaScript. */
export function plan(report) {
  return withSandbox(async (sandbox) => {
    const inNode = async () => {
      const file = join(PROJECT, 'test/plan/google_libphonenumber.test.mjs');
      const outcome = await runInTree(sandbox, 'google-libphonenumber', process.execPath, [
        '--test-reporter=tap',
        file,
      ]);
      return blame(countTap(outcome.lines, { file: relative(PROJECT, file) }), outcome);
    };
    const inCpp = async () => [
      await googleTest(sandbox, 'plan_proof_test', { report }),
      await googleTest(sandbox, 'plan_libphonenumber_test', { report }),
      await googleTest(sandbox, 'parse_libphonenumber_test', { report }),
      await googleTest(sandbox, 'plan_forms_test', { report }),
    ];
    return sum((await Promise.all([inCpp(), inNode()])).flat());
  });
}

/** The fuzz targets, each on inputs made from a seed. A target passes when it ends by itself. */
export function fuzz() {
  return withSandbox(async (sandbox) => {
    const targets = filesIn('test/fuzz', '_fuzz.cpp').map((path) => /([^/]+)\.cpp$/.exec(path)[1]);
    const results = await Promise.all(targets.map(async (target) => {
      const { code, lines } = await runInTree(sandbox, target, join(BUILD, target), []);
      if (code === 0) return { passed: 1, failed: 0, failures: [] };
      return { passed: 0, failed: 1, failures: [`${target} ended with ${code}`, ...lines.slice(-20)] };
    }));
    return sum(results);
  });
}

/**
 * spin: the protocol's model, searched whole as built, and with each rule switched off. `report` is told of each
 * search.
 */
export function model(report) {
  return withSandbox((sandbox) => runModel(sandbox, report));
}

/** Counts what pg_regress or pg_isolation_regress wrote, before and since it writes TAP (PostgreSQL 16). */
function countRegress(lines) {
  const result = { passed: 0, failed: 0, failures: [] };
  for (const line of lines) {
    const verdict =
      /^(?:test)?\s+\S+\s+\.\.\. (ok|FAILED)/.exec(line)?.[1] ?? /^(ok|not ok) \d+\s+[-+] /.exec(line)?.[1];
    if (verdict === 'ok') result.passed += 1;
    else if (verdict) {
      result.failed += 1;
      result.failures.push(line);
    }
  }
  return result;
}

/** Appends the differences that pg_regress left in `file` to a result with failures. */
function withDifferences(result, file) {
  if (result.failed > 0 && existsSync(file)) {
    result.failures.push(...readFileSync(file, 'utf8').split('\n').slice(0, 200));
  }
  return result;
}

/**
 * pg_regress: what the extension answers, and its error texts. `wrapper` is a program with arguments that starts the
 * server, `minutes` how long all of it may take.
 */
export function pg_regress(_, { wrapper, minutes } = {}) {
  return withCluster(async (sandbox, cluster) => {
    const outcome = await runInTree(
      sandbox,
      'make installcheck',
      'make',
      ['installcheck', `PG_CONFIG=${server.pgConfig}`],
      {
        environment: cluster.environment(),
        minutes,
      },
    );
    return withDifferences(blame(countRegress(outcome.lines), outcome), join(PROJECT, 'regression.diffs'));
  }, { masked: false, wrapper });
}

/** Adds to a result the files that pg_prove says broke off, each with the error that psql ended on. */
function withThoseThatBroke(result, lines) {
  for (const line of lines) {
    const [, file, code] = /^(\S+\.sql) \(Wstat: \d+ \(exited (\d+)\)/.exec(line) ?? [];
    if (!file) continue;
    result.failed += 1;
    result.failures.push(`${file}: broke off, psql ended with ${code}`);
    result.failures.push(...lines.filter((each) => each.startsWith(`psql:${file}:`)).slice(0, 20));
  }
  return result;
}

/**
 * pgTAP, with request limits: the tenant schema, tiers and row-level security. Each file migrates in a transaction of
 * its own and rolls back.
 */
export function pgtap() {
  return withCluster(async (sandbox, cluster) => {
    const files = filesIn('test/pgtap', '.sql');
    if (files.length === 0) return { passed: 0, failed: 0, failures: [] };
    const database = 'pgtap';
    await cluster.psql(`CREATE DATABASE ${database}`);
    await cluster.psql('CREATE EXTENSION telephony', { database });
    const names = files.map((file) => relative(PROJECT, file));
    const outcome = await runInTree(
      sandbox,
      'pg_prove',
      'pg_prove',
      ['--verbose', '--psql-bin', join(server.programs, 'psql'), ...names],
      {
        environment: cluster.environment({ database }),
      },
    );
    // pg_prove heads what a file writes with its name and dots.
    return blame(withThoseThatBroke(countTap(outcome.lines, { heading: /^(\S+\.sql) \.+/ }), outcome.lines), outcome);
  }, { settings: { shared_preload_libraries: 'telephony' } });
}

/** pg_isolation_regress: races between sessions, in a migrated database. */
export function isolation() {
  return withCluster(async (sandbox, cluster) => {
    const specs = filesIn('test/isolation/specs', '.spec').map((path) => /([^/]+)\.spec$/.exec(path)[1]);
    const { database } = await createDatabase(cluster);
    const output = join(sandbox.directory, 'isolation');
    const program = join(server.libraries, 'pgxs/src/test/isolation/pg_isolation_regress');
    const outcome = await runInTree(
      sandbox,
      'pg_isolation_regress',
      program,
      [
        '--use-existing',
        `--dbname=${database}`,
        `--bindir=${server.programs}`,
        '--inputdir=test/isolation',
        `--outputdir=${output}`,
        ...specs,
      ],
      { environment: cluster.environment({ database }) },
    );
    return withDifferences(blame(countRegress(outcome.lines), outcome), join(output, 'regression.diffs'));
  });
}

/** One end-to-end story: a number asked for, bought, read and released through PostgREST. */
export const story = (report) => nodeTestFiles([join(PROJECT, 'test/e2e/provisioning.test.mjs')], report);

/** Runs the node:test files of a directory; `report` is told of each test as it ends, and of what it says of itself. */
const nodeTests = (directory, report) => nodeTestFiles(filesIn(directory, '.test.mjs'), report);

function nodeTestFiles(files, report) {
  return withSandbox(async (sandbox) => {
    const total = { passed: 0, failed: 0, skipped: 0, failures: [] };
    const waiting = [...files];
    const work = async () => {
      for (let file = waiting.shift(); file; file = waiting.shift()) {
        const name = /([^/]+)\.test\.mjs$/.exec(file)[1];
        const onLine = (line) => {
          const [, not, title] = /^(not )?ok \d+ - (.*)$/.exec(line) ?? [];
          if (title) report(`${not ? 'FAILED' : 'ok'}  ${name}: ${title}`);
          else if (/^# [0-9,]+ (tried|calls)/.test(line)) report(`    ${line.slice(2)}`);
        };
        const outcome = await runInTree(sandbox, name, process.execPath, ['--test-reporter=tap', file], { onLine });
        const result = blame(countTap(outcome.lines, { file: relative(PROJECT, file) }), outcome);
        if (result.passed + result.failed + result.skipped === 0) {
          result.failed = 1;
          result.failures.push(`${name}: no test was run`);
        }
        for (const key of ['passed', 'failed', 'skipped']) total[key] += result[key];
        total.failures.push(...result.failures);
      }
    };
    // Two at a time: each has a whole system of its own, and the waits of one are the time of the other.
    await Promise.all([work(), work()]);
    return total;
  });
}

/**
 * The rules of the house, as far as they need no compiler, and that each is found when it is broken; the harness
 * itself.
 */
export const lint = (report) => nodeTests('test/lint', report);

/** The tenant schema's way into a database: what the build refuses, and functions replaced under load. */
export const migrations = (report) => nodeTests('test/migrations', report);

/** The role matrix: what each role may do, and that everything else is refused. */
export const matrix = (report) => nodeTests('test/matrix', report);

/** What applications see of the API through PostgREST, in every version of it, and the old paths. */
export const postgrest = (report) => nodeTests('test/postgrest', report);

/** What drivers and ORMs see of numbers, and send. */
export const clients = (report) => nodeTests('test/clients', report);

/** The whole system through PostgREST, with faults. */
export const e2e = (report) => nodeTests('test/e2e', report);

/** The build before, from its revision, and this one, side by side. */
export const upgrade = (report) => nodeTests('test/upgrade', report);
