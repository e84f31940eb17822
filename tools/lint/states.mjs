// The picture of the states in docs/architecture.md is what `telephonyd states --mermaid` prints.
//
//   node tools/lint/states.mjs     writes the picture anew (`make states`)

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT, isMain } from './tree.mjs';

export const DOCUMENT = 'docs/architecture.md';

const PICTURE = /(<!-- states: [^\n]*-->\n```mermaid\n)([\s\S]*?)(```\n<!-- end of states -->)/;

/** What telephonyd prints. */
export const printed = () =>
  execFileSync(join(PROJECT, 'build/telephonyd'), ['states', '--mermaid'], { encoding: 'utf8' });

/** The picture that a document shows; null when it has no place for one. */
export const pictureOf = (document) => PICTURE.exec(document)?.[2] ?? null;

if (isMain(import.meta)) {
  const path = join(PROJECT, DOCUMENT);
  const document = readFileSync(path, 'utf8');
  if (pictureOf(document) === null) throw new Error(`${DOCUMENT} has no place for the picture`);
  writeFileSync(path, document.replace(PICTURE, (_, begin, _old, end) => begin + printed() + end));
}
