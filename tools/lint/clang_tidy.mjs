// Runs clang-tidy (.clang-tidy) over what is shipped of the compile database of build/, as many at once as there are
// processors. A source that was clean is looked at again only when it, a header that it includes, or the checks have
// changed.
//
//   node tools/lint/clang_tidy.mjs [PATH...]    only sources whose path begins with one of them
//
// Ends with 1 when something was found.

import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { PROJECT } from './tree.mjs';

/** What is shipped; the sanitizers and their own runs look after the tests. */
const SHIPPED = ['extension/core/', 'sidecar/'];

const BUILD = join(PROJECT, 'build');
const CLEAN = join(BUILD, 'clang-tidy');

/** The work tree's files that a compilation reads, the source first: what `g++ -MM` says. */
function filesOf({ directory, command }) {
  const [program, ...args] = command.split(' ').filter(Boolean);
  const output = args.indexOf('-o');
  const flags = args.filter((arg, index) => index !== output && index !== output + 1 && arg !== '-c');
  const rule = execFileSync(program, [...flags, '-MM'], { cwd: directory, encoding: 'utf8' });
  return rule.replace(/^[^:]*:/, '').split(/[\s\\]+/).filter(Boolean);
}

const hash = (texts) => texts.reduce((sum, text) => sum.update(text).update('\0'), createHash('sha256')).digest('hex');

/** Where it is noted that this state of a source was clean. */
function noteOf(entry, version) {
  const texts = filesOf(entry).map((path) => readFileSync(path));
  const state = [version, readFileSync(join(PROJECT, '.clang-tidy')), entry.command, ...texts];
  return join(CLEAN, hash(state));
}

async function tidy(entry, version) {
  const note = noteOf(entry, version);
  if (existsSync(note)) return { looked: false, found: '' };
  const child = spawn('clang-tidy', ['--quiet', '-p', BUILD, entry.file], { stdio: ['ignore', 'pipe', 'ignore'] });
  let found = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (found += text));
  const [code] = await once(child, 'close');
  if (code === 0) writeFileSync(note, '');
  return { looked: true, found: code === 0 ? '' : found || `${entry.file}: clang-tidy ended with ${code}\n` };
}

async function main(places) {
  const database = join(BUILD, 'compile_commands.json');
  if (!existsSync(database)) throw new Error('there is no build/compile_commands.json: run `make tests`');
  mkdirSync(CLEAN, { recursive: true });
  const version = execFileSync('clang-tidy', ['--version'], { encoding: 'utf8' });
  const seen = new Set();
  const waiting = JSON.parse(readFileSync(database, 'utf8')).filter(({ file }) => {
    const path = relative(PROJECT, file);
    if (seen.has(path) || path.startsWith('..') || path.startsWith('build/') || path.includes('generated/'))
      return false;
    seen.add(path);
    return places.some((place) => path.startsWith(place));
  });
  const sources = waiting.length;
  let looked = 0;
  let dirty = 0;
  const work = async () => {
    for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
      const result = await tidy(entry, version);
      looked += result.looked;
      dirty += result.found !== '';
      process.stdout.write(result.found.replaceAll(`${PROJECT}/`, ''));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  console.log(`clang-tidy: ${sources} sources, ${looked} looked at, ${dirty} with findings`);
  return dirty === 0 ? 0 : 1;
}

const [, , ...asked] = process.argv;
process.exit(await main(asked.length > 0 ? asked : SHIPPED));
