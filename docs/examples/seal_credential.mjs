// Seals Twilio credentials on the client, so that the token crosses no server in the clear. See docs/credentials.md.
//
// For browsers, bundled or not, and Node.js 20: npm install libsodium-wrappers. Types: seal_credential.d.mts. From a
// shell: seal_credential_command.mjs.

import sodium from 'libsodium-wrappers';

/**
 * A box as text, to be handed in as auth_token to set_twilio_credentials(). `publicKeyFile` is the text of the .pub
 * file that `telephonyd keygen` writes; `orgId` the uuid in the user's JWT; `token` an auth token, or an API key as
 * SK...:secret.
 */
export async function sealCredential({ publicKeyFile, orgId, accountSid, token }) {
  await sodium.ready;
  const [, base64] = /^telephony-sidecar-public-key-1 ([A-Za-z0-9+/]{43}=)\s*$/.exec(publicKeyFile) ?? [];
  if (!base64) throw new Error('not a public key file of telephonyd');
  const publicKey = sodium.from_base64(base64, sodium.base64_variants.ORIGINAL);
  const [keySid, secret] = token.split(':');
  const payload = JSON.stringify({
    org: orgId.toLowerCase(),
    account_sid: accountSid,
    issued_at: Math.floor(Date.now() / 1000),
    ...(secret === undefined ? { token } : { key_sid: keySid, secret }),
  });
  const keyId = sodium.crypto_generichash(32, publicKey).subarray(0, 8);
  const box = Uint8Array.from([1, ...keyId, ...sodium.crypto_box_seal(payload, publicKey)]);
  return `sealed:${sodium.to_base64(box, sodium.base64_variants.URLSAFE_NO_PADDING)}`;
}
