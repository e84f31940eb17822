// Two organizations that have used everything there is, for the role matrix.

import { orgUuid } from '../../docs/examples/org_uuid.mjs';

/** What tokens name the two by, and one that nobody is: uuids, and texts. */
const NAMES = {
  uuid: [
    'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa',
    'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb',
    'cccccccc-cccc-4ccc-8ccc-cccccccccccc',
  ],
  text: ['org_2aaa', 'org_2bbb', 'org_2ccc'],
};

const account = (digit) => `AC${digit.repeat(32)}`;
const sid = (digit) => `PN${digit.repeat(32)}`;

/** What an organization does through the API, as SQL. */
function story(org, name, { country, carrier, sim, number, digit }) {
  const claims = JSON.stringify({ role: 'authenticated', sub: `user of ${org}`, app_metadata: { org_id: name } });
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
-- Verified by a call.
INSERT INTO telephony_api.verified_caller_ids (org_id, phone_number, status, verified_at, expires_at, account_sid)
VALUES ('${org}', '${sim}', 'verified', now(), now() + interval '180 days', '${account(digit)}');
COMMIT;`;
}

/**
 * The ids of both and of nobody, `nameOf(id)`, which tokens name it by, and `seed(psql)`, which lets both do
 * everything; `psql` runs SQL as superuser.
 */
export function twoTenants(claimType = 'uuid') {
  const names = NAMES[claimType];
  const ids = claimType === 'text' ? names.map(orgUuid) : names;
  const [A, B, NEITHER] = ids;
  const nameOf = (id) => names[ids.indexOf(id)];
  const seed = async (psql) => {
    const [ofA, ofB] = [
      { country: 'NG', carrier: 'mtn', sim: '+2348031234567', number: '+12025550101', digit: 'a' },
      { country: 'GB', carrier: 'ee', sim: '+447400123456', number: '+12025550102', digit: 'b' },
    ];
    await psql(story(A, nameOf(A), ofA));
    await psql(story(B, nameOf(B), ofB));
  };
  return { A, B, NEITHER, nameOf, seed };
}
