// What telephonyd refuses at its start: it says the setting, and ends with the exit code of the manual.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Sidecar } from '../harness/sidecar.mjs';
import { Stack } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
before(async () => {
  stack = await Stack.start();
});
after(() => stack?.close());

/** Starts `telephonyd run` with more options; resolves to its exit code and all it says. */
async function refusal({ flags = {}, ...options }) {
  const { code, lines } = await Sidecar.command(stack.sandbox, stack.sidecarOptions({ flags, ...options }), 'run');
  return { code, text: lines.join('\n') };
}

test('a log file that cannot be written ends with 78 and says which', async () => {
  for (const file of ['/proc/no/such/file', stack.sandbox.privateDirectory('not-a-file')]) {
    const { code, text } = await refusal({ flags: { 'log-file': file } });
    assert.equal(code, 78, text);
    assert.match(text, /^telephonyd: --log-file cannot be used: .*/m);
    assert.ok(text.includes(file), text);
  }
});

test('too few file descriptors for the jobs end with 78; a limit that may be raised is', async () => {
  const limited = (soft, hard) => ['prlimit', `--nofile=${soft}:${hard}`];
  const { code, text } = await refusal({ flags: { 'max-jobs': 500 }, wrapper: limited(256, 256) });
  assert.equal(code, 78, text);
  assert.match(text, /too few file descriptors: --max-jobs 500 .* the limit is 256: raise it/);
  const sidecar = await stack.startSidecar({ flags: { 'max-jobs': 500 }, wrapper: limited(256, 4096) });
  await sidecar.daemon.stop();
});

test('settings of the database that are out of range are refused where they are set, by name', async () => {
  for (const [setting, value] of [
    ['late_horizon', "'200000 years'"],
    ['request_life', "'2 hours'"],
    ['absence_window', "'2 days'"],
    ['absence_poll', "'2 hours'"],
    ['absence_observations', '1000000'],
    ['job_deadline', "'1000 years'"],
  ]) {
    await assert.rejects(
      stack.psql(`UPDATE telephony_internal.settings SET ${setting} = ${value}`),
      (error) => error.sqlstate === '23514' && error.message.includes(`settings_${setting}_check`),
      setting,
    );
  }
});
