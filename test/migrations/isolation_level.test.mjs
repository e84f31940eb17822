// migrate() where transactions are serializable by default: it is refused with the statement that works.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Cluster } from '../harness/cluster.mjs';
import { Sandbox, exit } from '../harness/sandbox.mjs';
import { createDatabase } from '../harness/stack.mjs';

let sandbox;
let cluster;
let database;
before(async () => {
  sandbox = Sandbox.open();
  cluster = await Cluster.create(sandbox);
  ({ database } = await createDatabase(cluster));
});
after(async () => {
  await sandbox.close();
  await exit();
});

for (const level of ['repeatable read', 'serializable']) {
  test(`with ${level} as the default`, async () => {
    await cluster.psql(`ALTER DATABASE ${database} SET default_transaction_isolation = '${level}'`);
    const refused = await cluster.psql('SELECT telephony.migrate()', { database }).then(() => null, (error) => error);
    assert.deepEqual([refused?.sqlstate, refused?.message], ['25001', 'migrate() needs a READ COMMITTED transaction']);
    // The hint is what to run.
    await cluster.psql(refused.hint, { database });
  });
}
