// Does the net catch anything? Seven rules are broken on purpose, one at a time, in a scratch copy of the tree: for
// each, torture (default rounds) or a scenario must find it. Not part of `make check`, which only holds the patches
// against the tree (test/e2e/sabotage.test.mjs).
//
//   node test/torture/sabotage.mjs [NAME...]     the names are those of the files in test/torture/sabotage/
//
// The copy is built there and installed beside a copy of the server that PG_CONFIG names. What fails in the copy as it
// is would be found whatever is broken: the scenarios and a round of torture must pass there first. Ends with 1 when
// something was not found.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isMain } from '../../tools/lint/tree.mjs';
import { PROJECT } from '../harness/sandbox.mjs';

/** What each patch breaks, and the scenario that is about it. */
export const SABOTAGE = {
  no_intent_row: {
    breaks: 'rule INTENT_FIRST: the purchase is sent before its intent is committed',
    file: 'rules_of_buying',
    scenario: '^rule INTENT_FIRST',
  },
  unauthorized_is_gone: {
    breaks: 'rule PER_CREDENTIAL: a 401 on DELETE counts as gone',
    file: 'rules_of_recovery',
    scenario: '^rule PER_CREDENTIAL: 401',
  },
  tag_before_live_sid: {
    breaks: 'rule LATE_HORIZON: a number is judged by its tag before the live SID',
    file: 'rules_of_buying',
    scenario: '^rule LATE_HORIZON',
  },
  no_lease_check_in_rollback: {
    breaks: 'rule ROLLBACK_IN_LEASE: a purchase is rolled back whatever its lease',
    file: 'rules_of_buying',
    scenario: '^rule ROLLBACK_IN_LEASE',
  },
  hold_freed_at_once: {
    breaks: 'rule LATE_HORIZON: a hold whose purchase was sent is freed at once',
    file: 'rules_of_buying',
    scenario: '^rule LATE_HORIZON',
  },
  unknown_tag_released: {
    breaks: 'rule UNKNOWN_TAG: a number whose job is unknown is released',
    file: 'rules_of_recovery',
    scenario: '^rule UNKNOWN_TAG: a backup',
  },
  written_off_is_orphan: {
    breaks: 'rule UNKNOWN_TAG: a number that was written off is released as an orphan',
    file: 'rules_of_recovery',
    scenario: '^rule UNKNOWN_TAG: an account',
  },
};

export const patchFile = (name) => join(PROJECT, 'test/torture/sabotage', `${name}.patch`);

const SEED = process.env.SEED || 'sabotage';
const jobs = process.env.JOBS || availableParallelism();
let scratch;
let tree;
const pgConfig = process.env.PG_CONFIG || 'pg_config';

/** Copies the server, which finds its files by their place beside its programs; returns the copy's pg_config. */
function copyServer() {
  const ask = (flag) => execFileSync(pgConfig, [flag], { encoding: 'utf8' }).trim();
  for (const flag of ['--bindir', '--pkglibdir', '--sharedir', '--includedir-server', '--includedir']) {
    cpSync(ask(flag), join(scratch, 'server', ask(flag)), { recursive: true, verbatimSymlinks: true });
  }
  return join(scratch, 'server', ask('--bindir'), 'pg_config');
}

function copyTree() {
  const left = ['.git', 'build', 'node_modules'];
  cpSync(PROJECT, tree, { recursive: true, filter: (source) => !left.includes(basename(source)) });
  symlinkSync(join(PROJECT, 'test/node_modules'), join(tree, 'test/node_modules'));
  // What `make deps` has unpacked for the tests.
  for (const unpacked of ['build/nginx', 'build/pgbouncer'].filter((each) => existsSync(join(PROJECT, each))))
    cpSync(join(PROJECT, unpacked), join(tree, unpacked), { recursive: true, verbatimSymlinks: true });
}

const environment = { ...process.env, MAKEFLAGS: '', MFLAGS: '', MAKELEVEL: '', BUILT: '1', SEED };

/** Runs a program in the copy; resolves to {code, output}. */
async function run(program, ...args) {
  return runWith({}, program, ...args);
}

async function runWith(settings, program, ...args) {
  const env = { ...environment, ...settings };
  const child = spawn(program, args, { cwd: tree, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const [code] = await once(child, 'close');
  return { code, output };
}

async function must(program, ...args) {
  const { code, output } = await run(program, ...args);
  if (code !== 0)
    throw new Error(`${program} ${args.join(' ')} ended with ${code}\n${output.split('\n').slice(-40).join('\n')}`);
}

async function build() {
  await must('make', `-j${jobs}`, `PG_CONFIG=${environment.PG_CONFIG}`);
  await must('make', `-j${jobs}`, 'sidecar');
  await must('make', 'install', `PG_CONFIG=${environment.PG_CONFIG}`);
}

/** What torture finds: the round and the finding, or nothing. */
async function tortured(name) {
  const { code, output } = await run(process.execPath, 'test/torture.mjs');
  writeFileSync(join(scratch, `${name}.torture`), output);
  if (code === 0) return null;
  const lines = output.split('\n');
  const round = lines.findLast((line) => /^round \d+: .*\b[1-9]\d* findings/.test(line));
  if (!round) throw new Error(`torture found nothing and ended with ${code}\n${lines.slice(-40).join('\n')}`);
  return `${round.split(':')[0]}: ${lines[lines.indexOf(round) + 1]?.trim()}`;
}

/** What the scenarios find: the titles that fail. At least one must have run. */
async function played({ file, scenario }) {
  const args = ['--test', '--test-reporter=tap', `--test-name-pattern=${scenario}`, `test/e2e/${file}.test.mjs`];
  const { output } = await run(process.execPath, ...args);
  const results = output.split('\n').flatMap((line) => {
    const [, failed, title] = /^(not )?ok \d+ - (.*)$/.exec(line) ?? [];
    return title && !/ # SKIP\b/.test(title) ? [{ title, failed }] : [];
  });
  if (results.length === 0) throw new Error(`no scenario ran\n${output.split('\n').slice(-40).join('\n')}`);
  return results.filter(({ failed }) => failed).map(({ title }) => title);
}

/** Holds that nothing is found in the copy as it is. */
async function requireSound(names) {
  console.log('as it is: scenarios and a round of torture must pass');
  await build();
  for (const name of names) {
    const failed = await played(SABOTAGE[name]);
    if (failed.length > 0) throw new Error(`fails with nothing broken: ${failed.join(', ')}`);
  }
  const { code, output } = await runWith({ ROUNDS: '1' }, process.execPath, 'test/torture.mjs');
  if (code !== 0) throw new Error(`torture ends with ${code} with nothing broken\n${output.slice(-4000)}`);
}

async function main(names) {
  scratch = mkdtempSync(join(tmpdir(), 'telephony-sabotage-'));
  tree = join(scratch, 'tree');
  chmodSync(scratch, 0o755);
  mkdirSync(join(scratch, 'server'));
  environment.PG_CONFIG = copyServer();
  copyTree();
  await requireSound(names);
  let missed = 0;
  for (const name of names) {
    const patch = (...flags) =>
      execFileSync('patch', ['-p1', '--force', '--no-backup-if-mismatch', ...flags], {
        cwd: tree,
        input: readFileSync(patchFile(name)),
      });
    console.log(`${name}: ${SABOTAGE[name].breaks}`);
    patch();
    await build();
    const scenarios = await played(SABOTAGE[name]);
    for (const title of scenarios) console.log(`    found by the scenario "${title}"`);
    const finding = await tortured(name);
    console.log(finding ? `    found by torture, ${finding}` : '    not found by torture');
    if (!finding && scenarios.length === 0) missed += 1;
    patch('--reverse');
  }
  console.log(`${names.length - missed} of ${names.length} found`);
  return missed === 0 ? 0 : 1;
}

if (isMain(import.meta)) {
  const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(SABOTAGE);
  let code = 1;
  try {
    code = await main(names);
  } finally {
    if (scratch) rmSync(scratch, { recursive: true, force: true });
  }
  process.exit(code);
}
