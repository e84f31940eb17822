// The build before this one, from a revision of this repository: its telephonyd, and its part of the contract in the
// database.

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from '../harness/sandbox.mjs';

/**
 * A revision that has the tables of this tree: until the first release they change in place. It plays the version with
 * the contract before, so that neither telephonyd speaks the other's.
 */
export const BEFORE = '648c06e350a5238ae4a652719887a2bd447a4855';

const FUNCTIONS = 'extension/tenant/functions';
const DIRECTORY = join(PROJECT, 'build/before', BEFORE);

/** A file as it was; empty if it is new since. */
const textOfBefore = (file) => (git('ls-tree', BEFORE, '--', file) === '' ? '' : git('show', `${BEFORE}:${file}`));

/** The file of transitions, with the contract before. */
const TRANSITIONS = 'extension/tenant/transitions';
const transitionsOfBefore = () =>
  textOfBefore(TRANSITIONS).replace(/^contract (\d+) serves \d+$/m, (_, n) => `contract ${n - 1} serves ${n - 1}`);

const git = (...args) => execFileSync('git', args, { cwd: PROJECT, encoding: 'utf8', maxBuffer: 1 << 28 });

/** Throws unless the repository holds the revision. */
export function requireRevision() {
  try {
    git('cat-file', '-e', `${BEFORE}^{commit}`);
  } catch {
    throw new Error(`the build before this one is revision ${BEFORE}, which this repository does not hold: fetch the whole history (git fetch --unshallow)`);
  }
}

/** Builds the telephonyd of before, unless that was done; returns its path, whose last name is `telephonyd-before`. */
export function telephonydOfBefore() {
  const program = join(DIRECTORY, 'telephonyd-before');
  if (existsSync(program)) return program;
  const tree = join(DIRECTORY, 'tree');
  mkdirSync(tree, { recursive: true });
  const archive = execFileSync('git', ['archive', '--format=tar', BEFORE], { cwd: PROJECT, maxBuffer: 1 << 28 });
  execFileSync('tar', ['-x', '-C', tree], { input: archive });
  writeFileSync(join(tree, TRANSITIONS), transitionsOfBefore());
  const build = join(DIRECTORY, 'build');
  const options = { cwd: tree, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 };
  const run = (...args) => execFileSync('cmake', args, options);
  run('-S', tree, '-B', build, '-DCMAKE_BUILD_TYPE=Debug', '-DCMAKE_CXX_FLAGS_DEBUG=-O0');
  run('--build', build, '--target', 'telephonyd', '--parallel', process.env.JOBS || String(availableParallelism()));
  copyFileSync(join(build, 'telephonyd'), program);
  return program;
}

const NAME = /^CREATE FUNCTION (telephony_internal\.\w+|telephony_api\.\w+)\(/gm;
const namesIn = (text) => [...text.matchAll(NAME)].map(([, name]) => name);
const DEFINITION = /^CREATE FUNCTION [\s\S]*?\$\$;$/gm;
const definitionsIn = (text) => [...text.matchAll(DEFINITION)].map(([definition]) => definition);

const SIGNATURE = /^COMMENT ON FUNCTION (telephony_\w+\.\w+\([^)]*\))/gm;
const signaturesIn = (text) => [...text.matchAll(SIGNATURE)].map(([, signature]) => signature);

/** SQL that does something with every function of that name; %s stands for it. */
const forEachNamed = (name, statement) => `DO $do$ DECLARE f regprocedure; BEGIN
  FOR f IN SELECT oid FROM pg_proc WHERE oid::regproc::text = '${name}' LOOP
    EXECUTE format('${statement}', f);
  END LOOP;
END $do$;`;

/** SQL that makes the functions that are made of the file of transitions, as it was, and writes its rows. */
function machinesOfBefore() {
  const program = textOfBefore(`${TRANSITIONS}.awk`);
  const made = (part) => execFileSync('awk', ['-v', 'make=sql', '-v', `part=${part}`, program, '-'],
    { encoding: 'utf8', input: transitionsOfBefore() });
  const definitions = ['set_machines', 'is_ended', 'contract'].flatMap((part) => definitionsIn(made(part)));
  return [...definitions.map((definition) => definition.replace(/^CREATE /, 'CREATE OR REPLACE ')),
    'SELECT telephony_internal.set_machines();'];
}

/**
 * SQL that makes the functions of before in a database of now: the reverse of what migrate() does for an upgrade. The
 * tables are those of now: what is only new there, the functions of before do not know.
 */
export function functionsOfBefore() {
  const files = git('diff', '--name-only', '--no-renames', BEFORE, '--', FUNCTIONS).split('\n').filter(Boolean);
  const untracked = git('ls-files', '--others', '--exclude-standard', FUNCTIONS).split('\n').filter(Boolean);
  const sql = ['SET check_function_bodies = off;', `SET ROLE telephony_owner;`];
  // A function may have moved since: what is made of it today goes by its name, wherever that comes from.
  for (const file of [...files, ...untracked]) {
    const now = existsSync(join(PROJECT, file)) ? readFileSync(join(PROJECT, file), 'utf8') : '';
    const names = new Set([...namesIn(now), ...namesIn(textOfBefore(file))]);
    for (const name of names) sql.push(forEachNamed(name, 'DROP FUNCTION %s'));
  }
  for (const file of files) {
    const before = textOfBefore(file);
    // migrate() takes away what it knows to be its own.
    for (const signature of signaturesIn(before)) {
      sql.push(
        `INSERT INTO telephony_internal.shipped_functions VALUES ('${signature}', 'FUNCTION') ON CONFLICT DO NOTHING;`,
      );
    }
    const tiers = /^-- tier: (.*)$/m.exec(before)?.[1] ?? '';
    for (const definition of definitionsIn(before)) {
      sql.push(definition);
      if (/sidecar/.test(tiers)) {
        sql.push(forEachNamed(namesIn(definition)[0], 'GRANT EXECUTE ON FUNCTION %s TO telephonyd'));
      }
    }
  }
  sql.push(...machinesOfBefore());
  // What that database recorded as called by telephonyd is what it had.
  sql.push(`DELETE FROM telephony_internal.tier_privileges p
    WHERE CASE WHEN p.privilege = 'EXECUTE' THEN to_regprocedure(p.object) IS NULL END;`);
  return sql.join('\n');
}
