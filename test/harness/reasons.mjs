// The register of reason codes, as extension/tenant/reasons has it.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT } from './sandbox.mjs';

const FILE = join(PROJECT, 'extension/tenant/reasons');

/** The table of the register as the manual shows it. */
const REASONS_TABLE = execFileSync('awk', ['-v', 'make=markdown', '-f', `${FILE}.awk`, FILE], {
  encoding: 'utf8',
});

/** The codes: [{code, status, meaning, advice}]; status null: calls are not refused with it. */
export const REASONS = REASONS_TABLE.trimEnd().split('\n').slice(2).map((row) => {
  const [code, status, meaning, advice] = row.slice(2, -2).split(' | ');
  return { code: code.slice(1, -1), status: status === '' ? null : Number(status), meaning, advice };
});
