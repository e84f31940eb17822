// `make bench`, PostgREST: how long a caller waits for an answer of the real one at 50 requests a second.

import { randomUUID } from 'node:crypto';
import pg from 'pg';
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

/** A search of every organization, with twenty offers. */
const SEARCHES = `
  WITH orgs AS (INSERT INTO telephony_api.organizations (id) SELECT unnest($1::uuid[]) RETURNING id)
  INSERT INTO telephony_internal.number_searches (org_id, country_code, account_sid, wishes, state, offers, expires_at)
  SELECT id, 'US', 'AC' || repeat('0', 32), '{}', 'done', telephony_internal.offers_of(found), now() + interval '1 hour'
    FROM orgs, (SELECT jsonb_agg(jsonb_build_object('number', '+1415555' || 1000 + n, 'country_code', 'US',
                  'number_type', 'Local', 'locality', 'San Francisco', 'region', 'CA', 'monthly_price', '1.15',
                  'capabilities', '{"voice": true}'::jsonb, 'price_unit', 'USD', 'needs_address', false)) AS found
                  FROM generate_series(1, 20) n) f
  RETURNING org_id, id`;

/** Measures the promise for each of the functions. */
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
  const client = new pg.Client({ host: cluster.host, user: 'postgres', database });
  await client.connect();
  const { rows } = await client.query(SEARCHES, [callers.map(({ org }) => org)]);
  await client.end();
  const searches = new Map(rows.map(({ org_id: org, id }) => [org, id]));
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
    offered_numbers: [
      'GET',
      ({ org }) => `/rpc/offered_numbers?search_id=${searches.get(org)}`,
      undefined,
      (body, { org }) => body.search_id === searches.get(org) && body.offers.length === 20,
    ],
  };
  const gateway = await Gateway.start(sandbox, server);
  const floor = await openLoop(async () => (await fetch(gateway.url)).text());
  report.row('no PostgREST: nginx that answers by itself, p95', `${shown(floor)}; what this machine adds`);
  for (const [name, [method, path, body, isRight]] of Object.entries(calls)) {
    let right = 0;
    const send = async (i) => {
      const caller = callers[i % ORGANIZATIONS];
      const where = typeof path === 'string' ? path : path(caller);
      const answer = await server.request(method, where, { token: caller.token, body });
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
