// Seals Twilio credentials from a shell, where Node.js 18 or later is at hand. See docs/credentials.md.
//
// npm install libsodium-wrappers
// node seal_credential_command.mjs PUBLIC_KEY_FILE ORG_ID ACCOUNT_SID < file-with-the-token
// prints what to hand in as auth_token to set_twilio_credentials().

import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';

globalThis.crypto ??= webcrypto; // Node.js 18: libsodium asks for it when it is loaded
const { sealCredential } = await import('./seal_credential.mjs');

const [file, orgId, accountSid] = process.argv.slice(2);
if (!accountSid) throw new Error('usage: seal_credential_command.mjs PUBLIC_KEY_FILE ORG_ID ACCOUNT_SID < TOKEN');
const token = (await text(process.stdin)).trim();
console.log(await sealCredential({ publicKeyFile: readFileSync(file, 'utf8'), orgId, accountSid, token }));
