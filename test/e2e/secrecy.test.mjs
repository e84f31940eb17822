// A token that was handed in is found nowhere: not in logs, tables or dumps, not under /proc, in metrics or a core
// dump.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { server } from '../harness/cluster.mjs';
import { freePort } from '../harness/postgrest.mjs';
import { Stack } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
let org;
let port;
/** What telephonyd leaves where it runs, a core dump for one. */
let directory;

/** Starts a program where it could leave a core dump: in a directory of its own, with the limit as high as it goes. */
const dumping = () => ['/bin/sh', '-c', 'cd "$0" && ulimit -c "$(ulimit -Hc)" && exec "$@"', directory];

before(async () => {
  stack = await Stack.start({
    server: { log_min_error_statement: 'error' },
    flags: { 'log-level': 'debug', 'poll-interval': 0.5 },
  });
  await stack.sidecar.kill();
  directory = stack.sandbox.privateDirectory('working-directory');
  port = await freePort();
  stack.sidecar = await stack.startSidecar({
    wrapper: dumping(),
    flags: { ...stack.flags, 'status-listen': `127.0.0.1:${port}` },
  });
  org = stack.organization();
  await org.provisioned('US');
  // Every way to fail that has the token at hand: the box, the credentials, the account that is needed.
  const { accountSid, authToken } = org.account;
  for (const [sid, token] of [
    [authToken, accountSid],
    [accountSid, `${authToken}0`],
    [accountSid, `sealed:${authToken}`],
    [`AC${'f'.repeat(32)}`, authToken],
  ]) {
    const refused = await org.rpc('set_twilio_credentials', { account_sid: sid, auth_token: token });
    assert.ok([400, 409].includes(refused.status), JSON.stringify(refused.body));
    assert.ok(!JSON.stringify(refused.body).includes(authToken), 'not in the answer either');
  }
  // A 401 in the middle, and the credentials put right again.
  await stack.simulator.fault('get', {
    kind: 'status',
    status: 401,
    code: 20003,
    message: 'Authenticate',
    when: 'before',
  });
  await org.rpc('release_number');
  await org.setCredentials();
  await org.finished();
});
after(() => stack?.close());

/** The token in the forms in which it travels: as it is, in base64 with its user, and in hexadecimal. */
function forms() {
  const { accountSid, authToken } = org.account;
  const texts = [authToken, Buffer.from(authToken).toString('hex')];
  for (const text of [`${accountSid}:${authToken}`, authToken]) {
    // Wherever it begins within a run of base64, some of its digits are the same: without the first and last of them.
    for (const shift of [0, 1, 2]) texts.push(Buffer.from('x'.repeat(shift) + text).toString('base64').slice(4, -4));
  }
  return texts;
}

function assertHoldsNothing(where, text) {
  assert.ok(text.length > 0, `${where} is empty: nothing was searched`);
  assert.deepEqual(forms().filter((form) => text.includes(form)), [], where);
}

test('no log has it: PostgreSQL, which logs failing statements; PostgREST; telephonyd at level debug', () => {
  for (const { name, lines } of [stack.cluster.postmaster, stack.postgrest.daemon, stack.sidecar.daemon]) {
    assertHoldsNothing(name, lines.join('\n'));
  }
  assert.ok(stack.sidecar.daemon.lines.some((line) => / debug /.test(line)), 'level debug');
});

test('no table has it, nor a dump of the database, nor the files of the server', async () => {
  const tables =
    await stack.rows(`SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname LIKE 'telephony%'`);
  assert.ok(tables.some(({ name }) => name === 'telephony_internal.twilio_credentials'));
  for (const { name } of tables)
    assertHoldsNothing(name, `${name} ${await stack.psql(`SELECT t::text FROM ${name} t`)}`);
  const dump = await stack.sandbox.run('pg_dump', join(server.programs, 'pg_dump'), [], {
    environment: stack.cluster.environment({ database: stack.database }),
  });
  assertHoldsNothing('pg_dump', dump.output.join('\n'));
  await stack.psql('CHECKPOINT');
  const found = spawnSync(
    'grep',
    ['-r', '-l', '-a', '-F', ...forms().flatMap((form) => ['-e', form]), stack.cluster.data],
    { encoding: 'utf8' },
  );
  assert.deepEqual([found.status, found.stdout], [1, ''], 'write-ahead log and data files');
});

test('neither the command line nor the environment nor the metrics of telephonyd have it', async () => {
  const of = (name) => readFileSync(`/proc/${stack.sidecar.daemon.pid}/${name}`, 'latin1');
  assertHoldsNothing('cmdline', of('cmdline'));
  assertHoldsNothing('metrics', await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
  if (process.getuid() === 0) assertHoldsNothing('environ', of('environ'));
});

test('another process of the same user can read neither its memory nor its environment', async () => {
  const open = (pid, name) =>
    stack.sandbox
      .start('reader', '/bin/sh', ['-c', `exec 3< "/proc/$0/${name}" && head -c 1 <&3 > /dev/null`, String(pid)])
      .end();
  const environ = await open(stack.simulator.daemon.pid, 'environ');
  assert.equal(environ.code, 0, 'that of any other process it can');
  for (const name of ['mem', 'environ', 'maps'])
    assert.notEqual((await open(stack.sidecar.daemon.pid, name)).code, 0, name);
});

test(
  'secrets are locked into memory',
  { skip: process.getuid() !== 0 && 'only root can read the status of another process' },
  () => {
    const status = readFileSync(`/proc/${stack.sidecar.daemon.pid}/status`, 'latin1');
    assert.ok(Number(/^VmLck:\s+(\d+) kB/m.exec(status)[1]) > 0, status);
  },
);

test('where not all secrets can be locked into memory, telephonyd says so and works all the same', async () => {
  const sidecar = await stack.startSidecar({ wrapper: ['/bin/sh', '-c', 'ulimit -l 64 && exec "$@"', 'sh'] });
  await sidecar.log(/warning secrets may reach swap .*LimitMEMLOCK/);
  await stack.organization().provisioned('US');
  await sidecar.kill();
});

test('it leaves no core dump, although the one who started it allows one', async (t) => {
  const [program, ...args] = [...dumping(), '/bin/sh', '-c', 'kill -ABRT $$'];
  await stack.sandbox.start('dumper', program, args).end();
  const takeDumps = () => {
    const names = readdirSync(directory).filter((name) => name.startsWith('core'));
    for (const name of names) unlinkSync(join(directory, name));
    return names.length;
  };
  if (takeDumps() === 0) t.diagnostic('this system dumps nobody: only the limit is looked at');
  const limits = readFileSync(`/proc/${stack.sidecar.daemon.pid}/limits`, 'latin1');
  assert.match(limits, /^Max core file size +0 +0 /m);
  const { signal } = await stack.sidecar.daemon.stop('SIGABRT');
  assert.equal(signal, 'SIGABRT');
  assert.equal(takeDumps(), 0);
});
