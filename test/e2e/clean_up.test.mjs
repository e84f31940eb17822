// Nothing that a run starts outlives it, however the run ends.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { until, within } from '../harness/deadline.mjs';

/** A run with a server in its sandbox, which would go on for ever; tells where it is and whom it started. */
const RUN = `
import { Cluster } from '${new URL('../harness/cluster.mjs', import.meta.url)}';
import { Sandbox } from '${new URL('../harness/sandbox.mjs', import.meta.url)}';
const sandbox = Sandbox.open();
const cluster = await Cluster.create(sandbox);
const stopped = sandbox.start('stopped', '/bin/sh', ['-c', 'echo here; exec tail -f /dev/null']);
await stopped.line(/here/);
process.kill(stopped.pid, 'SIGSTOP');
console.log(JSON.stringify({ directory: sandbox.directory, pids: [cluster.postmaster.pid, stopped.pid] }));
`;

/** True while a process runs; one that has ended, but that init has not yet taken note of, does not. */
function runs(pid) {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error;
    return false;
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL']) {
  test(
    `a run ended by ${signal} leaves no process and no file, not even a stopped process`,
    { timeout: 60_000 },
    async () => {
      const run = spawn(process.execPath, ['--input-type=module', '--eval', RUN], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(run, 'exit');
      const [line] = await within(
        30_000,
        'the run says where it is',
        once(createInterface({ input: run.stdout }), 'line'),
      );
      const { directory, pids } = JSON.parse(line);
      assert.ok(existsSync(directory));
      assert.deepEqual(pids.map(runs), [true, true]);

      run.kill(signal);

      assert.deepEqual(await within(20_000, 'end of the run', ended), [null, signal]);
      await until('directory removed', () => !existsSync(directory));
      assert.deepEqual(pids.map(runs), [false, false]);
    },
  );
}
