// All that an application needs around the API: telephony(supabase.schema('telephony_api')), or any PostgrestClient.
export function telephony(client) {
  /** What a function answers; a refusal is thrown, and its `code` says why (docs/reasons.md). */
  const call = async (name, args) => (await client.rpc(name, args).throwOnError()).data;
  /** A status once nothing is under way, asked for as often as the database says. */
  const settled = async (name, args) => {
    for (;;) {
      const status = await call(name, args);
      if (status.poll_after_seconds === null) return status;
      await new Promise((resolve) => setTimeout(resolve, status.poll_after_seconds * 1000));
    }
  };
  return { call, settled };
}
