// `make torture SOAK=seconds`: the same load for long, with faults now and then; at the end everything is as large as
// it was after a sixth of the time (ten minutes of an hour).

import { readFileSync, readdirSync } from 'node:fs';
import { until } from '../harness/deadline.mjs';
import { Stack } from '../harness/stack.mjs';
import { pause } from './pause.mjs';
import { FLAGS, SETTINGS } from './twilio_faults.mjs';

/** How much more there may be at the end than after the first sixth. */
const GROWTH = 1.05;

/** What a table's size comes in: one more of them is no growth, whatever the table's size. */
const PAGE = 8192;

const SIDECARS = 2;
const ORGANIZATIONS = 12;

/** Tasks of upkeep come round often, so that the shortest soak sees them hundreds of times. */
const UPKEEP = { fold_counts: '1 second', sweep_accounts: '5 seconds', self_check: '5 seconds' };

const THROTTLE = { kind: 'status', status: 429, code: 20429, when: 'before', headers: { 'Retry-After': '1' } };

/** What happens between two turns of the load, in this order over and over. */
const DISTURBANCES = [
  () => {},
  (stack) => stack.simulator.fault('buy', { kind: 'status', status: 503, code: 20503, when: 'before' }),
  () => {},
  (stack) => stack.simulator.fault('list', THROTTLE),
  () => {},
  (stack) =>
    stack.psql(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'telephonyd'`),
];

/** Tables that keep what has been, a row more with every job; what must not grow is what a row takes. */
const HISTORY = ['jobs', 'job_events', 'audit_log', 'number_holds', 'phone_numbers'];

/** Resident memory of a process in kB, and its open file descriptors. */
function ofProcess(pid) {
  const [, memory] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { memory: Number(memory), descriptors: readdirSync(`/proc/${pid}/fd`).length };
}

/** How often what comes and goes is looked at; what is left each time is what is kept. */
const LOOKS = 20;

/** The size of everything now, by name, when nothing is under way. */
async function measure(stack, sidecars) {
  const sizes = {};
  const least = (name, size) => (sizes[name] = Math.min(size, sizes[name] ?? Infinity));
  for (let looks = 0; looks < LOOKS; looks += 1) {
    for (const { daemon } of sidecars) {
      const { memory, descriptors } = ofProcess(daemon.pid);
      least(`${daemon.name}: memory, kB`, memory);
      least(`${daemon.name}: file descriptors`, descriptors);
    }
    const [{ connections }] = await stack.rows(
      `SELECT count(*) AS connections FROM pg_stat_activity WHERE usename = 'telephonyd'`,
    );
    least('connections of telephonyd', connections);
    await pause(100);
  }
  await stack.psql('VACUUM');
  const tables = await stack.rows(
    `SELECT c.relname AS name, c.oid::regclass::text AS qualified, pg_total_relation_size(c.oid) AS bytes
       FROM pg_class c
      WHERE c.relnamespace IN ('telephony_api'::regnamespace, 'telephony_internal'::regnamespace) AND c.relkind = 'r'`,
  );
  for (const { name, qualified, bytes } of tables) {
    if (!HISTORY.includes(name)) {
      sizes[`${name}: bytes`] = bytes;
      continue;
    }
    const [{ rows }] = await stack.rows(`SELECT count(*) AS rows FROM ${qualified}`);
    sizes[`${name}: bytes a row`] = bytes / rows;
  }
  return sizes;
}

/** One organization buys a number and gives it up again. */
async function turn(organization) {
  await organization.provision('US');
  await until('the purchase', async () => (await organization.status()).state === 'done', { timeout: 60_000 });
  const { status, body } = await organization.rpc('release_number');
  if (status !== 200) throw new Error(`release_number: ${status} ${JSON.stringify(body)}`);
  await until('the release', async () => (await organization.status()).state === 'released', { timeout: 60_000 });
}

/** Plays for that many seconds; resolves to what has grown, [] where nothing has, and prints what it measured. */
export async function soak(seconds, print) {
  const stack = await Stack.start({ settings: SETTINGS, flags: FLAGS, upkeep: UPKEEP });
  try {
    const sidecars = [stack.sidecar];
    while (sidecars.length < SIDECARS) sidecars.push(await stack.startSidecar());
    const organizations = Array.from({ length: ORGANIZATIONS }, () => stack.organization());
    const begun = performance.now();
    let turns = 0;
    const logged = () => sidecars.reduce((sum, { daemon }) => sum + daemon.lines.length, 0);

    /** Plays until that many seconds after the beginning; resolves to the lines logged a turn meanwhile. */
    const playUntil = async (end) => {
      const [lines, before] = [logged(), turns];
      // Whole rounds of the disturbances: each kind as often as every other.
      while (performance.now() - begun < end * 1000 || turns === before || turns % DISTURBANCES.length > 0) {
        await DISTURBANCES[turns % DISTURBANCES.length](stack);
        await turn(organizations[turns % ORGANIZATIONS]);
        turns += 1;
        await stack.simulator.clearFaults();
      }
      return (logged() - lines) / (turns - before);
    };

    const said = () => {
      print(`after ${((performance.now() - begun) / 1000).toFixed(0)} s: ${turns} purchases and releases`);
    };
    // The first twelfth is the start; the log is compared between the second and the last.
    await playUntil(seconds / 12);
    const early = { 'lines of the log a turn': await playUntil(seconds / 6), ...(await measure(stack, sidecars)) };
    said();
    await playUntil((seconds * 11) / 12);
    const late = { 'lines of the log a turn': await playUntil(seconds), ...(await measure(stack, sidecars)) };
    said();

    const grown = [];
    for (const [name, was] of Object.entries(early)) {
      const is = late[name];
      const much = is > Math.max(was * GROWTH, was + (name.endsWith(': bytes') ? PAGE : 0));
      if (much) grown.push(`${name}: ${was} early, ${is} at the end`);
      print(`${much ? 'GREW' : 'ok  '} ${name}: ${Number(was.toFixed(1))}, ${Number(is.toFixed(1))}`);
    }
    for (const { daemon } of sidecars) {
      if (!daemon.running) grown.push(`${daemon.name} ended\n${daemon.tail()}`);
    }
    return grown;
  } finally {
    await stack.close();
  }
}
