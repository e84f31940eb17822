// A PostgREST before a server with the request limits as they ship.

import { Cluster } from '../harness/cluster.mjs';
import { Postgrest } from '../harness/postgrest.mjs';
import { createDatabase } from '../harness/stack.mjs';

/** One of its own beside `stack`: 100 requests in 15 minutes from an address. */
export async function limitedPostgrest(stack) {
  const cluster = await Cluster.create(stack.sandbox, {
    name: 'limited',
    settings: { shared_preload_libraries: 'telephony' },
  });
  const { database } = await createDatabase(cluster);
  return Postgrest.start(stack.sandbox, cluster, { database });
}
