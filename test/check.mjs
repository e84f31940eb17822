// `make check`: builds, runs every test level once, and closes with "N passed, N failed" over all of them.
//
// LEVELS=unit,e2e runs only those (after the build) and then says what it left out, FILES=jobs,shapes only these files
// of levels that have one a test. JOBS=N bounds the compilers, BUILT=1 takes what was built and installed as it is.
// `make check-fast` runs a few levels, of which `story` is one end-to-end test of the whole. Ends with 1 when anything
// failed, when a level could not be run, or when a level had no tests.

import * as levels from './harness/levels.mjs';
import { exit, isInterrupted, unlessInterrupted } from './harness/sandbox.mjs';

const PLAN = [
  { name: 'lint', run: levels.lint },
  { name: 'unit', run: levels.unit },
  { name: 'plan', run: levels.plan },
  { name: 'fuzz', run: levels.fuzz },
  { name: 'model', run: levels.model },
  { name: 'pg_regress', run: levels.pg_regress },
  { name: 'pgtap', run: levels.pgtap },
  { name: 'isolation', run: levels.isolation },
  { name: 'migrations', run: levels.migrations },
  { name: 'matrix', run: levels.matrix },
  { name: 'clients', run: levels.clients },
  { name: 'postgrest', run: levels.postgrest },
  { name: 'e2e', run: levels.e2e },
];

/** What runs only for whoever asks for it: parts of other levels, and what builds another revision first. */
const PARTS = [
  { name: 'story', run: levels.story },
  { name: 'upgrade', run: levels.upgrade },
];

function print(line) {
  if (!isInterrupted()) process.stdout.write(`${line}\n`);
}

const indented = (lines) => lines.map((line) => `    ${line}`).join('\n');

function chosen() {
  const asked = (process.env.LEVELS ?? '').split(',').map((name) => name.trim()).filter(Boolean);
  const all = [...PLAN, ...PARTS];
  const unknown = asked.filter((name) => !all.some((level) => level.name === name));
  if (unknown.length > 0) {
    print(`no such level: ${unknown.join(', ')}; there are ${all.map((level) => level.name).join(', ')}`);
    process.exit(2);
  }
  return asked.length === 0 ? PLAN : all.filter((level) => asked.includes(level.name));
}

/** Runs one level and prints how it went; `count` turns what it returned into {passed, failed} and a text. */
async function runLevel(name, run, count) {
  print(`${name} ...`);
  const start = performance.now();
  let result;
  try {
    result = count(await run((line) => print(`    ${line}`)));
  } catch (error) {
    await unlessInterrupted();
    result = { passed: 0, failed: 1, text: 'did not run', failures: error.message.split('\n') };
  }
  await unlessInterrupted();
  if (result.failures.length > 0) print(indented(result.failures));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  print(`${name}: ${result.failed > 0 ? 'FAILED' : 'ok'}, ${result.text} (${seconds} s)`);
  return result;
}

function countTests({ passed, failed, skipped = 0, failures }) {
  if (passed + failed === 0) return { passed, failed: 1, text: 'no test was run', failures };
  return {
    passed,
    failed,
    text: `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`,
    failures,
  };
}

const plan = chosen();
const results = [];
const built = await runLevel('build', levels.build, () => ({
  passed: 0,
  failed: 0,
  text: 'built and installed',
  failures: [],
}));
results.push({ name: 'build', ...built });
for (const { name, run } of plan) {
  if (built.failed > 0) {
    print(`${name}: FAILED, did not run: there is no build`);
    results.push({ name, passed: 0, failed: 1 });
  } else results.push({ name, ...(await runLevel(name, run, countTests)) });
}

const notMet = levels.filesNotMet();
if (notMet.length > 0)
  results.push({ name: `FILES=${notMet.join(',')}: no level that ran has them`, passed: 0, failed: 1 });

const sum = (key) => results.reduce((total, result) => total + result[key], 0);
const failing = results.filter((result) => result.failed > 0).map((result) => result.name);
const leftOut = PLAN.filter((level) => !plan.includes(level)).map((level) => level.name);
if (failing.length > 0) print(`failed: ${failing.join(', ')}`);
if (process.env.FILES) print(`not whole levels: only ${process.env.FILES}`);
if (leftOut.length > 0) print(`not a whole check, left out: ${leftOut.join(', ')}`);
print(`${sum('passed')} passed, ${sum('failed')} failed${leftOut.length > 0 ? ' in the levels that ran' : ''}`);
await exit(failing.length > 0 ? 1 : 0);
