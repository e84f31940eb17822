// What can go wrong at Twilio: every kind of fault that torture orders from the simulator, and how likely it is.

/**
 * Time is scaled: what takes minutes and hours at Twilio takes seconds here, in the same order. A purchase may take
 * effect or be listed up to LATE after it was sent; settings.absence_window is longer than both together, and the late
 * horizon longer than anything.
 */
export const LATE = 1500;

/** How long a purchase that is applied after it was given up stays away: past absence_window, within late_horizon. */
export const VERY_LATE = 9_000;

/** What torture needs the database's settings to be. */
export const SETTINGS = {
  request_life: '2 seconds',
  absence_window: '6 seconds',
  absence_observations: 3,
  absence_poll: '2 seconds',
  late_horizon: '25 seconds',
  purchases_per_hour: 1_000_000,
  searches_per_hour: 1_000_000,
  caller_id_calls_per_day: 1_000_000,
  caller_ids_per_day: 1_000_000,
  calls_per_hour: 1_000_000,
  calls_per_day: 1_000_000,
  call_prices_per_day: 1_000_000,
  call_time_limit: '2 seconds',
  call_poll: '0.3 seconds',
  caller_id_grace: '1 second',
};

/** Every telephonyd's flags: as quick as rule ROLLBACK_IN_LEASE allows with that request_life. */
export const FLAGS = {
  'rollback-after': 1,
  'poll-interval': 0.4,
  'database-timeout': 2,
  'request-timeout': 1.4,
  'connect-timeout': 0.6,
  lease: 5,
  'drain-timeout': 2,
  'account-concurrency': 12,
};

const status = (code, httpStatus, when, headers) => ({
  kind: 'status',
  status: httpStatus,
  code,
  when,
  ...(headers && { headers }),
});
const throttle = status(20429, 429, 'before', { 'Retry-After': '1' });

/** kind: what it is called in the report; `fault` makes it, given a Random; weight: how often it is drawn. */
export const TWILIO_FAULTS = [
  {
    kind: 'purchase cut before it is applied',
    operation: 'buy',
    weight: 6,
    fault: () => ({ kind: 'cut', when: 'before' }),
  },
  {
    kind: 'purchase cut after it was applied',
    operation: 'buy',
    weight: 8,
    fault: () => ({ kind: 'cut', when: 'after' }),
  },
  {
    kind: 'purchase applied late',
    operation: 'buy',
    weight: 6,
    fault: (random) => ({ kind: 'apply_late', milliseconds: random.between(100, LATE) }),
  },
  {
    kind: 'purchase held up before it is applied',
    operation: 'buy',
    weight: 3,
    fault: () => ({ kind: 'hold', when: 'before' }),
  },
  { kind: 'answer to a purchase held up', operation: 'buy', weight: 4, fault: () => ({ kind: 'hold', when: 'after' }) },
  {
    kind: 'purchase not listed at once',
    operation: 'buy',
    weight: 6,
    fault: (random) => ({ kind: 'lag', milliseconds: random.between(100, LATE) }),
  },
  {
    kind: 'answer to a purchase unreadable',
    operation: 'buy',
    weight: 3,
    fault: (random) => ({ kind: 'garbage', when: random.pick(['before', 'after']) }),
  },
  {
    kind: '5xx on a purchase that was not made',
    operation: 'buy',
    weight: 5,
    fault: () => status(20503, 503, 'before'),
  },
  { kind: '5xx on a purchase that was made', operation: 'buy', weight: 6, fault: () => status(20500, 500, 'after') },
  { kind: '429 on a purchase', operation: 'buy', weight: 4, fault: () => throttle },
  {
    kind: 'number sold to somebody else (21422)',
    operation: 'buy',
    weight: 6,
    fault: () => status(21422, 400, 'before'),
  },
  { kind: 'address in another town (21615)', operation: 'buy', weight: 2, fault: () => status(21615, 400, 'before') },
  { kind: 'purchase refused for good (21649)', operation: 'buy', weight: 1, fault: () => status(21649, 400, 'before') },
  { kind: 'call cut before it is placed', operation: 'validate', weight: 2, fault: () => ({ kind: 'cut',
      when: 'before' }) },
  { kind: 'call cut after it was placed', operation: 'validate', weight: 3, fault: () => ({ kind: 'cut',
      when: 'after' }) },
  {
    kind: 'call placed late',
    operation: 'validate',
    weight: 2,
    fault: (random) => ({ kind: 'apply_late', milliseconds: random.between(100, LATE) }),
  },
  { kind: 'answer to a call held up', operation: 'validate', weight: 2, fault: () => ({ kind: 'hold',
      when: 'after' }) },
  { kind: '5xx on a call that was placed', operation: 'validate', weight: 2, fault: () => status(20500, 500, 'after') },
  { kind: '429 on a call', operation: 'validate', weight: 2, fault: () => throttle },
  {
    kind: 'call without its code',
    operation: 'validate',
    weight: 1,
    fault: (random) => ({ kind: 'omit', fields: random.pick([['validation_code'], ['call_sid'], ['call_sid',
        'validation_code']]) }),
  },
  { kind: 'list of caller ids cut', operation: 'list_caller_ids', weight: 2, fault: () => ({ kind: 'cut',
      when: 'before' }) },
  {
    kind: 'caller id not listed at once',
    operation: 'list_caller_ids',
    weight: 2,
    fault: (random) => ({ kind: 'lag', milliseconds: random.between(100, LATE) }),
  },
  { kind: '429 storm', operation: 'any', weight: 2, storm: true, fault: () => throttle },
  { kind: '5xx storm', operation: 'any', weight: 2, storm: true, fault: () => status(20503, 503, 'before') },
  { kind: '401', operation: 'any', weight: 1, fault: () => status(20003, 401, 'before') },
  { kind: '401 on a release', operation: 'delete', weight: 2, fault: () => status(20003, 401, 'before') },
  { kind: 'list cut', operation: 'list', weight: 8, fault: () => ({ kind: 'cut', when: 'before' }) },
  { kind: 'list unreadable', operation: 'list', weight: 4, fault: () => ({ kind: 'garbage' }) },
  { kind: '5xx on a list', operation: 'list', weight: 8, fault: () => status(20500, 500, 'before') },
  { kind: 'search cut', operation: 'search', weight: 4, fault: () => ({ kind: 'cut', when: 'before' }) },
  { kind: '5xx on a search', operation: 'search', weight: 4, fault: () => status(20503, 503, 'before') },
  { kind: '404 on a number that exists', operation: 'get', weight: 5, fault: () => status(20404, 404, 'before') },
  { kind: '5xx on reading a number', operation: 'get', weight: 3, fault: () => status(20500, 500, 'before') },
  {
    kind: 'release cut before it is applied',
    operation: 'delete',
    weight: 5,
    fault: () => ({ kind: 'cut', when: 'before' }),
  },
  {
    kind: 'release cut after it was applied',
    operation: 'delete',
    weight: 7,
    fault: () => ({ kind: 'cut', when: 'after' }),
  },
  { kind: '5xx on a release that was made', operation: 'delete', weight: 6, fault: () => status(20500, 500, 'after') },
  {
    kind: '404 on a release that was not made',
    operation: 'delete',
    weight: 4,
    fault: () => status(20404, 404, 'before'),
  },
  // No later than a rescuer waits after the lease: a DELETE that is late by more could not be told from a fresh one.
  {
    kind: 'release applied late',
    operation: 'delete',
    weight: 4,
    fault: (random) => ({ kind: 'apply_late', milliseconds: random.between(100, LATE) }),
  },
  {
    kind: 'answer slow',
    operation: 'any',
    weight: 10,
    fault: (random) => ({ kind: 'latency', milliseconds: random.between(50, 900) }),
  },
];

/** Drawn apart from the others: it leaves an orphan that only reconcile --repair can release. */
export const GIVEN_UP = {
  kind: 'purchase applied after it was given up',
  operation: 'buy',
  fault: () => ({ kind: 'apply_late', milliseconds: VERY_LATE }),
};
