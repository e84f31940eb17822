// `make torture`: rounds of faults drawn from a seed; after each the truth at Twilio and the database are compared.
//
// ROUNDS=N how many (default 10), SEED=text the seed to begin with (default: drawn and printed), FIRST=N the round to
// begin with, BUILT=1 takes the build as it is. Every round is drawn from the seed and its own number: SEED=S FIRST=7
// ROUNDS=1 plays the schedule of round 7 alone. How threads and processes interleave is not in the seed: a race may
// need the same round a few times. SOAK=seconds plays an even load for that long instead, and looks at what grows
// (torture/soak.mjs). Ends with 1 when something was found. The journal of the last round, with all that
// the sidecars logged, is build/torture-SEED.journal.

import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAndInstall } from './harness/build.mjs';
import { PROJECT, Sandbox, exit, isInterrupted } from './harness/sandbox.mjs';
import { Arena } from './torture/arena.mjs';
import { Journal } from './torture/journal.mjs';
import { Random } from './torture/random.mjs';
import { restoreSnapshot, takeSnapshot } from './torture/restore.mjs';
import { playRound } from './torture/round.mjs';
import { soak } from './torture/soak.mjs';
import { Truth } from './torture/truth.mjs';

/** Every so many rounds the database is put back to a backup taken in the middle of the storm before. */
const RESTORE_EVERY = 4;

function print(line) {
  if (!isInterrupted()) process.stdout.write(`${line}\n`);
}

/** A count from the environment. */
function count(name, usual) {
  const text = process.env[name] ?? '';
  if (text !== '' && !/^[1-9]\d*$/.test(text)) {
    print(`${name} must be a whole number above 0, not ${JSON.stringify(text)}`);
    process.exit(2);
  }
  return text === '' ? usual : Number(text);
}

const rounds = count('ROUNDS', 10);
const first = count('FIRST', 1);
const soaked = count('SOAK', 0);
const seed = process.env.SEED || String(randomInt(2 ** 31));
const journal = new Journal();

async function play() {
  const arena = await Arena.open(journal);
  const truth = new Truth();
  try {
    for (let number = first; number < first + rounds; number++) {
      const begun = performance.now();
      const before = journal.total;
      const known = journal.findings.length;
      journal.begin(`round ${number} of seed ${seed}`);
      const random = new Random(`${seed}/${number}`);
      const restores = number % RESTORE_EVERY === 0;
      const snapshot = restores ? takeSnapshot(arena, random) : null;
      const { orphans, live } = await playRound(arena, truth, random);
      if (restores) await restoreSnapshot(arena, truth, await snapshot);
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      const notes = [orphans > 0 && `${orphans} late purchases swept`, restores && 'backup restored'].filter(Boolean);
      const told = [
        `${journal.total - before} faults`,
        `${live} live numbers`,
        ...notes,
        `${journal.findings.length - known} findings`,
      ];
      print(`round ${number}: ${told.join(', ')} (${seconds} s)`);
      for (const what of journal.findings.slice(known)) print(`    ${what}`);
      if (journal.findings.length > 0) break; // what follows would be judged by what is already wrong
    }
    await arena.tell(print);
  } finally {
    await arena.close();
  }
}

const played = `SEED=${seed} ROUNDS=${rounds}${first > 1 ? ` FIRST=${first}` : ''}`;
print(`torture: ${soaked ? `SOAK=${soaked}` : played}`);
try {
  const sandbox = Sandbox.open();
  await buildAndInstall(sandbox, 'sidecar');
  await sandbox.close();
  if (soaked) for (const grown of await soak(soaked, print)) journal.finding(`has grown: ${grown}`);
  else await play();
} catch (error) {
  journal.finding(`torture itself failed: ${error.message}`, error.stack);
  print(error.stack);
}
print('injected:');
for (const row of journal.table()) print(row);
print(`${journal.total} faults injected, ${journal.findings.length} findings`);
const file = join(PROJECT, 'build', `torture-${seed}.journal`);
mkdirSync(join(PROJECT, 'build'), { recursive: true });
writeFileSync(file, `${journal.lines.join('\n')}\n`);
print(`${journal.findings.length > 0 ? `FOUND with SEED=${seed}; ` : ''}journal: ${file}`);
await exit(journal.findings.length > 0 ? 1 : 0);
