// A round of torture as data: what happens when, drawn from the seed before anything runs.

import { TWILIO_FAULTS } from './twilio_faults.mjs';

/** How long the storm of a round lasts, in milliseconds; then faults are taken away and the jobs must end. */
export const STORM = 7_000;

/** Lines that telephonyd writes at its steps: a signal can be set to strike at one of them. */
const STEPS = [
  /claimed job/,
  /purchase posted/,
  / purchased /,
  /operation=search/,
  /operation=list/,
  /operation=buy/,
  /operation=delete/,
  /job postponed/,
  /purchase not confirmed/,
  /database lost/,
  /rollback successful/,
  /voice settings applied/,
  /operation=validate/,
  /operation=call_price/,
];

/** Statements whose connection can be cut: events of advance(), and the other calls of the sidecar. */
const STATEMENTS = [
  'claim_jobs',
  'claim_calls',
  'placed',
  'renew_lease',
  'candidate',
  'send',
  'purchased',
  'settle',
  'released',
  'configured',
  'ambiguous',
  'not_seen',
  'postpone',
];

/** Tenants with odd numbers have an account of their own. */
const withOwnAccount = (random, tenants) => ({ tenant: random.between(0, Math.floor(tenants / 2) - 1) * 2 + 1 });
const sidecarEvent = (random, cars) => ({ car: random.between(0, cars - 1) });

/**
 * Kinds of events besides Twilio's faults. `draw` gives what else the event needs; `weight`: how often it is drawn.
 * How each is carried out stands in events.mjs, under the same name.
 */
const EVENTS = [
  { kind: 'SIGKILL', weight: 4, draw: sidecarEvent },
  {
    kind: 'SIGKILL at a step',
    weight: 12,
    draw: (random, cars) => ({ ...sidecarEvent(random, cars), step: random.pick(STEPS) }),
  },
  { kind: 'SIGTERM', weight: 2, draw: sidecarEvent },
  {
    kind: 'SIGSTOP, SIGCONT',
    weight: 3,
    draw: (random, cars) => ({
      ...sidecarEvent(random, cars),
      milliseconds: random.between(200, 2500),
      step: random.pick(STEPS),
    }),
  },
  {
    kind: 'SIGSTOP past the lease',
    weight: 2,
    draw: (random, cars) => ({
      ...sidecarEvent(random, cars),
      milliseconds: random.between(7_500, 8_500),
      step: random.pick(STEPS),
    }),
  },
  {
    kind: 'split brain',
    weight: 2,
    draw: (random, cars) => ({ ...sidecarEvent(random, cars), milliseconds: random.between(8_500, 10_000) }),
  },
  {
    kind: 'database link cut',
    weight: 5,
    draw: (random, cars) => ({ ...sidecarEvent(random, cars), milliseconds: random.between(50, 4_000) }),
  },
  {
    kind: 'database link cut at a purchase',
    weight: 3,
    draw: (random, cars) => ({ ...sidecarEvent(random, cars), milliseconds: random.between(1_500, 4_000) }),
  },
  {
    kind: 'database link frozen',
    weight: 3,
    draw: (random, cars) => ({ ...sidecarEvent(random, cars), milliseconds: random.between(500, 4_000) }),
  },
  {
    kind: 'statement lost before COMMIT',
    weight: 5,
    draw: (random, cars) => ({ ...sidecarEvent(random, cars), statement: random.pick(STATEMENTS) }),
  },
  {
    kind: 'answer to COMMIT lost',
    weight: 8,
    draw: (random, cars) => ({ ...sidecarEvent(random, cars), statement: random.pick(STATEMENTS) }),
  },
  {
    kind: 'NOTIFY lost',
    weight: 3,
    draw: (random, cars) => ({ ...sidecarEvent(random, cars), milliseconds: random.between(500, 3_000) }),
  },
  { kind: 'NOTIFY repeated', weight: 4, draw: (random) => ({ times: random.between(2, 20) }) },
  { kind: 'backends terminated', weight: 3, draw: () => ({}) },
  {
    kind: "tenant's transaction left open",
    weight: 2,
    draw: (random) => ({ milliseconds: random.between(500, 2_500) }),
  },
  { kind: 'migrate() under load', weight: 1, draw: () => ({}) },
  { kind: 'crash right after a candidate', weight: 2, draw: sidecarEvent },
  {
    kind: 'a number bought in the console',
    weight: 2,
    draw: (random) => ({
      choice: random.next(),
      name: random.pick(['Front desk', 'another installation', 'unknown job']),
    }),
  },
  { kind: 'the candidate bought in the console', weight: 3, draw: () => ({}) },
  {
    kind: 'a number renamed in the console',
    weight: 4,
    draw: (random) => ({
      choice: random.next(),
      name: random.pick(['Front desk', 'tag of an ended job', 'another installation']),
    }),
  },
  { kind: 'a voice URL changed in the console', weight: 2, draw: (random) => ({ choice: random.next() }) },
  {
    kind: 'voice settings applied',
    weight: 3,
    draw: (random) => ({ choice: random.next(), version: random.between(1, 1000), all: random.chance(0.3) }),
  },
  { kind: 'a number written off', weight: 2, draw: (random) => ({ choice: random.next() }) },
  { kind: 'a live number deleted in the console', weight: 1, draw: (random) => ({ choice: random.next() }) },
  {
    kind: 'token rotated',
    weight: 2,
    draw: (random, cars, tenants) => ({ ...withOwnAccount(random, tenants), milliseconds: random.between(0, 1_500) }),
  },
  { kind: 'credentials handed in again', weight: 2, draw: (random, cars, tenants) => withOwnAccount(random, tenants) },
  {
    kind: "wrong token for another tenant's account",
    weight: 2,
    draw: (random, cars, tenants) => ({
      ...withOwnAccount(random, tenants),
      other: withOwnAccount(random, tenants).tenant,
      milliseconds: random.between(200, 1_500),
    }),
  },
];

/** What tenants ask for in a round; `calls` are sent at the same time. */
const REQUESTS = [
  { weight: 8, calls: ['provision'] },
  { weight: 3, calls: ['release'] },
  { weight: 3, calls: ['provision', 'provision'] },
  { weight: 2, calls: ['provision', 'release'] },
  { weight: 1, calls: ['release', 'release', 'provision'] },
  { weight: 4, calls: ['verify'] },
  { weight: 1, calls: ['verify', 'verify', 'provision'] },
];

function twilioFault(random) {
  const { kind, operation, fault, storm } = random.weighted(TWILIO_FAULTS);
  return {
    do: 'twilio fault',
    kind,
    operation,
    fault: fault(random),
    times: storm ? random.between(4, 8) : random.between(1, 3),
    after: storm ? 0 : random.between(0, 4),
    milliseconds: random.between(100, 1200), // until a held request goes on
  };
}

/**
 * Draws what ends a storm, if anything does: with Twilio in order again all tenants ask for a number, and a sidecar is
 * cut off and frozen with a purchase in hand. In the storm itself other faults mostly come in between.
 */
export function drawFinale(random, { cars, tenants }) {
  if (!random.chance(0.4)) return [];
  const requests = Array.from({ length: tenants }, (_, tenant) => ({ do: 'request', tenant, calls: ['provision'] }));
  return [
    {
      do: 'split brain',
      kind: 'split brain',
      car: random.between(0, cars - 1),
      milliseconds: random.between(8_500, 10_000),
    },
    ...requests,
  ];
}

/** Draws a round: events in order of time, each {at, do, kind, ...}. */
export function drawRound(random, { cars, tenants }) {
  const events = [];
  const at = (share = 1) => random.between(0, Math.floor(STORM * share));
  for (let tenant = 0; tenant < tenants; tenant++) {
    for (let count = random.between(3, 5); count > 0; count--) {
      events.push({ at: at(), do: 'request', tenant, calls: random.weighted(REQUESTS).calls, choice: random.next() });
    }
  }
  for (let count = random.between(115, 140); count > 0; count--) events.push({ at: at(), ...twilioFault(random) });
  for (let count = random.between(30, 40); count > 0; count--) {
    const { kind, draw } = random.weighted(EVENTS);
    events.push({ at: at(), do: kind, kind, ...draw(random, cars, tenants) });
  }
  const outages = ['none', 'none', 'restart fast', 'restart immediate', 'stop'];
  const outage = random.pick(outages);
  if (outage !== 'none') {
    const mode = outage === 'restart fast' ? 'fast' : 'immediate';
    const milliseconds = outage === 'stop' ? random.between(500, 4_000) : 0;
    events.push({ at: at(0.7), do: 'database down', kind: `database ${outage}`, mode, milliseconds });
  }
  if (random.chance(0.25)) events.push({ at: at(0.2), do: 'given up purchase' });
  return events.sort((one, other) => one.at - other.at);
}
