// The picture of the states in docs/architecture.md is that of the file of transitions.
//
//   node tools/lint/states.mjs     writes the picture anew (`make states`)

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT, isMain } from './tree.mjs';

const TRANSITIONS = 'extension/tenant/transitions';
const DOCUMENT = 'docs/architecture.md';
const PICTURE = /(<!-- states: [^\n]*-->\n```mermaid\n)([\s\S]*?)(```\n<!-- end of states -->)/;

/** The picture that transitions.awk makes; a unit test holds that `telephonyd states --mermaid` prints the same. */
export const printed = () => {
  const transitions = join(PROJECT, TRANSITIONS);
  return execFileSync('awk', ['-v', 'make=mermaid', '-f', `${transitions}.awk`, transitions], { encoding: 'utf8' });
};

export function checkStates(files, picture = printed()) {
  const document = files.find(({ path }) => path === DOCUMENT);
  if (PICTURE.exec(document.text)?.[2] === picture) return [];
  return [{ path: DOCUMENT, line: 1, why: `does not show ${TRANSITIONS}: run \`make states\`` }];
}

if (isMain(import.meta)) {
  const path = join(PROJECT, DOCUMENT);
  const document = readFileSync(path, 'utf8');
  if (!PICTURE.test(document)) throw new Error(`${DOCUMENT} has no place for the picture`);
  writeFileSync(path, document.replace(PICTURE, (_, begin, _old, end) => begin + printed() + end));
}
