// The memory of the request limits: full of clients, on a hot standby, without preloading.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, test } from 'node:test';
import { Cluster, server } from '../harness/cluster.mjs';
import { until } from '../harness/deadline.mjs';
import { LIBRARY, PASSED, atOnce, counts, repeated, report, requests } from '../harness/limited_requests.mjs';
import { Sandbox } from '../harness/sandbox.mjs';
import { createDatabase } from '../harness/stack.mjs';

/** From 17 on shared memory is had on first use. */
const NEEDS_PRELOADING = Number(/PostgreSQL (\d+)/.exec(server.version)[1]) < 17;

describe('other servers', () => {
  let sandbox;
  beforeEach(() => {
    sandbox = Sandbox.open();
  });
  test.afterEach(() => sandbox.close());

  test('more clients than there is memory for share one bucket; the others keep their counts', async () => {
    const cluster = await Cluster.create(sandbox, {
      settings: { ...LIBRARY, 'telephony.request_limit_entries': 16, 'telephony.ip_limit': 20 },
    });
    await createDatabase(cluster);
    const known = repeated(16, (i) => `203.0.113.${i}`);
    assert.deepEqual(counts(await requests(cluster, known.map((address) => ({ address })))), { [PASSED]: 16 });
    const flood = repeated(30, () => repeated(4, (n) => ({ address: `192.0.2.${n * 50}`, mode: 'READ ONLY' })));
    assert.deepEqual(counts((await atOnce(cluster, flood)).flat()), { [PASSED]: 20, PGRST: 100 });
    const more = known.flatMap((address) => repeated(25, () => ({ address })));
    assert.deepEqual(counts(await requests(cluster, more)), { [PASSED]: 16 * 19, PGRST: 16 * 6 });
    const org = randomUUID();
    assert.deepEqual(counts(await requests(cluster, [{ address: '203.0.113.0', org }])), { PGRST: 1 });
    const { overflowed, addresses, entries, organizations } = await report(cluster);
    assert.deepEqual(
      { overflowed, addresses, entries, organizations },
      { overflowed: 120, addresses: 16, entries: 16, organizations: 0 },
    );
  });

  test('12,500 addresses of one IPv6 site fill no table of 4,096 entries: everybody else is counted alone', async () => {
    const settings = { ...LIBRARY, 'telephony.request_limit_entries': 4096 };
    const cluster = await Cluster.create(sandbox, { settings });
    await createDatabase(cluster);
    const flood = repeated(12_500, (i) => ({ address: `2001:db8:1:${i.toString(16)}::1` }));
    const parts = [0, 1, 2, 3].map((part) => flood.filter((_, i) => i % 4 === part));
    const flooded = await Promise.all(parts.map((part) => requests(cluster, part)));
    assert.deepEqual(counts(flooded.flat()), { [PASSED]: 400, PGRST: 12_100 });
    const others = repeated(100, (i) => (i % 2 ? `203.0.113.${i}` : `2001:db8:${(i + 2).toString(16)}::1`));
    const answers = await requests(cluster, others.flatMap((address) => repeated(101, () => ({ address }))));
    assert.deepEqual(counts(answers), { [PASSED]: 100 * 100, PGRST: 100 });
    const { overflowed, addresses, sites } = await report(cluster);
    assert.deepEqual({ overflowed, addresses, sites }, { overflowed: 0, addresses: 500, sites: 51 });
  });

  test('a hot standby counts for itself, and takes the limit of an organization from the primary', async () => {
    const primary = await Cluster.create(sandbox, { settings: LIBRARY });
    await createDatabase(primary);
    const standby = await primary.standby();
    assert.equal(await standby.psql('SELECT pg_is_in_recovery()'), 't');
    await requests(primary, repeated(90, () => ({ address: '203.0.113.9' })));
    const answers = await atOnce(
      standby,
      repeated(30, () => repeated(5, () => ({ address: '203.0.113.9', mode: 'READ ONLY' }))),
    );
    assert.deepEqual(counts(answers.flat()), { [PASSED]: 100, PGRST: 50 });
    assert.equal((await report(primary)).requests, 90);

    const org = randomUUID();
    const rows = () => standby.psql('SELECT count(*) FROM telephony_internal.org_limits', { database: 'telephony' });
    await primary.psql(`SELECT telephony_api.set_org_limit('${org}', 4)`, { database: 'telephony' });
    await until('the row to arrive', async () => (await rows()) === '1');
    const list = repeated(10, (i) => ({ address: `203.0.113.${100 + i}`, org, mode: 'READ ONLY' }));
    assert.deepEqual(counts(await requests(standby, list)), { [PASSED]: 4, PGRST: 6 });
  });

  const without = { shared_preload_libraries: '' };
  test(
    'without preloading nothing is let through before PostgreSQL 17, and the error names the setting',
    { skip: !NEEDS_PRELOADING && 'named segments serve' },
    async () => {
      const cluster = await Cluster.create(sandbox, { settings: without });
      await createDatabase(cluster);
      assert.deepEqual(
        counts(
          await requests(
            cluster,
            repeated(3, () => ({ address: '203.0.113.9' })),
          ),
        ),
        { 55000: 3 },
      );
      const error = await report(cluster).then(
        () => assert.fail('it was answered'),
        (thrown) => thrown,
      );
      assert.match(
        `${error.message} ${error.detail} ${error.hint}`,
        /shared memory.*shared_preload_libraries.*shared_preload_libraries/,
      );
      const org = randomUUID();
      assert.match(
        await cluster.psql(`SELECT telephony_api.set_org_limit('${org}', 4)`, { database: 'telephony' }),
        /,4,/,
        'limits can be set all the same',
      );
    },
  );

  test(
    'without preloading PostgreSQL 17 has a named segment, of the size that its first user was told',
    { skip: NEEDS_PRELOADING && 'since 17' },
    async () => {
      const cluster = await Cluster.create(sandbox, {
        settings: { ...without, 'telephony.request_limit_entries': 32 },
      });
      await createDatabase(cluster);
      const answers = await atOnce(
        cluster,
        repeated(30, () => repeated(5, () => ({ address: '203.0.113.9' }))),
      );
      assert.deepEqual(counts(answers.flat()), { [PASSED]: 100, PGRST: 50 });
      await cluster.psql(`ALTER SYSTEM SET telephony.request_limit_entries = 64`);
      await cluster.psql('SELECT pg_reload_conf()');
      const { memory, entries, refused } = await report(cluster);
      assert.deepEqual({ memory, entries, refused }, { memory: 'named segment', entries: 32, refused: 50 });
      await cluster.restart('immediate');
      assert.deepEqual(
        counts(
          await requests(
            cluster,
            repeated(110, () => ({ address: '203.0.113.9' })),
          ),
        ),
        { [PASSED]: 100, PGRST: 10 },
      );
    },
  );
});
