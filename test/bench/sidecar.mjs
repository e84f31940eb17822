// `make bench`, sidecar: how soon a notification becomes a request at Twilio, beside graphile-worker; jobs a second,
// memory, idle processor time.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { Cluster } from '../harness/cluster.mjs';
import { until } from '../harness/deadline.mjs';
import { Sidecar } from '../harness/sidecar.mjs';
import { Simulator } from '../harness/simulator.mjs';
import { createDatabase, inventAccount } from '../harness/stack.mjs';

const NOTIFICATIONS = 400;
const CREDENTIALS = 100;
const JOBS = 2_000;
const QUEUED = 10_000;
const LATENCY = 50;
const IDLE_SECONDS = 10;
const CLOCK_TICKS = 100; // USER_HZ, the same on every Linux

const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];

/** Resident memory of a process in MiB: now, and at most so far. */
function memory({ daemon }) {
  const status = readFileSync(`/proc/${daemon.pid}/status`, 'latin1');
  const mib = (key) => Number(new RegExp(`${key}:\\s+(\\d+) kB`).exec(status)[1]) / 1024;
  return { now: mib('VmRSS'), peak: mib('VmHWM') };
}

/** Processor seconds that a process has used. */
function processorTime({ daemon }) {
  const fields = readFileSync(`/proc/${daemon.pid}/stat`, 'latin1').replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
}

/** An HTTP server in front of the simulator that says when a request arrives, before it passes it on. */
async function startWatch(url) {
  let waiting;
  const server = createServer(async (request, response) => {
    waiting?.(performance.now());
    waiting = undefined;
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { host, connection, 'content-length': length, ...headers } = request.headers;
    const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
    const answer = await fetch(url + request.url, { method: request.method, headers, body });
    const date = answer.headers.get('date');
    response.writeHead(answer.status, { 'Content-Type': 'application/json', ...(date && { Date: date }) });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  server.keepAliveTimeout = 600_000;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    next: () => new Promise((resolve) => (waiting = resolve)),
    close: () => server.closeAllConnections() ?? server.close(),
  };
}

/** Organizations, each with a Twilio account of its own that telephonyd has verified. */
async function makeOrganizations(client, simulator, count) {
  const ids = [];
  for (let i = 0; i < count; i += 1) {
    const account = inventAccount();
    await simulator.account(account);
    const { rows } = await client.query(
      `WITH o AS (INSERT INTO telephony_api.organizations (id, telephony_country) VALUES (gen_random_uuid(), 'US')
        RETURNING id)
       SELECT id, set_config('request.jwt.claims', json_build_object('app_metadata',
         json_build_object('org_id', id))::text, false) FROM o`,
    );
    await client.query('SELECT * FROM telephony_api.set_twilio_credentials($1, $2)', [
      account.accountSid,
      account.authToken,
    ]);
    ids.push(rows[0].id);
  }
  await until('credentials verified', async () => {
    const { rows } = await client.query(
      `SELECT count(*)::int AS n FROM telephony_internal.twilio_credentials WHERE status <> 'verified'`,
    );
    return rows[0].n === 0;
  }, { timeout: 60_000, interval: 50 });
  return ids;
}

/**
 * Purchases for organizations as provision_number() asks for them, without waking anybody. Their numbers are forgotten
 * when they end: the next one is asked for by the same organization.
 */
const ASK = `INSERT INTO telephony_internal.jobs (org_id, kind, state, deadline_at, country_code)
  SELECT o, 'provision', 'queued', now() + interval '1 hour', 'US' FROM unnest($1::uuid[]) o`;

const ENDED = `SELECT count(*) FILTER (WHERE state = 'done')::int AS done,
  count(*) FILTER (WHERE state IN ('failed', 'cancelled', 'conflict'))::int AS failed
  FROM telephony_internal.jobs`;

/** What a purchase that was asked for sends. */
const WAKE = "NOTIFY telephony_jobs, 'jobs'";

/** A number an organization has is in the way of its next one. */
const FORGET = `DELETE FROM telephony_api.phone_numbers;
UPDATE telephony_api.organizations SET assigned_twilio_number = NULL; DELETE FROM telephony_internal.jobs`;

async function ended(client, count, timeout = 180_000) {
  let row;
  await until(`${count} jobs ended`, async () => {
    row = (await client.query(ENDED)).rows[0];
    return row.done + row.failed >= count;
  }, { timeout, interval: 5 });
  return row;
}

async function startGraphileWorker(sandbox, cluster, database, url) {
  const program = fileURLToPath(new URL('graphile_worker.mjs', import.meta.url));
  const worker = sandbox.start('graphile-worker', process.execPath, [program, cluster.uri({ database }), url], {
    asSelf: true,
  });
  await worker.line(/^listening$/, { timeout: 60_000 });
  return worker;
}

async function notificationLatency(report, { client, watch, orgs, graphile }) {
  const ours = [];
  const theirs = [];
  for (let i = 0; i < NOTIFICATIONS; i += 1) {
    await client.query(ASK, [[orgs[i % orgs.length]]]);
    let arrived = watch.next();
    let sent = performance.now();
    await client.query(WAKE);
    ours.push((await arrived) - sent);
    const { done } = await ended(client, 1);
    report.answer('purchase after a notification', done, 1);
    await client.query(FORGET);

    await graphile.query(
      `INSERT INTO graphile_worker._private_jobs (task_id, payload) SELECT id, '{}' FROM graphile_worker._private_tasks
        WHERE identifier = 'request'`,
    );
    arrived = watch.next();
    sent = performance.now();
    await graphile.query(`SELECT pg_notify('jobs:insert', '{"r":${i},"count":1}')`);
    theirs.push((await arrived) - sent);
    await until(
      'the task is done',
      async () =>
        (await graphile.query('SELECT count(*)::int AS n FROM graphile_worker._private_jobs')).rows[0].n === 0,
      { interval: 2 },
    );
  }
  // the first ones warm up
  const [a, b] = [ours, theirs].map((times) => times.slice(NOTIFICATIONS / 10).sort((x, y) => x - y));
  const show = (times) => `p50 ${percentile(times, 0.5).toFixed(2)} ms, p99 ${percentile(times, 0.99).toFixed(2)} ms`;
  const [p50, p99] = [percentile(a, 0.5), percentile(a, 0.99)];
  report.row('NOTIFY to the first request at Twilio, idle', show(a), 'p50 <= 1 ms, p99 <= 4 ms', p50 <= 1 && p99 <= 4);
  report.row('the same by graphile-worker', show(b));
  report.row(
    'ahead of it',
    `p50 ${(percentile(b, 0.5) / p50).toFixed(2)}x, p99 ${(percentile(b, 0.99) / p99).toFixed(2)}x`,
    '> 1x',
    p50 < percentile(b, 0.5) && p99 < percentile(b, 0.99),
  );
}

/** Forgets what organizations have bought, and has them buy again at once. */
const AGAIN = `WITH ended AS (DELETE FROM telephony_internal.jobs WHERE state = 'done' RETURNING org_id),
    numbers AS (DELETE FROM telephony_api.phone_numbers p USING ended e WHERE p.org_id = e.org_id),
    organizations AS (UPDATE telephony_api.organizations o SET assigned_twilio_number = NULL FROM ended e
      WHERE o.id = e.org_id)
  INSERT INTO telephony_internal.jobs (org_id, kind, state, deadline_at, country_code) SELECT org_id, 'provision',
    'queued', now() + interval '1 hour', 'US' FROM ended`;

/**
 * Has all organizations buy, each again as soon as it has a number, until JOBS purchases are done, after a round that
 * warms up; resolves to jobs a second.
 */
async function throughput(client, simulator, orgs) {
  const before = (await simulator.state()).purchases;
  let done = 0;
  let warm = 0; // bought before the clock ran
  let start;
  await client.query(ASK, [orgs]);
  await client.query(WAKE);
  await until(`${JOBS} purchases`, async () => {
    if (start && done >= JOBS) return true;
    const { rowCount } = await client.query({ name: 'again', text: AGAIN }); // planned once: it is asked for often
    if (rowCount > 0) await client.query(WAKE);
    if (start) done += rowCount;
    else if ((warm += rowCount) >= orgs.length) start = performance.now();
    return false;
  }, { timeout: 180_000, interval: 5 });
  const seconds = (performance.now() - start) / 1000;
  const { done: last, failed } = await ended(client, orgs.length);
  if (failed > 0) throw new Error(`${failed} purchases failed`);
  await client.query(FORGET);
  return { rate: done / seconds, jobs: warm + done + last, purchases: (await simulator.state()).purchases - before };
}

/** Measures all promises of the sidecar. */
export async function sidecar(sandbox, _cluster, report) {
  report.section(
    `telephonyd: ${NOTIFICATIONS} notifications one by one,
      then purchases for organizations with accounts of their own at a simulator with ${LATENCY} ms latency`,
  );
  const key = await Sidecar.keygen(sandbox, 'bench-keygen');
  const cluster = await Cluster.create(sandbox, {
    name: 'sidecar-postgres',
    settings: { shared_buffers: '256MB', 'telephony.sidecar_public_key_file': `${key}.pub` },
  });
  const { database, installation } = await createDatabase(cluster);
  await cluster.psql(
    `UPDATE telephony_internal.settings SET purchases_per_hour = 1000000; CREATE DATABASE bench_graphile`,
    { database, flags: ['-A', '-t'] },
  );
  const simulator = await Simulator.start(sandbox);
  const watch = await startWatch(simulator.url);
  const client = new pg.Client({ host: cluster.host, user: 'postgres', database });
  const graphile = new pg.Client({ host: cluster.host, user: 'postgres', database: 'bench_graphile' });
  await Promise.all([client.connect(), graphile.connect()]);
  const launch = (name, url, over = {}) =>
    Sidecar.start(sandbox, {
      name,
      cluster,
      database,
      installation,
      simulator: { url },
      keyFiles: [key],
      flags: { 'poll-interval': 60 },
      ...over,
    });
  try {
    // One after the other, so that they do not take turns on the processors.
    let daemon = await launch('telephonyd-latency', watch.url);
    const orgs = await makeOrganizations(client, simulator, CREDENTIALS);
    const worker = await startGraphileWorker(sandbox, cluster, 'bench_graphile', watch.url);
    await notificationLatency(report, { client, watch, orgs: orgs.slice(0, 8), graphile });
    await worker.stop('SIGTERM');
    const used = processorTime(daemon);
    await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000)); // what is measured is this time
    const idle = ((processorTime(daemon) - used) / IDLE_SECONDS) * 100;
    report.row('processor time while idle', `${idle.toFixed(2)} %`, '<= 0.1 %', idle <= 0.1);
    await daemon.kill();

    await simulator.fault('any', { kind: 'latency', milliseconds: LATENCY }, { times: 0 });
    const rates = {};
    for (const count of [1, 3]) {
      const daemons = [];
      for (let i = 0; i < count; i += 1) daemons.push(await launch(`telephonyd-${count}-${i}`, simulator.url));
      const { rate, jobs, purchases } = await throughput(client, simulator, orgs);
      report.answer('purchases', purchases, jobs);
      rates[count] = rate;
      if (count === 1)
        report.row(
          `jobs a second, one telephonyd, ${CREDENTIALS} credentials`,
          `${rate.toFixed(0)}`,
          '>= 200',
          rate >= 200,
        );
      else report.row('three beside one', `${rate.toFixed(0)} jobs/s, ${(rate / rates[1]).toFixed(2)}x`);
      for (const one of daemons) await one.kill();
    }

    await client.query(
      `INSERT INTO telephony_api.organizations (id, telephony_country) SELECT gen_random_uuid(),
        'US' FROM generate_series(1, ${QUEUED})`,
    );
    await client.query(
      `INSERT INTO telephony_internal.jobs (org_id, kind, state, deadline_at, country_code)
       SELECT id, 'provision', 'queued', now() + interval '1 hour', 'US' FROM telephony_api.organizations`,
    );
    const account = inventAccount(); // the platform's, for those without one of their own
    await simulator.account(account);
    daemon = await launch('telephonyd-memory', simulator.url, { account });
    await ended(client, 2 * CREDENTIALS);
    const { peak } = memory(daemon);
    report.row(
      `resident memory with ${QUEUED.toLocaleString('en')} jobs queued`,
      `${peak.toFixed(1)} MiB`,
      '<= 64 MiB',
      peak <= 64,
    );
    await daemon.kill();
  } finally {
    watch.close();
    await Promise.all([client.end(), graphile.end()]);
  }
}
