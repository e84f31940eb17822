// The files of the work tree that lint looks at: what people write, not what builds and tests leave behind.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The top of the work tree. */
export const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const LEFT_DIRECTORIES = new Set([
  '.git',
  'node_modules',
  'build',
  'generated',
  'results',
  'log',
  'output_iso',
  'tmp_check',
]);
const PRODUCTS = /\.(o|d|so|bc|zip|gz)$|^telephony--.*\.sql$|^regression\.(diffs|out)$/;

function* walk(directory) {
  for (const entry of readdirSync(join(PROJECT, directory), { withFileTypes: true })) {
    const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!LEFT_DIRECTORIES.has(entry.name)) yield* walk(path);
    } else if (entry.isFile() && !PRODUCTS.test(entry.name)) yield path;
  }
}

/** A file: its path from the top of the tree, and its text when it is asked for. */
export class SourceFile {
  #text;

  constructor(path, text) {
    this.path = path;
    this.#text = text;
  }

  get text() {
    return (this.#text ??= readFileSync(join(PROJECT, this.path), 'utf8'));
  }

  get lines() {
    return this.text.split('\n');
  }
}

/** All files, in the order of their paths. */
export const sourceFiles = () => [...walk('')].sort().map((path) => new SourceFile(path));

/**
 * What a check found in a file.
 * @typedef {{path: string, line: number, why: string}} Finding
 */

/** True in the module that node was started with; `meta` is its import.meta. */
export const isMain = (meta) => process.argv[1] !== undefined && meta.url === pathToFileURL(process.argv[1]).href;

/** A finding as compilers write theirs. */
export const shown = ({ path, line, why }) => `${path}:${line}: ${why}`;
