// `make reference`: renews docs/api.md and web/types/telephony_api.d.ts from the catalog of a migrated database.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAndInstall } from './harness/build.mjs';
import { PROJECT, Sandbox, exit } from './harness/sandbox.mjs';
import { makeReference } from './reference/files.mjs';

const sandbox = Sandbox.open();
await buildAndInstall(sandbox, 'sidecar');
for (const [path, text] of Object.entries(await makeReference())) {
  writeFileSync(join(PROJECT, path), text);
  console.log(`renewed ${path}`);
}
await exit(0);
