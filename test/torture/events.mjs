// Carries out the events of a round. What an event finds impossible by then (no job is buying, the database is down) is
// noted, not counted.

import { randomBytes } from 'node:crypto';
import { until } from '../harness/deadline.mjs';
import { VOICE_URL } from '../harness/stack.mjs';
import { pause } from './pause.mjs';
import { GIVEN_UP } from './twilio_faults.mjs';

const shortId = () => randomBytes(16).toString('base64url');
const ANOTHER_INSTALLATION = () => `telephony:${shortId()}:${shortId()}`;

/** How long an event waits for the step that it is to strike at. */
const PATIENCE = 5_000;

/** Thrown by an event that cannot happen now. */
class Impossible extends Error {}

/** Resolves once the sidecar of a place writes `step`. */
async function atStep(car, step, patience = PATIENCE) {
  const { daemon } = car;
  if (!daemon.running) throw new Impossible('the sidecar does not run');
  await daemon.line(step, { from: daemon.lines.length, timeout: patience }).catch(() => {
    throw new Impossible(`the sidecar does not come to ${step}`);
  });
}

async function killed(arena, car) {
  if (!car.daemon.running) throw new Impossible('the sidecar does not run');
  await arena.end(car, 'SIGKILL');
  await pause(100);
  await arena.launch(car);
}

async function frozen(car, milliseconds) {
  const { daemon } = car;
  if (!daemon.running || car.frozen) throw new Impossible('the sidecar does not run');
  car.frozen = true;
  daemon.signal('SIGSTOP');
  await pause(milliseconds);
  if (car.daemon !== daemon || !car.frozen) return;
  car.frozen = false;
  daemon.signal('SIGCONT');
}

async function mendedAfter(car, milliseconds) {
  await pause(milliseconds);
  car.link.mend();
}

/** A number that the account holds and telephony bought; `choice` is a fraction of how many there are. */
async function ourNumber(arena, choice, where = () => true) {
  const numbers = (await arena.stack.numbersAtTwilio()).filter(
    (number) => !arena.book.foreign.has(number.sid) && where(number),
  );
  if (numbers.length === 0) throw new Impossible('telephony has bought nothing');
  return numbers[Math.floor(choice * numbers.length)];
}

/** Writes a number that was bought in the console into the book: it must stay as it is. */
async function consoleBuys(arena, choice, phone_number, friendly_name) {
  const { accountSid: account_sid } = arena.accounts[Math.floor(choice * arena.accounts.length)];
  const number = await arena.simulator.console('buy', { account_sid, phone_number, friendly_name });
  arena.book.foreign.set(number.sid, { phone_number, friendly_name: number.friendly_name });
  return number;
}

/** True when the database knows a number by its SID; false while its purchase is in doubt, and while nobody can ask. */
async function isRecorded(arena, sid) {
  const known = `SELECT EXISTS (SELECT FROM telephony_internal.jobs WHERE number_sid = '${sid}') AS by_a_job`;
  const { by_a_job: recorded } = await arena.stack.row(known).catch(() => ({ by_a_job: false }));
  return recorded;
}

const handIn = (tenant, { accountSid, authToken }) =>
  tenant.rpc('set_twilio_credentials', { account_sid: accountSid, auth_token: authToken });

let consoleNumbers = 0;

/**
 * What a tenant wants of its number: some nothing, some an area code, some one of the numbers that a search offers, or
 * one like it. Who is offered nothing in time takes any.
 */
async function wishesOf(organization, tenant) {
  if (tenant % 4 === 0) return {};
  if (tenant % 4 === 1) return { area_code: '415' };
  const { body: search } = await organization.rpc('search_numbers', { country_code: tenant % 2 ? 'US' : 'NG' });
  for (let look = 0; search.job_id && look < 10; look += 1) {
    const { body } = await organization.rpc('offered_numbers', { search_id: search.job_id });
    if (body.offers?.length > 0) return { number: body.offers[0].number, or_similar: tenant % 4 === 2 };
    await pause(100);
  }
  return {};
}

/**
 * A tenant has a telephone called, one of few, so that others may ask for the same; whoever is shown the code types it,
 * but for every fifth.
 */
async function verify(arena, organization, choice) {
  const phone_number = `+23480312${String(34_000 + Math.floor(choice * 400))}`;
  const asked = await organization.rpc('verify_caller_id', { phone_number });
  for (let looks = 0; asked.body?.status === 'pending' && looks < 15; looks += 1) {
    const { body } = await organization.rpc('caller_id_status', { id: asked.body.id });
    if (body.status !== 'pending') break;
    if (body.validation_code && Math.floor(choice * 1000) % 5 > 0) {
      await arena.simulator.type(phone_number, body.validation_code);
      break;
    }
    await pause(200);
  }
  return asked;
}

/** The tag of some job of this installation that has ended without a number. */
const endedTag = (arena) =>
  arena.stack.psql(`SELECT telephony_internal.tag_of(id) FROM telephony_internal.jobs
    WHERE kind = 'provision' AND state IN ('cancelled', 'failed') ORDER BY id LIMIT 1`);

/** How each kind of event of schedule.mjs is carried out. */
const PERFORM = {
  SIGKILL: (arena, { car }) => killed(arena, arena.cars[car]),
  'SIGKILL at a step': async (arena, { car, step }) => {
    await atStep(arena.cars[car], step);
    await killed(arena, arena.cars[car]);
  },
  SIGTERM: async (arena, { car }) => {
    if (!arena.cars[car].daemon.running) throw new Impossible('the sidecar does not run');
    await arena.end(arena.cars[car], 'SIGTERM');
    await arena.launch(arena.cars[car]);
  },
  'SIGSTOP, SIGCONT': async (arena, { car, step, milliseconds }) => {
    await atStep(arena.cars[car], step);
    await frozen(arena.cars[car], milliseconds);
  },
  'SIGSTOP past the lease': async (arena, { car, step, milliseconds }) => {
    await atStep(arena.cars[car], step);
    await frozen(arena.cars[car], milliseconds);
  },
  // Cut off from the database with a purchase under way, and frozen until another has taken the job over: it wakes with
  // the number in hand, and still without the database.
  'split brain': async (arena, { car, milliseconds }) => {
    const target = arena.cars[car];
    await arena.simulator.fault('buy', { kind: 'latency', milliseconds: 250 }, { times: 3 });
    await atStep(target, /purchase posted/);
    target.link.cut();
    try {
      await atStep(target, / purchased /, 1_500);
      await frozen(target, milliseconds);
      await pause(2_500);
    } finally {
      target.link.mend();
    }
  },
  'database link cut': async (arena, { car, milliseconds }) => {
    arena.cars[car].link.cut();
    await mendedAfter(arena.cars[car], milliseconds);
  },
  'database link cut at a purchase': async (arena, { car, milliseconds }) => {
    await atStep(arena.cars[car], /purchase posted/);
    arena.cars[car].link.cut();
    await mendedAfter(arena.cars[car], milliseconds);
  },
  'database link frozen': async (arena, { car, milliseconds }) => {
    arena.cars[car].link.freeze();
    await mendedAfter(arena.cars[car], milliseconds);
  },
  'statement lost before COMMIT': (arena, { car, statement }) => trapped(arena.cars[car], statement, 'before'),
  'answer to COMMIT lost': (arena, { car, statement }) => trapped(arena.cars[car], statement, 'after'),
  'NOTIFY lost': async (arena, { car, milliseconds }) => {
    arena.cars[car].link.deafen();
    await mendedAfter(arena.cars[car], milliseconds);
  },
  'NOTIFY repeated': async (arena, { times }) => {
    await arena.stack.psql(`SELECT pg_notify('telephony_jobs', n::text) FROM generate_series(1, ${times}) n`);
  },
  'backends terminated': (arena) =>
    arena.stack.psql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'telephonyd'`),
  "tenant's transaction left open": (arena, { milliseconds }) =>
    arena.stack.psql(
      `BEGIN; SELECT FROM telephony_api.organizations ORDER BY id FOR UPDATE; SELECT pg_sleep(${milliseconds / 1000}); COMMIT;`,
    ),
  'migrate() under load': (arena) => arena.stack.psql('SELECT telephony.migrate()'),
  'database down': (arena, { mode, milliseconds }) =>
    arena.server.run(async () => {
      await arena.stack.cluster.stop(mode);
      await pause(milliseconds);
      await arena.stack.cluster.start();
    }),
  // Other jobs' COMMITs flush the claim; the candidate that was just answered waits for nobody's.
  'crash right after a candidate': (arena, { car }) =>
    new Promise((resolve, reject) => {
      const tooLate = setTimeout(() => reject(new Impossible('no candidate was sent')), PATIENCE);
      arena.cars[car].link.watch('candidate', () => {
        clearTimeout(tooLate);
        resolve(arena.server.run(() => arena.stack.cluster.restart('immediate')));
      });
    }),
  'a number bought in the console': async (arena, { choice, name }) => {
    const names = {
      'Front desk': 'Front desk',
      'another installation': ANOTHER_INSTALLATION(),
      'unknown job': await arena.stack.psql('SELECT telephony_internal.tag_of(gen_random_uuid())'),
    };
    consoleNumbers += 1;
    await consoleBuys(arena, choice, `+1212${String(2_000_000 + consoleNumbers)}`, names[name]);
  },
  'the candidate bought in the console': async (arena) => {
    const hold = await arena.simulator.fault('buy', { kind: 'hold', when: 'before' }, { times: 1 });
    try {
      const [job] = await until(
        'a job that is buying',
        () =>
          arena.stack
            .rows(`SELECT number::text, account_sid FROM telephony_internal.jobs WHERE state = 'buying' LIMIT 1`)
            .then((rows) => rows.length > 0 && rows),
        { timeout: 2_000 },
      ).catch(() => {
        throw new Impossible('no job is buying');
      });
      arena.book.confused.add(job.number);
      await arena.simulator.console('buy', {
        account_sid: job.account_sid,
        phone_number: job.number,
        friendly_name: 'Front desk',
      });
    } finally {
      await arena.simulator.release(hold);
    }
  },
  'a number renamed in the console': async (arena, { choice, name }) => {
    const number = await ourNumber(arena, choice);
    const names = {
      'Front desk': () => 'Front desk',
      'another installation': ANOTHER_INSTALLATION,
      'tag of an ended job': () => endedTag(arena),
    };
    const friendly_name = await names[name]();
    if (!friendly_name) throw new Impossible('no job has ended yet');
    arena.book.confused.add(number.phone_number);
    await arena.simulator.console('rename', { sid: number.sid, friendly_name });
  },
  // Once its purchase is recorded the SID proves whose a number is; until then a number that was changed since it was
  // bought may be somebody else's, and is a conflict.
  'a voice URL changed in the console': async (arena, { choice }) => {
    const number = await ourNumber(arena, choice, ({ voice_url }) => voice_url.startsWith(VOICE_URL));
    if (!(await isRecorded(arena, number.sid))) arena.book.inDoubt.add(number.phone_number);
    await arena.simulator.console('set_voice_url', { sid: number.sid, voice_url: 'https://elsewhere.example.com/' });
  },
  // Purchases that are under way meanwhile may still be given the settings before.
  'voice settings applied': async (arena, { choice, version, all }) => {
    const live = await arena.stack.rows(
      `SELECT org_id FROM telephony_api.phone_numbers WHERE status = 'live' ORDER BY 1`,
    );
    if (live.length === 0) throw new Impossible('no number is live');
    await arena.stack.psql(`SELECT telephony_internal.set_voice_settings(voice_url => '${VOICE_URL}?v=${version}')`);
    const whose = all ? '' : `'${live[Math.floor(choice * live.length)].org_id}'`;
    try {
      await arena.stack.psql(`SELECT FROM telephony_internal.apply_voice_settings(${whose})`);
    } catch (error) {
      throw /has no live number/.test(error.message) ? new Impossible('it was released') : error;
    }
  },
  // An operator gives up what no sidecar is at work on: it must stay at Twilio as it is from then on.
  'a number written off': async (arena, { choice }) => {
    const waiting = await arena.stack.rows(`SELECT number::text FROM telephony_internal.jobs
      WHERE state IN ('in_doubt', 'bought', 'releasing') AND kind <> 'erase' AND lease_until IS NULL ORDER BY id`);
    if (waiting.length === 0) throw new Impossible('nothing waits');
    const { number } = waiting[Math.floor(choice * waiting.length)];
    try {
      await arena.stack.psql(`SELECT FROM telephony_internal.write_off_number('${number}', 'torture')`);
    } catch (error) {
      throw /PT40[49]|at work|no organization holds/.test(error.message) ? new Impossible('it was taken up') : error;
    }
    arena.book.writtenOff.set(number, Date.now());
  },
  'a live number deleted in the console': async (arena, { choice }) => {
    const live = new Set(
      (await arena.stack.rows(`SELECT number_sid FROM telephony_api.phone_numbers WHERE status = 'live'`)).map(
        (row) => row.number_sid,
      ),
    );
    const number = await ourNumber(arena, choice, ({ sid }) => live.has(sid));
    arena.book.deleted.add(number.sid);
    await arena.simulator.console('delete', { sid: number.sid });
  },
  'token rotated': async (arena, { tenant, milliseconds }) => {
    const owner = arena.tenants[tenant];
    owner.account.authToken = randomBytes(16).toString('hex');
    await arena.simulator.account(owner.account);
    await pause(milliseconds);
    return `${(await handIn(owner, owner.account)).status}`;
  },
  'credentials handed in again': async (arena, { tenant }) =>
    `${(await handIn(arena.tenants[tenant], arena.tenants[tenant].account)).status}`,
  "wrong token for another tenant's account": async (arena, { tenant, other, milliseconds }) => {
    const wrong = { accountSid: arena.tenants[other].account.accountSid, authToken: randomBytes(16).toString('hex') };
    const { status } = await handIn(arena.tenants[tenant], wrong);
    await pause(milliseconds);
    await handIn(arena.tenants[tenant], arena.tenants[tenant].account);
    return `${status}`;
  },
  request: async (arena, { tenant, calls, choice = 0 }) => {
    const organization = arena.tenants[tenant];
    const wishes = calls.includes('provision') ? await wishesOf(organization, tenant) : {};
    const functions = {
      provision: ['provision_number', { country_code: tenant % 2 ? 'US' : 'NG', ...wishes }],
      release: ['release_number'],
    };
    if (calls.includes('release')) arena.book.releases.add(organization.id);
    const answers = await Promise.all(calls.map((call) =>
      call === 'verify' ? verify(arena, organization, choice) : organization.rpc(...functions[call])));
    return answers.map((answer, i) => `${calls[i]} ${answer.status}`).join(', ');
  },
  'twilio fault': async (arena, event) => {
    const id = await arena.simulator.fault(event.operation, event.fault, { times: event.times, after: event.after });
    arena.ordered.push({ id, ...event });
    if (event.fault.kind !== 'hold') return;
    await pause(event.milliseconds);
    await recordActed(arena);
    await arena.simulator.release(id);
  },
  'given up purchase': async (arena) => {
    const fault = GIVEN_UP.fault();
    const id = await arena.simulator.fault(GIVEN_UP.operation, fault, { times: 1 });
    arena.ordered.push({ id, ...GIVEN_UP, fault, times: 1 });
    // Its job gives up only if the purchase can neither be repeated nor seen.
    await arena.simulator.fault('buy', { kind: 'status', status: 400, code: 21422, when: 'before' }, { times: 2 });
  },
};

function trapped(car, statement, moment) {
  return new Promise((resolve, reject) => {
    const tooLate = setTimeout(() => reject(new Impossible(`no ${statement} was sent`)), PATIENCE);
    car.link.trap(statement, moment, () => {
      clearTimeout(tooLate);
      resolve();
    });
  });
}

/** Counts the Twilio faults that have acted since they were ordered, and forgets those that are spent. */
export async function recordActed(arena) {
  const { ordered } = arena;
  const left = new Map((await arena.simulator.faultsInForce()).map(({ id, times }) => [id, times]));
  for (const order of ordered) {
    const now = order.times - Math.min(order.times, left.get(order.id) ?? 0);
    if (now === (order.acted ?? 0)) continue;
    arena.journal.injected(order.kind, now - (order.acted ?? 0));
    order.acted = now;
  }
}

/** True when a purchase of this round is applied after its job may have given it up. */
export const hasGivenUp = (arena) => arena.ordered.some((order) => order.kind === GIVEN_UP.kind && order.acted > 0);

/** Carries out one event; what it did, or why it could not, is in the journal. */
export async function perform(arena, event) {
  const { at, do: name, ...details } = event;
  arena.note(`${name} ${JSON.stringify(details, (_, value) => (value instanceof RegExp ? String(value) : value))}`);
  try {
    const outcome = await PERFORM[name](arena, event);
    if (event.kind && name !== 'twilio fault') arena.journal.injected(event.kind);
    if (typeof outcome === 'string') arena.note(`${name}: ${outcome}`);
  } catch (error) {
    // In a storm much is impossible at times; what must not be is looked for when it is over.
    arena.note(`${name} did not happen: ${error.message.split('\n')[0]}`);
  }
}
