// `make bench`, PostgREST: how long a caller waits for an answer of the real one at 50 requests a second.

import { randomUUID } from 'node:crypto';
import { Cluster } from '../harness/cluster.mjs';
import { Gateway } from '../harness/gateway.mjs';
import { Postgrest } from '../harness/postgrest.mjs';
import { CARRIERS, SUPPORTED } from '../harness/shipped.mjs';
import { SERVER, createDatabase } from '../harness/stack.mjs';

const RATE = 50;
const SECONDS = 20;
const ORGANIZATIONS = 200;
const PROMISE_MS = 20;

/** The value that `share` of the sorted times do not exceed. */
const percentile = (times, share) => times[Math.ceil(times.length * share) - 1];

const shown = (times) => {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(times, share).toFixed(1));
  return `${p95} ms (p50 ${p50}, p99 ${p99})`;
};

/**
 * Sends a request every 1/RATE seconds, whether or not those before were answered, and resolves to the sorted waits in
 * milliseconds: each from the moment it was due, so that a stall counts for all that it holds up.
 */
async function openLoop(send) {
  const count = RATE * SECONDS;
  const start = performance.now();
  const waits = [];
  const request = async (i) => {
    const due = start + (i * 1000) / RATE;
    await send(i);
    waits.push(performance.now() - due);
  };
  const running = [];
  for (let i = 0; i < count; i++) {
    const ahead = start + (i * 1000) / RATE - performance.now();
    if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead));
    running.push(request(i));
  }
  await Promise.all(running);
  return waits.sort((a, b) => a - b);
}

/** Measures the promise for each of the three functions. */
export async function postgrest(sandbox, mainCluster, report) {
  report.section(
    `PostgREST: ${RATE} requests a second for ${SECONDS} s, sent when due; request limits on; wait of the caller`,
  );
  const cluster = await Cluster.create(sandbox, { name: 'postgres-behind-postgrest', settings: SERVER });
  const { database } = await createDatabase(cluster);
  const server = await Postgrest.start(sandbox, cluster, { database });
  const callers = Array.from({ length: ORGANIZATIONS }, () => {
    const org = randomUUID();
    return { org, token: server.token({ role: 'authenticated', org }) };
  });
  const calls = {
    select_country: [
      'POST',
      '/rpc/select_country',
      { country_code: 'NG' },
      (body, { org }) => body.org_id === org && body.carriers.length === CARRIERS.NG.length,
    ],
    supported_countries: [
      'GET',
      '/rpc/supported_countries',
      undefined,
      (body) => body.map((row) => row.country_code).join() === SUPPORTED.join(),
    ],
    carriers_of: [
      'GET',
      '/rpc/carriers_of?country_code=NG',
      undefined,
      (body) => body.map((row) => row.carrier_name).join() === CARRIERS.NG.join(),
    ],
  };
  const gateway = await Gateway.start(sandbox, server);
  const floor = await openLoop(async () => (await fetch(gateway.url)).text());
  report.row('no PostgREST: nginx that answers by itself, p95', `${shown(floor)}; what this machine adds`);
  for (const [name, [method, path, body, isRight]] of Object.entries(calls)) {
    let right = 0;
    const send = async (i) => {
      const caller = callers[i % ORGANIZATIONS];
      const answer = await server.request(method, path, { token: caller.token, body });
      if (answer.status === 200 && isRight(answer.body, caller)) right += 1;
    };
    for (let i = 0; i < RATE; i++) await send(i); // connections and prepared statements are there before the clock runs
    right = 0;
    const waits = await openLoop(send);
    report.answer(name, right, waits.length);
    report.row(`${name}, p95`, shown(waits), `<= ${PROMISE_MS} ms`, percentile(waits, 0.95) <= PROMISE_MS);
  }
  const { requests } = await cluster.row('SELECT requests FROM telephony.request_limit_counters()', { database });
  report.answer('requests that the limits counted', requests, Object.keys(calls).length * (RATE + RATE * SECONDS));
  const { count } = await cluster.row('SELECT count(*) FROM telephony_api.organizations', { database });
  report.answer('organizations made by select_country', count, ORGANIZATIONS);
  await gateway.daemon.stop();
  await server.daemon.stop();
  await cluster.stop();
}
