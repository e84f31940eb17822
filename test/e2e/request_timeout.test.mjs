// telephony.request_timeout: check_request() lowers statement_timeout to it, for the transaction of the request.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Cluster } from '../harness/cluster.mjs';
import { LIBRARY } from '../harness/limited_requests.mjs';
import { Sandbox } from '../harness/sandbox.mjs';
import { createDatabase } from '../harness/stack.mjs';

let sandbox;
let cluster;
before(async () => {
  sandbox = Sandbox.open();
  cluster = await Cluster.create(sandbox, { settings: LIBRARY });
  await createDatabase(cluster);
});
after(() => sandbox?.close());

test('a request may run for telephony.request_timeout, unless it may run for less; after it all is as before', async () => {
  for (const [statement, request, expected] of [
    ['0', '5s', '5s'],
    ['60s', '5s', '5s'],
    ['5001', '5s', '5s'],
    ['2s', '5s', '2s'],
    ['60s', '90s', '1min'],
    ['0', '90s', '90s'],
    ['0', '0', '0'],
    ['60s', '0', '1min'],
  ]) {
    const output = await cluster.psql(`SET statement_timeout = '${statement}';
      SET telephony.request_timeout = '${request}';
      SHOW statement_timeout;
      BEGIN READ ONLY; SELECT telephony.check_request() \\g /dev/null
      SHOW statement_timeout; COMMIT; SHOW statement_timeout;`, { database: 'telephony' });
    const [before, during, after] = output.split('\n');
    assert.deepEqual([during, after], [expected, before], `${statement}, ${request}`);
  }
  assert.equal(await cluster.psql('SHOW telephony.request_timeout', { database: 'telephony' }), '5s');
});
