// Request limits on a real server: exact among many sessions and in READ ONLY transactions, through restarts and
// crashes. Requests are made as PostgREST makes them; through PostgREST itself they are tested elsewhere.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Cluster } from '../harness/cluster.mjs';
import { until } from '../harness/deadline.mjs';
import {
  LIBRARY,
  PASSED,
  atOnce,
  counts,
  refusal,
  repeated,
  report,
  requests,
  reset,
} from '../harness/limited_requests.mjs';
import { Sandbox } from '../harness/sandbox.mjs';
import { createDatabase } from '../harness/stack.mjs';

describe('one server', () => {
  let sandbox, cluster;
  before(async () => {
    sandbox = Sandbox.open();
    cluster = await Cluster.create(sandbox, { settings: LIBRARY });
    await createDatabase(cluster);
  });
  after(() => sandbox.close());
  beforeEach(() => reset(cluster));

  test('of 150 requests from one address in 30 sessions at once exactly 100 pass, READ ONLY or not', async () => {
    for (const mode of ['READ WRITE', 'READ ONLY']) {
      await reset(cluster);
      const answers = await atOnce(cluster, repeated(30, () => repeated(5, () => ({ address: '203.0.113.9', mode }))));
      assert.deepEqual(counts(answers.flat()), { [PASSED]: 100, PGRST: 50 });
      const { requests: seen, refused, refused_percent } = await report(cluster);
      assert.deepEqual({ seen, refused, refused_percent }, { seen: 150, refused: 50, refused_percent: 33.33 });
    }
  });

  test('32 clients over 4 addresses, half of them forging headers, get exactly what they are due', async () => {
    const addresses = ['203.0.113.1', '203.0.113.2', '2001:db8:0:1::7', '198.51.100.20'];
    const forged = (own, i) => [
      `192.0.2.${i}, ${own}`,
      `${addresses[(i + 1) % 4]}, ${own}`,
      `, , ", \\", {"x-forwarded-for":"192.0.2.1"}, ${own}`,
      `${'9.9.9.9,'.repeat(1000)}${own}`,
    ];
    const clients = repeated(32, (i) => {
      const address = addresses[i % 4];
      return repeated(20, (n) => ({
        address: i % 8 < 4 ? address : forged(address, i)[n % 4],
        mode: n % 2 ? 'READ ONLY' : 'READ WRITE',
      }));
    });
    const answers = await atOnce(cluster, clients);
    for (let i = 0; i < 4; i += 1) {
      const ofAddress = answers.filter((_, client) => client % 4 === i).flat();
      assert.deepEqual(counts(ofAddress), { [PASSED]: 100, PGRST: 60 }, addresses[i]);
    }
    const { addresses: counted, unaddressed, requests: seen } = await report(cluster);
    assert.deepEqual({ counted, unaddressed, seen }, { counted: 4, unaddressed: 0, seen: 640 });
  });

  test('an IPv6 site (/48) has a limit of its own: a client that goes on and on leaves its neighbours theirs', async () => {
    const of = (site, subnet) => ({ address: `2001:db8:${site}:${subnet.toString(16)}::7` });
    const loud = await requests(cluster, repeated(250, () => of(1, 1)));
    assert.deepEqual(counts(loud), { [PASSED]: 100, PGRST: 150 }, 'the client\'s own limit, and the refused ones are not charged to the site');
    const neighbours = await requests(cluster, repeated(500, (i) => of(1, 2 + (i % 50))));
    assert.deepEqual(counts(neighbours), { [PASSED]: 300, PGRST: 200 }, 'what the site has left');
    const { message, detail } = await refusal(cluster, of(1, 99));
    assert.equal(message.message, 'too many requests from this network');
    assert.equal(detail.headers['RateLimit-Limit'], '400');
    assert.deepEqual(counts(await requests(cluster, repeated(100, () => of(2, 1)))), { [PASSED]: 100 }, 'another site');
    const { requests: seen, refused_by_address, refused_by_site, sites } = await report(cluster);
    assert.deepEqual({ seen, refused_by_address, refused_by_site, sites }, {
      seen: 851,
      refused_by_address: 150,
      refused_by_site: 201,
      sites: 2,
    });
  });

  test('an organization has one window, from however many addresses; who is refused for the address uses up none of it', async () => {
    await cluster.psql(
      `ALTER DATABASE telephony SET telephony.org_limit = 70; ALTER DATABASE telephony SET telephony.ip_limit = 10`,
    );
    try {
      const org = randomUUID();
      const clients = repeated(12, (i) =>
        repeated(15, () => ({ address: `203.0.113.${i}`, org, role: 'authenticated' })),
      );
      assert.deepEqual(counts((await atOnce(cluster, clients)).flat()), { [PASSED]: 70, PGRST: 110 });
      const { refused_by_address, refused_by_organization, organizations } = await report(cluster);
      assert.deepEqual(
        { refused_by_address, refused_by_organization, organizations },
        { refused_by_address: 60, refused_by_organization: 50, organizations: 1 },
      );
    } finally {
      await cluster.psql(
        `ALTER DATABASE telephony RESET telephony.org_limit; ALTER DATABASE telephony RESET telephony.ip_limit`,
      );
    }
  });

  test('a refusal is status 429 with Retry-After and RateLimit headers, and leaves no trace in the server log', async () => {
    const lines = cluster.postmaster.lines.length;
    const org = randomUUID();
    await requests(
      cluster,
      repeated(100, () => ({ address: '203.0.113.9' })),
    );
    const { message, detail } = await refusal(cluster, { address: '203.0.113.9', org });
    const { 'Retry-After': seconds, ...headers } = detail.headers;
    assert.ok(Number(seconds) > 800 && Number(seconds) <= 900, seconds);
    assert.equal(detail.status, 429);
    assert.deepEqual(headers, {
      'RateLimit-Limit': '100',
      'RateLimit-Remaining': '0',
      'RateLimit-Reset': seconds,
      'RateLimit-Policy': '100;w=900',
      'Access-Control-Expose-Headers':
        'Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, RateLimit-Policy',
    });
    assert.deepEqual(message, {
      code: 'too_many_requests',
      message: 'too many requests from this address',
      details: 'The limit is 100 requests in 900 seconds.',
      hint: `Try again in ${seconds} seconds.`,
    });
    await cluster.psql(`SELECT telephony_api.set_org_limit('${org}', 0)`, { database: 'telephony' });
    const ofOrganization = await refusal(cluster, { address: '203.0.113.10', org });
    assert.equal(ofOrganization.message.message, 'too many requests for this organization');
    assert.equal(ofOrganization.detail.headers['RateLimit-Policy'], '0;w=3600');
    await assert.rejects(cluster.psql(`SELECT 'a marker'::int`));
    await cluster.postmaster.line(/a marker/, { from: lines });
    assert.deepEqual(
      cluster.postmaster.lines.slice(lines).filter((line) => /429|too many/.test(line)),
      [],
    );
  });

  test('whatever the headers and claims hold, a request passes or is refused, and is charged to somebody', async () => {
    const good = JSON.stringify({ 'x-forwarded-for': '203.0.113.77' });
    const headers = [
      '',
      '{}',
      'null',
      '[]',
      '{',
      '{"x-forwarded-for":1}',
      '{"x-forwarded-for":null}',
      '{"x-forwarded-for":"1.2.3.4"',
      '\\',
      '"',
      '{"x-forwarded-for":"unknown"}',
      '{"x-forwarded-for":""}',
      '{"x-forwarded-for":"1.2.3.4,"}',
      '{"x-forwarded-for":"for=1.2.3.4"}',
      '{"x-forwarded-for":"\\u0031.2.3.4"}',
      '['.repeat(100_000),
      `{"x-forwarded-for":"${'1,'.repeat(50_000)}"}`,
      '{"x-forwarded-for":"1.2.3.4"} ; DROP TABLE x',
    ];
    const claims = [
      'null',
      '[]',
      '{',
      '"',
      '1',
      '{"app_metadata":1}',
      '{"app_metadata":{"org_id":"acme"}}',
      '{"app_metadata":{"org_id":7}}',
      '['.repeat(100_000),
      '{"app_metadata":'.repeat(10_000),
    ];
    const none = [
      '',
      '{}',
      '{"role":"anon"}',
      '{"app_metadata":null}',
      '{"app_metadata":{}}',
      '{"app_metadata":{"org_id":null}}',
    ];
    const list = [
      ...headers.map((text) => ({ headers: text })),
      ...claims.map((text) => ({ headers: good, claims: text })),
      ...none.map((text) => ({ headers: good, claims: text })),
    ];
    assert.deepEqual(counts(await requests(cluster, list)), { [PASSED]: list.length });
    const seen = await report(cluster);
    assert.equal(seen.requests, list.length);
    assert.equal(seen.unaddressed, headers.length);
    assert.equal(seen.addresses, 2, 'one bucket for all of them, and the readable address');
    assert.equal(seen.organizations, 1, 'unreadable claims share a bucket');

    // And those buckets fill: nothing malformed is free.
    const flood = repeated(200, (i) => ({ headers: headers[i % headers.length].slice(0, 100) }));
    const { [PASSED]: passed, PGRST: refused } = counts(await requests(cluster, flood));
    assert.deepEqual([passed, refused], [100 - headers.length, 100 + headers.length]);
    await cluster.psql(`ALTER DATABASE telephony SET telephony.org_limit = 15`);
    try {
      const broken = repeated(20, (i) => ({ headers: good, claims: claims[i % 8] }));
      assert.deepEqual(counts(await requests(cluster, broken)), {
        [PASSED]: 15 - claims.length,
        PGRST: 5 + claims.length,
      });
    } finally {
      await cluster.psql(`ALTER DATABASE telephony RESET telephony.org_limit`);
    }
    const { most_refused } = await report(cluster);
    assert.deepEqual(
      most_refused.map(({ kind, key }) => [kind, key]),
      [
        ['no readable address', null],
        ['unreadable claims', null],
      ],
    );
  });

  test('the client is so many hops from the right, and exempt networks are not counted by address', async () => {
    await cluster.psql(`ALTER DATABASE telephony SET telephony.trusted_hops = 2;
    ALTER DATABASE telephony SET telephony.client_address_header = 'x-real-path';
      ALTER DATABASE telephony SET telephony.exempt_networks = '10.0.0.0/8, 2001:db8:ffff::/48';
      ALTER DATABASE telephony SET telephony.org_limit = 30`);
    const from = (value, org) => ({
      headers: JSON.stringify({ 'x-forwarded-for': '9.9.9.9', 'x-real-path': value }),
      org,
    });
    const org = randomUUID();
    try {
      assert.deepEqual(
        counts(
          await requests(
            cluster,
            repeated(150, (i) => from(`192.0.2.${i}, 203.0.113.9:${i + 1}, 10.0.0.1`)),
          ),
        ),
        { [PASSED]: 100, PGRST: 50 },
      );
      assert.deepEqual(
        counts(
          await requests(
            cluster,
            repeated(120, () => from('10.200.0.1, 203.0.113.9')),
          ),
        ),
        { [PASSED]: 120 },
      );
      assert.deepEqual(
        counts(
          await requests(
            cluster,
            repeated(40, () => from('[2001:db8:ffff::1]:443, 203.0.113.9', org)),
          ),
        ),
        { [PASSED]: 30, PGRST: 10 },
        'the organization is counted',
      );
      assert.deepEqual(
        counts(
          await requests(
            cluster,
            repeated(3, () => from('10.0.0.1')),
          ),
        ),
        { [PASSED]: 3 },
        'too few hops: not what it says',
      );
      const { exempt, unaddressed, addresses, requests: seen } = await report(cluster);
      assert.deepEqual(
        { exempt, unaddressed, addresses, seen },
        { exempt: 160, unaddressed: 3, addresses: 2, seen: 313 },
      );
    } finally {
      await cluster.psql(`ALTER DATABASE telephony RESET ALL`);
    }
  });

  test('a limit of one organization holds from its commit on, not from a rollback, and survives a restart', async () => {
    const org = randomUUID();
    const from = (n) => repeated(n, (i) => ({ address: `203.0.113.${i % 250}`, org, role: 'authenticated' }));
    const set = (limit, end = 'COMMIT') =>
      cluster.psql(`BEGIN; SELECT telephony_api.set_org_limit('${org}', ${limit}); ${end}`, { database: 'telephony' });
    assert.deepEqual(counts(await requests(cluster, from(10))), { [PASSED]: 10 });
    await set(5, 'ROLLBACK');
    assert.deepEqual(counts(await requests(cluster, from(10))), { [PASSED]: 10 });
    await set(25);
    assert.deepEqual(counts(await requests(cluster, from(10))), { [PASSED]: 5, PGRST: 5 });
    await set('NULL');
    assert.deepEqual(counts(await requests(cluster, from(10))), { [PASSED]: 10 });
    await set(3);
    await cluster.restart();
    assert.deepEqual(counts(await requests(cluster, from(10))), { [PASSED]: 3, PGRST: 7 });
    // A table that cannot be read at once does not hold a request up: then all have the same limit.
    await reset(cluster);
    const locked = `SELECT count(*) FROM pg_locks WHERE relation = 'telephony_internal.org_limits'::regclass
      AND mode = 'AccessExclusiveLock' AND granted`;
    const holder = cluster.psql(
      `BEGIN; LOCK TABLE telephony_internal.org_limits; SELECT pg_advisory_lock(88); SELECT pg_sleep(60);`,
      { database: 'telephony' },
    );
    await Promise.race([
      holder,
      until('the table to be locked', async () => (await cluster.psql(locked, { database: 'telephony' })) === '1', {
        interval: 5,
      }),
    ]);
    assert.deepEqual(counts(await requests(cluster, from(10))), { [PASSED]: 10 });
    await cluster.psql(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 88`);
    await assert.rejects(holder);
    assert.deepEqual(counts(await requests(cluster, from(10))), { PGRST: 10 });
  });

  test('databases of one server are counted apart', async () => {
    await cluster.psql('CREATE DATABASE other');
    await cluster.psql(
      'CREATE EXTENSION telephony; GRANT USAGE ON SCHEMA telephony TO anon; GRANT EXECUTE ON FUNCTION telephony.check_request() TO anon',
      { database: 'other' },
    );
    const list = repeated(110, () => ({ address: '203.0.113.9' }));
    assert.deepEqual(counts(await requests(cluster, list)), { [PASSED]: 100, PGRST: 10 });
    assert.deepEqual(counts(await requests(cluster, list, { database: 'other' })), { [PASSED]: 100, PGRST: 10 });
    assert.equal((await report(cluster)).most_refused.length, 1);
    assert.equal((await report(cluster)).requests, 220);
    await cluster.psql('DROP DATABASE other');
  });

  test('a window ends by itself, after Retry-After', async () => {
    await cluster.psql(
      `ALTER DATABASE telephony SET telephony.ip_limit = 1; ALTER DATABASE telephony SET telephony.ip_window = '1s'`,
    );
    try {
      const ask = async () => (await requests(cluster, [{ address: '203.0.113.9' }]))[0];
      const start = performance.now();
      assert.equal(await ask(), PASSED);
      assert.equal((await refusal(cluster, { address: '203.0.113.9' })).detail.headers['Retry-After'], '1');
      await until('the window to end', async () => (await ask()) === PASSED, { interval: 10 });
      assert.ok(performance.now() - start >= 1000);
    } finally {
      await cluster.psql(`ALTER DATABASE telephony RESET ALL`);
    }
  });

  test('a restart forgets; so does a crash, after which the limits work again', async () => {
    const list = repeated(60, () => ({ address: '203.0.113.9' }));
    for (const stop of ['fast', 'immediate']) {
      assert.deepEqual(counts(await requests(cluster, list)), { [PASSED]: 60 });
      await cluster.restart(stop);
    }
    // A backend is killed while others count.
    await requests(cluster, list);
    const lines = cluster.postmaster.lines.length;
    const busy = atOnce(
      cluster,
      repeated(8, () => repeated(2000, (i) => ({ address: `10.${i % 200}.0.1` }))),
    ).then(
      () => assert.fail('nobody noticed'),
      (error) => error,
    );
    await until(
      'requests',
      async () =>
        Number(
          await cluster.psql('SELECT requests FROM telephony.request_limit_counters()', { database: 'telephony' }),
        ) > 200,
      { interval: 5 },
    );
    const pid = Number(
      await cluster.psql(
        `SELECT pid FROM pg_stat_activity WHERE datname = 'telephony' AND pid <> pg_backend_pid()
          AND backend_type = 'client backend' LIMIT 1`,
      ),
    );
    process.kill(pid, 'SIGKILL');
    assert.equal((await busy).sqlstate, null, 'psql lost its connection');
    await cluster.postmaster.line(/ready to accept connections/, { from: lines, timeout: 60_000 });
    const { requests: seen } = await report(cluster);
    assert.equal(seen, 0, 'shared memory is made anew');
    const answers = await atOnce(cluster, repeated(30, () => repeated(5, () => ({ address: '203.0.113.9' }))));
    assert.deepEqual(counts(answers.flat()), { [PASSED]: 100, PGRST: 50 });
  });
});
