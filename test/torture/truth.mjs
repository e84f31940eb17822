// Compares what is true at Twilio with what the database says, when everything is at rest.

import { LATE } from './twilio_faults.mjs';

/** What the database knows, in one look. */
const KNOWN = `
SELECT telephony_internal.tag_prefix() AS prefix,
       (SELECT coalesce(json_agg(json_build_object('id', j.id, 'org_id', j.org_id, 'kind', j.kind, 'state', j.state,
         'reason', j.reason, 'wishes', j.wishes,
            'number', j.number::text, 'number_sid', j.number_sid, 'tag', telephony_internal.tag_of(j.id))), '[]')
              FROM telephony_internal.jobs j) AS jobs,
       (SELECT coalesce(json_agg(json_build_object('org_id', p.org_id, 'number', p.number::text, 'sid', p.number_sid,
         'status', p.status,
            'job_id', p.job_id, 'tag', telephony_internal.tag_of(p.job_id))), '[]') FROM telephony_api.phone_numbers p
              WHERE p.released_at IS NULL) AS numbers,
       (SELECT coalesce(json_agg(json_build_object('number', c.number::text, 'state', c.state, 'org_id', c.org_id,
         'job_id', c.job_id)), '[]')
          FROM telephony_internal.number_holds c) AS holds,
       (SELECT coalesce(json_agg(json_build_object('id', c.id, 'org_id', c.org_id, 'state', c.state, 'tag',
         telephony_internal.tag_of(c.id), 'events', (SELECT array_agg(e.event ORDER BY e.seq)
            FROM telephony_internal.call_events e WHERE e.org_id = c.org_id AND e.call_id = c.id))), '[]')
          FROM telephony_internal.calls c WHERE c.kind = 'caller_id') AS calls,
       (SELECT coalesce(json_agg(json_build_object('org_id', v.org_id, 'sid', v.caller_id_sid, 'number', v.phone_number,
         'account_sid', v.account_sid)), '[]')
          FROM telephony_api.verified_caller_ids v WHERE v.status = 'verified' AND v.made_here) AS verified`;

const ENDED = ['done', 'released', 'written_off', 'cancelled', 'failed'];

/** All that is known at one time on both sides. */
export async function look(arena) {
  const [database, twilio] = [await arena.stack.row(KNOWN), await arena.simulator.state()];
  const { numbers: held } = twilio;
  return { database, twilio, held, heldBySid: new Map(held.map((number) => [number.sid, number])) };
}

/** Keeps what was judged before, and judges what is new. */
export class Truth {
  #released = 0;
  #changed = 0;
  #twice = new Set();
  #excused = new Set();

  /**
   * Judges everything; each thing that must not be becomes a finding of the journal. `repaired`: reconcile --repair has
   * run. `givenUp`: a purchase was applied after it was given up, so that orphans are to be expected until then.
   * Resolves to {orphans, live}: how many.
   */
  async judge(arena, { repaired, givenUp }) {
    const seen = await look(arena);
    const { journal } = arena;
    this.#judgeLiveNumbers(arena, seen, repaired);
    this.#judgeForeignNumbers(arena, seen);
    this.#judgeReleases(arena, seen);
    this.#judgeChanges(arena, seen);
    this.#judgePurchases(arena, seen, givenUp);
    this.#judgeJobs(arena, seen);
    this.#judgeCalls(arena, seen);
    const orphans = this.#orphans(arena, seen);
    if (orphans.length > 0 && (repaired || !givenUp)) {
      journal.finding(
        `${orphans.length} orphans${repaired ? ' after reconcile --repair' : ''}`,
        orphans.map(({ sid, phone_number, friendly_name }) => ({
          sid,
          phone_number,
          friendly_name,
          job: seen.database.jobs.find((job) => job.tag === friendly_name || job.number_sid === sid),
        })),
      );
    }
    return { orphans: orphans.length, live: seen.database.numbers.length };
  }

  #judgeLiveNumbers({ journal, book }, { database, heldBySid }, repaired) {
    const holds = new Map(database.holds.map((hold) => [hold.number, hold]));
    const owners = { sid: new Map(), org_id: new Map(), number: new Map() };
    for (const row of database.numbers) {
      const held = heldBySid.get(row.sid);
      if (!held && !book.deleted.has(row.sid)) journal.finding('a live number is gone from Twilio', row);
      if (held && held.phone_number !== row.number)
        journal.finding('a SID is another number than the database says', { row, held });
      if (held && repaired && held.friendly_name !== row.tag)
        journal.finding('a live number does not carry its tag after reconcile --repair', { row, held });
      const hold = holds.get(row.number);
      if (hold?.state !== 'live' || hold.org_id !== row.org_id)
        journal.finding('a live number is not held by its organization', { row, hold });
      for (const [key, owner] of Object.entries(owners)) {
        if (owner.has(row[key])) journal.finding(`two live numbers with the same ${key}`, [owner.get(row[key]), row]);
        owner.set(row[key], row);
      }
    }
  }

  #judgeForeignNumbers({ journal, book }, { heldBySid }) {
    for (const [sid, before] of book.foreign) {
      const held = heldBySid.get(sid);
      if (!held) journal.finding('a foreign number is gone', { sid, before });
      else if (held.friendly_name !== before.friendly_name)
        journal.finding('a foreign number has another name', { before, held });
    }
  }

  /** What was released since the last look: bought by us, or in the console. Whether it was live is judged above. */
  #judgeReleases({ journal, book }, { database, twilio }) {
    for (const number of twilio.released.slice(this.#released)) {
      const ours = number.friendly_name.startsWith(database.prefix) || book.confused.has(number.phone_number);
      if (number.by !== 'console' && !ours) journal.finding('a foreign number was released', number);
      // A DELETE that was sent before may take effect late; times are whole seconds.
      const writtenOff = book.writtenOff.get(number.phone_number);
      const [bought, released] = [Date.parse(number.date_created), Date.parse(number.released_at)];
      if (number.by !== 'console' && bought <= writtenOff && released > writtenOff + LATE + 1000)
        journal.finding('a number that was written off was released', number);
    }
    this.#released = twilio.released.length;
  }

  /** What was changed since the last look: a purchase that met a number of somebody else, or an update of one. */
  #judgeChanges({ journal, book }, { database, twilio }) {
    for (const change of twilio.changed.slice(this.#changed)) {
      if (book.confused.has(change.phone_number)) continue;
      const renamed = change.friendly_name_before !== change.friendly_name;
      if (change.by === 'buy' && renamed) journal.finding('a purchase changed a number that was not its own', change);
      if (change.by === 'update' && !change.friendly_name_before.startsWith(database.prefix))
        journal.finding('a foreign number was changed', change);
      // A request that was sent before may take effect late; times are whole seconds.
      const writtenOff = book.writtenOff.get(change.phone_number);
      if (change.by === 'update' && !database.numbers.some(({ sid }) => sid === change.sid) &&
          Date.parse(change.bought_at) <= writtenOff && Date.parse(change.changed_at) > writtenOff + LATE + 1000)
        journal.finding('a number that was written off was changed', change);
    }
    this.#changed = twilio.changed.length;
  }

  /**
   * No job may hold two numbers at a time. Times are whole seconds, so a release in the second of the purchase is not
   * later.
   */
  #judgePurchases({ journal, book }, { database, twilio, held }, givenUp) {
    const byTag = new Map();
    const still = Number.POSITIVE_INFINITY;
    const bought = [
      ...held.map((number) => ({ ...number, until: still })),
      ...twilio.released.map((number) => ({ ...number, until: Date.parse(number.released_at) })),
    ];
    for (const number of bought) {
      // for good: its name told nothing for a while
      if (book.confused.has(number.phone_number)) this.#excused.add(number.sid);
      if (
        !number.friendly_name.startsWith(database.prefix) ||
        this.#excused.has(number.sid) ||
        book.foreign.has(number.sid)
      )
        continue;
      byTag.set(number.friendly_name, [...(byTag.get(number.friendly_name) ?? []), number]);
    }
    for (const [tag, numbers] of byTag) {
      const { wishes = {} } = database.jobs.find((job) => job.tag === tag) ?? {};
      for (const { sid, phone_number } of numbers) {
        const isChosen = wishes.or_similar || (wishes.number ?? phone_number) === phone_number;
        if (!isChosen || !phone_number.startsWith(`+1${wishes.area_code ?? ''}`))
          journal.finding('a job bought another number than was wished', { sid, phone_number, wishes });
      }
      numbers.sort((one, other) => Date.parse(one.date_created) - Date.parse(other.date_created));
      const overlap = numbers.some(
        (number, i) => i > 0 && Date.parse(number.date_created) < numbers[i - 1].until - 1000,
      );
      if (!overlap || this.#twice.has(tag)) continue;
      this.#twice.add(tag);
      if (givenUp) continue;
      const told = numbers.map(({ sid, phone_number, date_created, until }) => ({
        sid,
        phone_number,
        date_created,
        until,
      }));
      journal.finding('a job held two numbers at a time', {
        numbers: told,
        job: database.jobs.find((job) => job.tag === tag),
      });
    }
  }

  /**
   * Whatever is in conflict must be so because the number was changed in the console, and no hold is left behind by a
   * job that ended.
   */
  #judgeJobs({ journal, book }, { database }) {
    const jobs = new Map(database.jobs.map((job) => [job.id, job]));
    for (const job of database.jobs) {
      const byHand = book.confused.has(job.number) || book.inDoubt.has(job.number);
      if (job.state === 'conflict' && !byHand)
        journal.finding('a job is in conflict although nobody interfered', job);
    }
    for (const hold of database.holds) {
      if (hold.state === 'in_doubt' && ENDED.includes(jobs.get(hold.job_id)?.state))
        journal.finding('a job has ended and its hold is in doubt', hold);
    }
  }

  /** No call is placed twice, none without its intent on record, and none is verified that Twilio has not. */
  #judgeCalls({ journal, book }, { database, twilio }) {
    const calls = new Map(database.calls.map((call) => [call.tag, call]));
    const placed = new Set();
    for (const validation of twilio.validations) {
      const tag = validation.friendly_name;
      const call = calls.get(tag);
      if (placed.has(tag)) journal.finding('a call was placed twice', { validation, call });
      placed.add(tag);
      if (book.forgottenCalls.has(tag)) continue;
      if (call && !call.events.includes('send')) journal.finding('a call was placed without its intent', { validation,
          call });
      if (!call) journal.finding('a call was placed that nobody knows', validation);
    }
    const callerIds = new Map(twilio.caller_ids.map((callerId) => [callerId.sid, callerId]));
    const owners = new Map();
    for (const row of database.verified) {
      const callerId = callerIds.get(row.sid);
      if (callerId?.phone_number !== row.number || callerId?.account_sid !== row.account_sid)
        journal.finding('a caller id counts as verified that Twilio has not', { row, callerId });
      if (owners.has(row.sid)) journal.finding('a caller id of two organizations', [owners.get(row.sid), row]);
      owners.set(row.sid, row);
    }
  }

  /** What we bought and nobody has: neither live, nor bought in the console, nor waiting for an operator. */
  #orphans({ book }, { database, held }) {
    const writtenOff = database.jobs.filter((job) => job.state === 'written_off');
    const isWrittenOff = (number) =>
      writtenOff.some((job) => job.tag === number.friendly_name || job.number_sid === number.sid);
    const live = new Set(database.numbers.map((row) => row.sid));
    const inConflict = new Set(database.jobs.filter((job) => job.state === 'conflict').map((job) => job.number));
    const ofConsole = (number) =>
      book.confused.has(number.phone_number) && !number.friendly_name.startsWith(database.prefix);
    return held.filter(
      (number) =>
        !live.has(number.sid) &&
        !book.foreign.has(number.sid) &&
        !inConflict.has(number.phone_number) &&
        !isWrittenOff(number) &&
        !ofConsole(number),
    );
  }
}
