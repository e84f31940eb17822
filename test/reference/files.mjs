// The files that are made from the catalog, and their texts.

import { Stack } from '../harness/stack.mjs';
import { databaseTypes } from './database_types.mjs';
import { describe } from './description.mjs';
import { recordExamples } from './examples.mjs';
import { referencePage } from './page.mjs';

/** Starts a system of its own; resolves to the texts by path. */
export async function makeReference() {
  // With the limits that there are by default, as an example shows them.
  const stack = await Stack.start({ server: { 'telephony.ip_limit': 100, 'telephony.org_limit': 1000 } });
  try {
    const description = await describe(stack);
    return {
      'docs/api.md': referencePage(description, await recordExamples(stack)),
      'web/types/telephony_api.d.ts': databaseTypes(description),
    };
  } finally {
    await stack.close();
  }
}
