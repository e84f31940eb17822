// JSON Web Tokens (RFC 7519, HS256) as the application's login service would issue them.

import { createHmac } from 'node:crypto';

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * Signs the claims of a caller: `role` is the database role; `org` the organization, or undefined for a caller without
 * one; `lifetime` in seconds from now (negative: already expired); `claims` are added, and replace what was there.
 */
export function signToken(secret, { role, org, lifetime = 3600, claims: added = {} }) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { role, iat: now, exp: now + lifetime, ...(org && { app_metadata: { org_id: org } }), ...added };
  const signed = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
