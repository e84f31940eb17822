// A telephonyd whose database reads tokens in another way than its organizations came in.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Sidecar } from '../harness/sidecar.mjs';
import { Stack } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
before(async () => {
  stack = await Stack.start();
});
after(() => stack?.close());

test('telephonyd says what the operator must do, and works by itself once it is done', async () => {
  await stack.organization().provisioned('US');
  await stack.psql(`ALTER DATABASE ${stack.database} SET telephony.org_claim_type = 'text'`);
  const waiting = Sidecar.launch(stack.sandbox, stack.sidecarOptions());
  await waiting.log(/paused.*ALTER DATABASE telephony SET telephony\.org_claim_type = 'uuid'/);
  const { code, lines } = await stack.sidecarCommand('check');
  assert.equal(code, 78);
  assert.match(lines.join('\n'), /organizations are read from tokens in another way than before/);
  await stack.psql(`ALTER DATABASE ${stack.database} RESET telephony.org_claim_type`);
  // Its session has the setting from before: it must have looked with a new one.
  await waiting.log(/database ready/, { timeout: 30_000 });
});
