// What a request may be refused with, as the manuals say: the table of errors, and the register of reason codes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REASONS } from '../harness/reasons.mjs';
import { PROJECT } from '../harness/sandbox.mjs';

/** The manual with the table of errors. */
export const GUIDE = readFileSync(join(PROJECT, 'docs/postgrest.md'), 'utf8');
const [, TABLE] = /<!-- errors: .*\n((?:\|.*\n)*)/.exec(GUIDE);

/** The rows of the table, each as "status code". */
export const ERRORS = TABLE.split('\n').slice(2).filter(Boolean).flatMap((row) => {
  const [, statuses, codes] = row.split('|');
  return statuses.match(/\d+/g).flatMap((status) => codes.match(/\w+(?=`)/g).map((code) => `${status} ${code}`));
});

/** All that a request may be refused with, as "status code". */
export const LISTED = new Set([
  ...ERRORS,
  ...REASONS.filter(({ status }) => status !== null).map(({ code, status }) => `${status} ${code}`),
]);

/** What the real PostgREST of the tests does not say: other versions do, or a server that starts. */
export const ELSEWHERE = ['401 PGRST303', '404 PGRST125', '404 PGRST205', '503 PGRST001', '503 PGRST002'];

/** A refusal as "status code"; null where the status is none. Without a body, as to HEAD, the first listed counts. */
function refusalOf(status, text) {
  if (status < 300) return null;
  if (text === '') return [...LISTED].find((each) => each.startsWith(`${status} `)) ?? `${status}`;
  if (text === '{}' && status === 404) return '404 PGRST125';
  return /^\{/.test(text) ? `${status} ${JSON.parse(text).code}` : `${status} ${text.slice(0, 60)}`;
}

/**
 * Sends requests {what, ...} by `send`, which resolves to {status, text}; fails with those whose refusal is not listed.
 */
export async function onlyListed(t, requests, send) {
  const found = [];
  const seen = {};
  for (const request of requests) {
    const { status, text } = await send(request);
    const refusal = refusalOf(status, text);
    seen[refusal] = (seen[refusal] ?? 0) + 1;
    if (refusal !== null && !LISTED.has(refusal)) found.push(`${request.what}: ${refusal} ${text.slice(0, 160)}`);
  }
  t.diagnostic(`${requests.length} requests: ${JSON.stringify(seen)}`);
  assert.deepEqual(found, []);
}
