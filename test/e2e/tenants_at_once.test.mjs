// Twelve sessions do everything to nine organizations at once: nothing deadlocks, no error is raw, and rows, claims and
// counts agree at the end.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Cluster, server } from '../harness/cluster.mjs';
import { PROJECT, Sandbox } from '../harness/sandbox.mjs';
import { createDatabase } from '../harness/stack.mjs';

/** How an action may end besides well: refused with what to do; for a sidecar, told to try again (55P03). */
const EXPECTED = /^(ok|PT404|PT409|55P03)$/;

test('tenants, operators and sidecars at once, erasures among them', async (context) => {
  const sandbox = Sandbox.open();
  context.after(() => sandbox.close());
  const cluster = await Cluster.create(sandbox);
  const { database } = await createDatabase(cluster);
  await cluster.psql(readFileSync(join(PROJECT, 'test/e2e/tenants_at_once.sql'), 'utf8'), { database });
  const script = sandbox.privateFile(
    'at_once.pgbench',
    '\\set organization random(1, 9)\n\\set dice random(0, 130)\nSELECT at_once.act(:organization, :dice);\n',
  );
  const seed = process.env.SEED ?? Date.now() % 1e9;
  await sandbox.run(
    'pgbench',
    join(server.programs, 'pgbench'),
    ['--no-vacuum', '--client=12', '--jobs=2', '--time=8', `--random-seed=${seed}`, `--file=${script}`],
    { environment: cluster.environment({ database }) },
  );

  const outcomes = await cluster.rows(
    'SELECT what, state, message, count(*)::int AS times FROM at_once.outcomes GROUP BY 1, 2, 3 ORDER BY 4 DESC',
    { database },
  );
  assert.deepEqual(outcomes.filter(({ state }) => !EXPECTED.test(state)), [], `seed ${seed}`);
  const times = (what) =>
    outcomes
      .filter((outcome) => outcome.what === what && outcome.state === 'ok')
      .reduce((sum, outcome) => sum + outcome.times, 0);
  for (const what of [
    'select_country',
    'provision',
    'import',
    'forward',
    'settle -> done',
    'released -> released',
    'erase',
    'look -> done',
    'fold',
  ]) {
    assert.ok(times(what) > 0, `seed ${seed}: "${what}" never came to pass`);
  }
  const failing = 'SELECT "check", detail FROM telephony_internal.run_self_check() WHERE NOT ok';
  assert.deepEqual(await cluster.rows(failing, { database }), [], `seed ${seed}`);

  await cluster.psql('CALL at_once.erase_all()', { database });
  assert.equal(await cluster.psql('SELECT count(*) FROM telephony_api.organizations', { database }), '0');
  assert.equal(
    await cluster.psql('SELECT coalesce(sum(organizations), 0) FROM telephony_internal.country_counts()', { database }),
    '0',
  );
  assert.equal(
    await cluster.psql('SELECT count(*) FROM telephony_internal.erasures WHERE finished_at IS NULL', { database }),
    '0',
  );
  assert.equal(
    await cluster.psql("SELECT count(*) FROM telephony_internal.jobs WHERE kind <> 'erase'", { database }),
    '0',
  );
  assert.deepEqual(await cluster.rows(failing, { database }), []);
});
