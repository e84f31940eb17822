// One round: a storm by schedule, calm, and the comparison of both sides before and after reconcile --repair.

import { hasGivenUp, perform, recordActed } from './events.mjs';
import { pause } from './pause.mjs';
import { drawFinale, drawRound } from './schedule.mjs';
import { look } from './truth.mjs';
import { LATE, VERY_LATE } from './twilio_faults.mjs';

/** Waiting jobs and credentials that wait to be tried again are brought forward this often during the storm. */
const HURRY = 600;

async function storm(arena, events) {
  const begun = performance.now();
  let over = false;
  const hurrying = (async () => {
    while (!over) {
      await pause(HURRY);
      await arena.hurry();
      arena.reload();
    }
  })();
  await Promise.all(events.map(async (event) => {
    await pause(Math.max(0, event.at - (performance.now() - begun)));
    await perform(arena, event);
  }));
  over = true;
  await hurrying;
}

/** Waits for jobs to come to rest; what does not is a finding. */
async function settle(arena, when) {
  for (const job of await arena.drain()) arena.journal.finding(`a job has no end ${when}`, job);
}

/** Reconciles as an operator does, until there is nothing left to repair. */
export async function repair(arena) {
  const { rows } = await arena.stack.reconcile('--repair');
  const verdicts = {};
  for (const { verdict } of rows) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  arena.note(`reconcile --repair: ${JSON.stringify(verdicts)}`);
  await settle(arena, 'after reconcile --repair');
  return rows;
}

/**
 * What operators and tenants do about the rest, so that the next round begins clean: a number in conflict is released
 * by hand, one deleted in the console is released, and what was bought there meanwhile goes.
 */
async function tidy(arena) {
  const { database, held } = await look(arena);
  const byNumber = new Map(held.map((number) => [number.phone_number, number]));
  const remove = async (number) => {
    arena.book.deleted.add(number.sid);
    await arena.simulator.console('delete', { sid: number.sid });
  };
  for (const job of database.jobs.filter((each) => each.state === 'conflict')) {
    const number = byNumber.get(job.number);
    if (number) await remove(number);
    byNumber.delete(job.number);
    await arena.stack.psql(`SELECT telephony_internal.dismiss_conflict('${job.id}', 'released by hand')`);
  }
  const live = new Set(database.numbers.map((row) => row.sid));
  for (const number of byNumber.values()) {
    if (!live.has(number.sid) && !arena.book.foreign.has(number.sid) && arena.book.confused.has(number.phone_number))
      await remove(number);
  }
  for (const row of database.numbers.filter(({ sid }) => arena.book.deleted.has(sid))) {
    arena.book.releases.add(row.org_id);
    await arena.tenant(row.org_id).rpc('release_number');
  }
  await settle(arena, 'when operators have tidied up');
}

/** Plays a round; resolves to what there is to tell of it. */
export async function playRound(arena, truth, random) {
  arena.ordered = [];
  arena.book.confused.clear();
  arena.book.inDoubt.clear();
  await arena.refillMarket();
  const size = { cars: arena.cars.length, tenants: arena.tenants.length };
  const [events, finale] = [drawRound(random, size), drawFinale(random, size)];
  await storm(arena, events);
  await recordActed(arena);
  if (finale.length > 0) {
    arena.note('the finale');
    await arena.simulator.clearFaults();
    arena.reload();
    await Promise.all(finale.map((event) => perform(arena, event)));
  }
  const givenUp = hasGivenUp(arena);
  arena.note(`calm${givenUp ? '; a purchase is still on its way' : ''}`);
  const late = performance.now() + (givenUp ? VERY_LATE : LATE) + 500;
  await arena.calm();
  await settle(arena, 'in the calm after the storm');
  await pause(Math.max(0, late - performance.now()));
  const { orphans } = await truth.judge(arena, { repaired: false, givenUp });
  await repair(arena);
  const { live } = await truth.judge(arena, { repaired: true, givenUp });
  await tidy(arena);
  return { orphans, live };
}
