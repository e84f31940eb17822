// The reason codes: what the sources refuse and explain with is in the register, what is in the register is used, and
// the manual has the whole of it.
//
//   node tools/lint/reasons.mjs     writes the table of the manual anew (`make reasons`)

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT, isMain } from './tree.mjs';

const REGISTER = 'extension/tenant/reasons';
const MANUAL = 'docs/reasons.md';
const TABLE = /(<!-- reasons: [^\n]*-->\n)([\s\S]*?)(<!-- end of reasons -->)/;

/** The table that reasons.awk makes. */
export const printed = () => {
  const register = join(PROJECT, REGISTER);
  return execFileSync('awk', ['-v', 'make=markdown', '-f', `${register}.awk`, register], { encoding: 'utf8' });
};

const isSource = (path) =>
  /^(extension\/.*\.(sql|cpp)|sidecar\/.*\.cpp|packaging\/nginx\/.*\.conf)$/.test(path) &&
  !path.includes('/guard_test/');

/** The codes that a line gives: a refusal in SQL, a code put beside a reason, a refusal of the gateway. */
const GIVEN = [/\brefuse\('(\w+)'/g, /\b(?:reason|problem|remains)_code := '(\w+)'/g, /"code":"(\w+)"/g];

/** How a refusal would be raised that has no code. */
const BARE = /ERRCODE = 'PT\d/;

export function checkReasons(files, table = printed()) {
  const codes = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code);
  const sources = files.filter(({ path }) => isSource(path));
  const findings = [];
  const named = new Set();
  for (const { path, text, lines } of sources) {
    for (const [, a, b, c] of text.matchAll(/'(\w+)'|"(\w+)"|\breasons::(\w+)/g)) named.add(a ?? b ?? c);
    lines.forEach((line, index) => {
      const found = (why) => findings.push({ path, line: index + 1, why });
      if (BARE.test(line)) found('a refusal without a reason code: call telephony_internal.refuse()');
      for (const pattern of GIVEN)
        for (const [, code] of line.matchAll(pattern))
          if (!codes.includes(code)) found(`${code} is not in ${REGISTER}`);
    });
  }
  for (const code of codes)
    if (!named.has(code)) findings.push({ path: REGISTER, line: 1, why: `nothing gives the reason code ${code}` });
  const manual = files.find(({ path }) => path === MANUAL);
  if (manual && TABLE.exec(manual.text)?.[2] !== table)
    findings.push({ path: MANUAL, line: 1, why: 'does not show the register: run `make reasons`' });
  return findings;
}

if (isMain(import.meta)) {
  const path = join(PROJECT, MANUAL);
  writeFileSync(path, readFileSync(path, 'utf8').replace(TABLE, (_, begin, _old, end) => begin + printed() + end));
}
