// Builds and runs the searches of the model: the situations that must hold, and each rule switched off, which must not.

import { copyFileSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runInTree } from '../harness/build.mjs';
import { PROJECT } from '../harness/sandbox.mjs';

const MODEL = join(PROJECT, 'test/model');
/** The transition tables, as the build made them. */
const TABLES = { job: join(PROJECT, 'build/generated/transitions.pml'),
  call: join(PROJECT, 'build/generated/call_transitions.pml') };

/** Situations of the protocol as built: no schedule may fail. */
const HOLDS = [
  { name: 'two organizations, 1 fault', defines: ['FAULTS=1'] },
  { name: 'one organization, 3 faults', defines: ['FAULTS=3', 'SECOND_TENANT=0'] },
  { name: 'a number of the console, 2 faults', defines: ['FAULTS=2', 'FOREIGN_NUMBER=1', 'SECOND_TENANT=0'] },
  { name: 'one number was chosen, 2 faults', defines: ['FAULTS=2', 'WISH=1', 'SECOND_TENANT=0'] },
  { name: 'one number was chosen, and another organization is after it, 1 fault', defines: ['FAULTS=1', 'WISH=1'] },
  { name: 'two installations on one account, 2 faults', defines: ['FAULTS=2', 'TWO_INSTALLATIONS=1', 'NUMBERS=1'] },
  { name: 'an operator writes numbers off, 2 faults', defines: ['FAULTS=2', 'WRITE_OFF=1', 'SECOND_TENANT=0'] },
  { name: 'the database goes back to a backup, 1 fault', defines: ['FAULTS=1', 'RESTORE=1', 'SECOND_TENANT=0'] },
];

/** Searched for cycles: there is no progress label, so without one the graph has no cycle and every schedule ends. */
const ENDS = [
  { name: 'every schedule ends: two organizations, 1 fault', defines: ['FAULTS=1'], cycles: true },
  { name: 'every schedule ends: one organization, 2 faults', defines: ['FAULTS=2', 'SECOND_TENANT=0'], cycles: true },
  {
    name: 'every schedule ends: the database goes back, no other fault',
    defines: ['FAULTS=0', 'RESTORE=1', 'SECOND_TENANT=0'],
    cycles: true,
  },
];

/** Rules switched off: the search must find exactly this. */
const BREAKS = [
  {
    name: 'rule TAG off: the tag names nobody',
    defines: ['FAULTS=2', 'TWO_INSTALLATIONS=1', 'NUMBERS=1', 'RULE_TAG=0'],
    finds: 'live_number_deleted',
  },
  {
    name: 'rule INTENT_FIRST off: the intent is not on disk',
    defines: ['FAULTS=2', 'SECOND_TENANT=0', 'RULE_INTENT_FIRST_DURABLE=0'],
    finds: 'orphan_for_ever',
  },
  {
    name: 'rule INTENT_FIRST off: the own tag is not listed',
    defines: ['FAULTS=3', 'SECOND_TENANT=0', 'RULE_INTENT_FIRST_LIST=0'],
    finds: 'bought_twice',
  },
  {
    name: 'rule PROVE_OURS off: no look at the date',
    defines: ['FAULTS=2', 'SECOND_TENANT=0', 'FOREIGN_NUMBER=1', 'RULE_PROVE_OURS=0'],
    finds: 'foreign_number_touched',
  },
  {
    name: 'rule LATE_HORIZON off: a hold is freed at once',
    defines: ['FAULTS=2', 'RULE_LATE_HORIZON_HELD=0'],
    finds: 'orphan_for_ever',
  },
  {
    name: 'rule LATE_HORIZON off: the sweeper looks at tags alone',
    defines: ['FAULTS=0', 'RULE_LATE_HORIZON_LIVE_FIRST=0'],
    finds: 'live_number_deleted',
  },
  {
    name: 'rule ROLLBACK_IN_LEASE off: a rollback after the lease',
    defines: ['FAULTS=2', 'SECOND_TENANT=0', 'RULE_ROLLBACK_IN_LEASE_OWN=0'],
    finds: 'live_number_deleted',
  },
  {
    name: 'rule ROLLBACK_IN_LEASE off: a rescuer that does not wait',
    defines: ['FAULTS=3', 'SECOND_TENANT=0', 'RULE_ROLLBACK_IN_LEASE_RESCUER=0'],
    finds: 'live_number_deleted',
  },
  {
    name: 'rule ROLLBACK_IN_LEASE off: going on after a DELETE without answer',
    defines: ['FAULTS=2', 'SECOND_TENANT=0', 'RULE_ROLLBACK_IN_LEASE_UNCONFIRMED=0'],
    finds: 'live_number_deleted',
  },
  {
    name: 'the wish forgotten: the next number is tried',
    defines: ['FAULTS=1', 'WISH=1', 'RULE_WISH=0'],
    finds: 'other_than_wished',
  },
  {
    name: 'rule SETTLE_UNKNOWN off: an unanswered COMMIT is undone',
    defines: ['FAULTS=1', 'SECOND_TENANT=0', 'RULE_SETTLE_UNKNOWN=0'],
    finds: 'live_number_deleted',
  },
  {
    name: 'rule UNKNOWN_TAG off: unknown tags are released, no recovery mode',
    defines: ['FAULTS=0', 'RESTORE=1', 'SECOND_TENANT=0', 'RULE_UNKNOWN_TAG=0'],
    finds: 'live_number_deleted',
  },
  {
    name: 'rule UNKNOWN_TAG off: no recovery mode',
    defines: ['FAULTS=0', 'RESTORE=1', 'SECOND_TENANT=0', 'RULE_UNKNOWN_TAG_RECOVERY=0'],
    finds: 'live_number_deleted',
  },
  {
    name: 'rule UNKNOWN_TAG off: tokens are given again',
    defines: ['FAULTS=1', 'RESTORE=1', 'SECOND_TENANT=0', 'RULE_UNKNOWN_TAG_TOKENS=0'],
    finds: 'live_number_deleted',
  },
  {
    name: 'rule UNKNOWN_TAG off: what was written off is released',
    defines: ['FAULTS=1', 'WRITE_OFF=1', 'SECOND_TENANT=0', 'RULE_UNKNOWN_TAG_WRITTEN_OFF=0'],
    finds: 'written_off_touched',
  },
];

/** The same of calls, whose model is calls.pml. */
const CALLS = [
  { name: 'calls, 2 faults', defines: ['FAULTS=2'] },
  { name: 'calls, the database goes back to a backup, 1 fault', defines: ['FAULTS=1', 'RESTORE=1'] },
  { name: 'every schedule of calls ends: 1 fault', defines: ['FAULTS=1'], cycles: true },
  { name: 'rule CALL_INTENT off: asked for before the intent', defines: ['FAULTS=2', 'RULE_CALL_INTENT=0'],
    finds: 'called_twice' },
  { name: 'rule CALL_DURABLE off: the intent is not on disk', defines: ['FAULTS=2', 'RULE_CALL_DURABLE=0'],
    finds: 'called_without_intent' },
  { name: 'rule CALL_NO_REPLAY off: asked for again', defines: ['FAULTS=2', 'RULE_CALL_NO_REPLAY=0'],
    finds: 'called_twice' },
  { name: 'rule CALL_UNKNOWN_COMMIT off: an intent that is perhaps none', defines: ['FAULTS=2',
    'RULE_CALL_UNKNOWN_COMMIT=0'], finds: 'called_without_intent' },
  { name: 'rule CALL_INTERRUPT off: a restored database calls again', defines: ['FAULTS=1', 'RESTORE=1',
    'RULE_CALL_INTERRUPT=0'], finds: 'called_twice' },
].map((situation) => ({ ...situation, model: 'calls.pml' }));

/** Runs one search to its end: {finds, states}; `finds` names the violated assertion, null when there is none. */
async function search(sandbox, { name, defines, cycles = false, model = 'number_jobs.pml' }, index) {
  const directory = join(sandbox.directory, `model-${index}`);
  mkdirSync(directory);
  const models = readdirSync(MODEL).filter((name) => name.endsWith('.pml'));
  for (const file of [...models.map((name) => join(MODEL, name)), ...Object.values(TABLES)]) {
    copyFileSync(file, join(directory, basename(file)));
  }
  const must = async (program, args) => {
    const { code, lines } = await runInTree(sandbox, `${program} (${name})`, 'sh', [
      '-c',
      'cd "$0" && exec "$@"',
      directory,
      program,
      ...args,
    ]);
    if (code !== 0) throw new Error([`${program} ended with ${code}: ${name}`, ...lines.slice(-20)].join('\n'));
    return lines;
  };
  await must('spin', ['-a', ...defines.map((define) => `-D${define}`), model]);
  await must('gcc', [
    '-O1',
    '-w',
    cycles ? '-DNP' : '-DSAFETY',
    '-DCOLLAPSE',
    '-DNOFAIR',
    '-DMEMLIM=2000',
    '-o',
    'pan',
    'pan.c',
  ]);
  const lines = await must('./pan', ['-m200000', ...(cycles ? ['-l'] : [])]);
  const text = lines.join('\n');
  const states = Number(/^\s*(\d+) states, stored/m.exec(text)?.[1]);
  const errors = Number(/errors: (\d+)/.exec(text)?.[1]);
  const problem = /^pan:\d+: (.*) \(at depth/m.exec(text)?.[1];
  const finds = errors === 0 ? null : (/!\((\w+)\)/.exec(problem ?? '')?.[1] ?? problem ?? 'no result');
  if (
    !(states > 0) ||
    Number.isNaN(errors) ||
    (/Search not completed|max search depth too small|out of memory/.test(text) && finds === null)
  ) {
    throw new Error([`the search was not whole: ${name}`, ...lines.slice(0, 20)].join('\n'));
  }
  return { finds, states };
}

/** The rows of the model's transition table as [from, event, to, when_cancelled]. */
export function modelTransitions(machine = 'job') {
  const text = readFileSync(TABLES[machine], 'utf8');
  return [...text.matchAll(/^ +T\((\w+), (\w+), (\w+), (\w+)\)/gm)].map(([, ...row]) => row);
}

/** The names the model declares: states and events. */
export function modelNames(machine = 'job') {
  const text = readFileSync(TABLES[machine], 'utf8');
  return [...text.matchAll(/^mtype = \{([^}]*)\}/gm)].flatMap(([, names]) =>
    names.split(',').map((name) => name.trim()),
  );
}

/** States that the model leaves out; README.md says why. */
const NOT_MODELLED = ['erasing', 'configuring', 'checking', 'removing'];

/** The same rows as telephonyd prints them; test/e2e/upkeep.test.mjs holds those against the database's. */
async function sidecarTransitions(sandbox, machine) {
  const { code, lines } = await runInTree(sandbox, 'telephonyd states', join(PROJECT, 'build/telephonyd'), [
    'states',
    '--json',
  ]);
  if (code !== 0) throw new Error(['telephonyd states failed', ...lines].join('\n'));
  const rows = JSON.parse(lines.join('\n'))
    .filter((row) => row.machine === machine && !NOT_MODELLED.includes(row.from));
  return rows.map((row) => [row.from, row.event, row.to, row.to_if_cancelled ?? row.to]);
}

/** What only one of two lists has, a line each; '' when they have the same. */
export function differences(ofModel, ofSidecar) {
  const only = (rows, others, who) =>
    rows
      .filter((row) => !others.includes(row))
      .sort()
      .map((row) => `  only ${who}: ${row}`);
  return [...only(ofModel, ofSidecar, 'in the model'), ...only(ofSidecar, ofModel, 'in telephonyd')].join('\n');
}

/** Runs everything, two searches at a time; `report` is told of each. */
export async function runModel(sandbox, report) {
  const result = { passed: 0, failed: 0, failures: [] };
  const judge = (good, problem) => {
    if (good) result.passed += 1;
    else {
      result.failed += 1;
      result.failures.push(problem);
    }
  };
  const rowsOf = (rows) => rows.map((row) => row.join(' '));
  for (const machine of ['job', 'call']) {
    const sidecar = await sidecarTransitions(sandbox, machine);
    for (const [what, ofModel, ofSidecar] of [
      ['transitions', rowsOf(modelTransitions(machine)), rowsOf(sidecar)],
      ['names of states and events', modelNames(machine), [...new Set(sidecar.flat())]],
    ]) {
      const problem = differences(ofModel, ofSidecar);
      judge(
        problem === '',
        `the ${what} of the model of a ${machine} are not those of \`telephonyd states\`:\n${problem}`,
      );
    }
  }

  const waiting = [...HOLDS, ...ENDS, ...BREAKS, ...CALLS].map((situation, index) => ({ situation, index }));
  let states = 0;
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { situation, index } = next;
      const found = await search(sandbox, situation, index);
      states += found.states;
      const wanted = situation.finds ?? null;
      const outcome = found.finds ? `finds ${found.finds}` : 'holds in every schedule';
      report(`${situation.name}: ${found.states} states, ${outcome}`);
      judge(found.finds === wanted, `${situation.name}: ${outcome}; expected ${wanted ?? 'that it holds'}`);
    }
  };
  await Promise.all([work(), work()]);
  report(`${states} states searched`);
  return result;
}
