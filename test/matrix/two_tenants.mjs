// Two organizations that have used everything there is, for the role matrix.

/** The organizations, and an id that nobody has. */
export const A = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
export const B = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
export const NEITHER = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc';

const account = (digit) => `AC${digit.repeat(32)}`;
const sid = (digit) => `PN${digit.repeat(32)}`;

/** What an organization does through the API, as SQL. */
function story(org, { country, carrier, sim, number, digit }) {
  const claims = JSON.stringify({ role: 'authenticated', sub: `user of ${org}`, app_metadata: { org_id: org } });
  return `
BEGIN;
SELECT set_config('request.jwt.claims', '${claims}', true) \\gset
SET LOCAL ROLE authenticated;
SELECT count(*) FROM telephony_api.select_country('${country}') \\gset
RESET ROLE;
SELECT telephony_internal.adopt_number('${org}', '${account(digit)}', '${sid(digit)}', '${number}', now()) \\gset
SET LOCAL ROLE authenticated;
SELECT id FROM telephony_api.create_forwarding_config('${sim}', '${country}', '${carrier}', 'safety_net') \\gset
SELECT count(*) FROM telephony_api.confirm_forwarding_config(:'id') \\gset
RESET ROLE;
-- Verified by a call, which no function makes yet.
INSERT INTO telephony_api.verified_caller_ids (org_id, phone_number, status, verified_at) VALUES ('${org}', '${sim}',
  'verified', now());
COMMIT;`;
}

/** Lets both do everything; `psql` runs SQL as superuser. */
export async function seed(psql) {
  await psql(story(A, { country: 'NG', carrier: 'mtn', sim: '+2348031234567', number: '+12025550101', digit: 'a' }));
  await psql(story(B, { country: 'GB', carrier: 'ee', sim: '+447400123456', number: '+12025550102', digit: 'b' }));
}
