// The id of an organization whose tokens name it by a text, as telephony.org_uuid() makes it in the database.

import { createHash } from 'node:crypto';

/** The uuid of 1 to 255 bytes of UTF-8: version 8 of RFC 9562, from a SHA-256. */
export function orgUuid(text) {
  const id = createHash('sha256').update('telephony.org_uuid:').update(text, 'utf8').digest().subarray(0, 16);
  id[6] = (id[6] & 0x0f) | 0x80;
  id[8] = (id[8] & 0x3f) | 0x80;
  return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
