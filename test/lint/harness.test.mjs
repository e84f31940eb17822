// The harness itself: what it says when something fails, and what of the caller's environment it keeps.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until, within } from '../harness/deadline.mjs';
import { cleaned } from '../harness/environment.mjs';
import { countTap } from '../harness/tap.mjs';
import { differences } from '../model/model.mjs';
import { Truth } from '../torture/truth.mjs';

test('a failure of several files in one output is named with its file', () => {
  const lines = [
    'test/pgtap/api.sql ........ ',
    'ok 1 - a',
    'test/pgtap/jobs.sql .. ',
    'not ok 1 - b',
    "#   Failed test 1: 'b'",
    'ok 2',
  ];
  assert.deepEqual(countTap(lines, { heading: /^(\S+\.sql) \.+/ }), {
    passed: 2,
    failed: 1,
    skipped: 0,
    failures: ['test/pgtap/jobs.sql: not ok 1 - b', "#   Failed test 1: 'b'"],
  });
  assert.deepEqual(countTap(['not ok 1 - c'], { file: 'test/e2e/c.test.mjs' }).failures, [
    'test/e2e/c.test.mjs: not ok 1 - c',
  ]);
});

test('of two tables only what differs is shown', () => {
  assert.equal(
    differences(['a b', 'c d', 'e f'], ['e f', 'a b', 'g h']),
    '  only in the model: c d\n  only in telephonyd: g h',
  );
  assert.equal(differences(['a', 'b'], ['b', 'a']), '');
});

test('a wait in vain says for what, and what there was instead', async () => {
  await assert.rejects(until('alert about PN1', () => undefined, { timeout: 1, interval: 1, seen: () => 'no alert' }), {
    message: 'waited 1 ms in vain for: alert about PN1; seen instead: no alert',
  });
  await assert.rejects(
    until('the row', () => false, { timeout: 1, interval: 1 }),
    /for: the row; the condition last gave false/,
  );
  await assert.rejects(
    within(1, () => 'the end', new Promise(() => {})),
    { message: 'waited 1 ms in vain for: the end' },
  );
});

test('of the environment the harness keeps the names it knows', () => {
  const caller = {
    PATH: '/bin',
    PGHOST: 'x',
    LC_ALL: 'tr_TR',
    https_proxy: 'x',
    TELEPHONYD_WORKER: 'x',
    NODE_OPTIONS: 'x',
    SEED: '1',
  };
  assert.deepEqual(cleaned(caller), { PATH: '/bin', SEED: '1', LANG: 'C.UTF-8', TZ: 'UTC' });
});

test('torture blames nobody for a conflict over a number that was changed while its purchase was in doubt', async () => {
  const job = { id: 'a', state: 'conflict', kind: 'provision', number: '+14156720001', tag: 'telephony:x:a' };
  const held = { sid: 'PN1', phone_number: job.number, friendly_name: job.tag, date_created: '2026-11-27T12:00:00Z' };
  const noCalls = { calls: [], verified: [], validations: [], caller_ids: [] };
  const judged = async (book) => {
    const findings = [];
    const arena = {
      stack: { row: async () => ({ prefix: 'telephony:x:', jobs: [job], numbers: [], holds: [], ...noCalls }) },
      simulator: { state: async () => ({ numbers: [held], released: [], changed: [], ...noCalls }) },
      journal: { finding: (what) => findings.push(what) },
      book: { foreign: new Map(), deleted: new Set(), confused: new Set(), inDoubt: new Set(), ...book },
    };
    await new Truth().judge(arena, { repaired: false, givenUp: false });
    return findings;
  };
  assert.deepEqual(await judged({ inDoubt: new Set([job.number]) }), []);
  assert.deepEqual(await judged({ inDoubt: new Set(['+14156720002']) }), [
    'a job is in conflict although nobody interfered',
  ]);
});
