// `make play`: a private system to play in, and psql in it; everything is gone when psql ends.
//
// PostgreSQL with the extension, migrated, PostgREST, the Twilio simulator and a telephonyd that buys there. SQL on
// standard input is run instead where that is no terminal. BUILT=1 takes the build as it is. Ends as psql does.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { buildAndInstall } from './harness/build.mjs';
import { SUPERUSER, server } from './harness/cluster.mjs';
import { QUICK } from './harness/sidecar.mjs';
import { Sandbox, exit, isInterrupted, unlessInterrupted } from './harness/sandbox.mjs';
import { Stack } from './harness/stack.mjs';

const tell = (line) => process.stderr.write(`${line}\n`);

/** What somebody needs to know who has a prompt and nothing else. */
function greet({ cluster, database, postgrest, simulator }, organization) {
  tell(`${server.version}, database ${database}; telephonyd buys at a simulator of Twilio.`);
  tell(`  psql        psql -h ${cluster.host} -U ${SUPERUSER} ${database}`);
  tell(`  PostgREST   ${postgrest.url}`);
  tell(`  token       ${postgrest.token({ role: 'authenticated', org: organization })}`);
  tell(`  simulator   ${simulator.url}/_control/state`);
  tell('As an organization over SQL, in one transaction:');
  tell(
    `  BEGIN; SET LOCAL ROLE authenticated; SET LOCAL request.jwt.claims = '{"app_metadata": {"org_id": "${organization}"}}';`,
  );
  tell(`  SELECT * FROM telephony_api.provision_number('NG'); COMMIT;`);
}

async function play() {
  const building = Sandbox.open();
  await buildAndInstall(building, 'sidecar');
  await building.close();
  const stack = await Stack.start({ flags: QUICK, platform: true });
  greet(stack, randomUUID());
  const flags = process.stdin.isTTY ? [] : ['--quiet', '--set=ON_ERROR_STOP=1'];
  const psql = spawn(join(server.programs, 'psql'), ['--no-psqlrc', ...flags], {
    stdio: 'inherit',
    env: { ...process.env, ...stack.cluster.environment({ database: stack.database }) },
  });
  const [code] = await once(psql, 'exit');
  await stack.close();
  return code;
}

try {
  await exit(await play());
} catch (error) {
  await unlessInterrupted();
  if (!isInterrupted()) tell(`play failed: ${error.stack}`);
  await exit(1);
}
