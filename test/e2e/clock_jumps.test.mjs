// The clock of telephonyd's host jumps, by hours and days and both ways, as it does when somebody sets it or a machine
// has slept: nothing is bought twice, lost or alerted, and everything goes on.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { freePort } from '../harness/postgrest.mjs';
import { REQUEST_LIFE, TAKEOVER } from '../harness/sidecar.mjs';
import { Stack } from '../harness/stack.mjs';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** The clocks as a program sees them: moved by what a file says, in seconds, at any moment. */
const CLOCKS = `
  #define _GNU_SOURCE
  #include <dlfcn.h>
  #include <fcntl.h>
  #include <stdlib.h>
  #include <sys/mman.h>
  #include <sys/time.h>
  #include <sys/timerfd.h>
  #include <time.h>
  static const volatile long long *moved;
  static int (*real)(clockid_t, struct timespec *);
  __attribute__((constructor)) static void begin(void) {
    const int file = open(getenv("MOVED_CLOCKS"), O_RDONLY);
    void *memory = mmap(0, 16, PROT_READ, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) abort();
    moved = memory;
  }
  int clock_gettime(clockid_t clock, struct timespec *time) {
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    const int result = real(clock, time);
    if (!moved || result != 0) return result;
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) time->tv_sec += moved[0];
    if (clock == CLOCK_BOOTTIME) time->tv_sec += moved[1];
    return result;
  }
  // A timer that was set by a moved clock goes off by the kernel's.
  int timerfd_settime(int timer, int flags, const struct itimerspec *at, struct itimerspec *before) {
    int (*set)(int, int, const struct itimerspec *, struct itimerspec *) = dlsym(RTLD_NEXT, "timerfd_settime");
    struct itimerspec moved_at = *at;
    if (moved_at.it_value.tv_sec > moved[1]) moved_at.it_value.tv_sec -= moved[1];
    return set(timer, flags, &moved_at, before);
  }
  time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
  }
  int gettimeofday(struct timeval *restrict result, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    result->tv_sec = now.tv_sec;
    result->tv_usec = now.tv_nsec / 1000;
    return 0;
  }`;

/** @type {Stack} */
let stack;
/** The telephonyd whose clocks are moved, and where it shows how it is. */
let sidecar;
let status;
let clocks;
before(async () => {
  stack = await Stack.start({
    settings: { request_life: REQUEST_LIFE, absence_window: '0', absence_poll: '0.1 seconds', absence_observations: 2 },
    upkeep: { fold_counts: '0.3 seconds' },
    flags: TAKEOVER,
  });
  await stack.sidecar.daemon.stop();
  const source = stack.sandbox.privateFile('clocks.c', CLOCKS);
  const library = join(stack.sandbox.directory, 'clocks.so');
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  chmodSync(library, 0o755);
  clocks = stack.sandbox.privateFile('clocks', Buffer.alloc(16));
  status = `127.0.0.1:${await freePort()}`;
  sidecar = await stack.startSidecar({
    flags: { ...TAKEOVER, 'status-listen': status },
    wrapper: ['env', `LD_PRELOAD=${library}`, `MOVED_CLOCKS=${clocks}`],
  });
});
after(() => stack?.close());

/** Moves the wall clock, and the clock since boot, to so many seconds from what they are. */
function move({ wall = 0, boot = 0 }) {
  const file = openSync(clocks, 'r+');
  writeSync(file, new BigInt64Array([BigInt(wall), BigInt(boot)]), 0, 16, 0);
  closeSync(file);
}

/** The sum of all alerts so far. */
async function alerts() {
  const text = await (await fetch(`http://${status}/metrics`)).text();
  const counts = [...text.matchAll(/^telephonyd_alerts_total\{.*\} (\d+)$/gm)].map(([, count]) => Number(count));
  assert.ok(counts.length > 5);
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Has `operation` held up at Twilio after it was carried out while `during` runs. */
async function heldUp(operation, ask, during) {
  const count = (await stack.simulator.count(operation, 'applied')) + 1;
  const hold = await stack.simulator.fault(operation, { kind: 'hold', when: 'after' });
  await ask();
  await stack.simulator.reached(operation, 'applied', { count });
  await during();
  await stack.simulator.release(hold);
}

for (const [name, wall] of [
  ['three hours ahead', 3 * HOUR],
  ['three hours back', -3 * HOUR],
  ['forty days ahead', 40 * DAY],
  ['forty days back', -40 * DAY],
]) {
  test(`the wall clock jumps ${name} in the middle of a purchase, and back in the middle of its release`, async () => {
    const organization = stack.organization();
    const before_ = await stack.simulator.state();
    const from = sidecar.daemon.lines.length;
    await heldUp('buy', () => organization.provision('US'), () => move({ wall }));
    const [, stamp] = await sidecar.log(/^(\S+Z) .*operation=buy/, { from });
    assert.ok(Math.abs(Date.parse(stamp) - Date.now() - wall * 1000) < HOUR * 1000, `its clock is moved: ${stamp}`);
    assert.equal((await organization.finished()).state, 'done');
    const folds = () =>
      stack.row(`SELECT token FROM telephony_internal.upkeep WHERE task = 'fold_counts'`).then(({ token }) => token);
    const token = await folds();
    await until('upkeep goes on', async () => (await folds()) > token);
    await heldUp('delete', () => organization.rpc('release_number'), () => move({}));
    assert.equal((await organization.finished()).state, 'released');
    const { purchases, releases } = await stack.simulator.state();
    assert.deepEqual([purchases - before_.purchases, releases - before_.releases], [1, 1]);
    assert.equal(await alerts(), 0);
  });
}

test('the host has slept for hours', async (t) => {
  const before_ = await stack.simulator.state();

  await t.test('between the search and the purchase: its lease is over, and whoever gets the job again buys', async () => {
    const organization = stack.organization();
    await heldUp('search', () => organization.provision('US'), async () => {
      move({ boot: 9 * HOUR });
      await stack.psql(`UPDATE telephony_internal.jobs SET lease_until = lease_until - interval '9 hours'
        WHERE org_id = '${organization.id}'`);
    });
    assert.equal((await organization.finished({ timeout: 60_000 })).state, 'done');
  });

  await t.test("in the middle of the purchase: the number is the organization's", async () => {
    const organization = stack.organization();
    await heldUp('buy', () => organization.provision('US'), () => move({ boot: 18 * HOUR }));
    assert.equal((await organization.finished({ timeout: 60_000 })).state, 'done');
  });

  const { purchases, releases } = await stack.simulator.state();
  assert.deepEqual([purchases - before_.purchases, releases - before_.releases], [2, 0]);
  assert.equal((await stack.organization().provisioned('US')).state, 'done', 'and it goes on');
});
