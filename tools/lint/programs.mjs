// Runs what reads texts and builds nothing: clang-format, shellcheck, eslint and the include rule of the sidecar. The
// configurations are .clang-format, .shellcheckrc, eslint.config.mjs. Ends with 1 when one of them found something.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT, isMain, sourceFiles } from './tree.mjs';

/** The clang-format that the tree is formatted by: others break some lines elsewhere. */
const FORMATTED_BY = 14;

/** Why a command is not run on this system; undefined where it is. */
export function notHere([program]) {
  if (program !== 'clang-format') return undefined;
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  const version = /version (\d+)/.exec(stdout ?? '')?.[1];
  if (version === undefined || Number(version) === FORMATTED_BY) return undefined;
  return `this is clang-format ${version}, and the tree is formatted by ${FORMATTED_BY}`;
}

/** Each checker's command for the files that are its business. */
export function commands(files = sourceFiles()) {
  const paths = files.map(({ path }) => path);
  const isShell = (path) =>
    /\.sh$/.test(path) ||
    (/^(\.ci|debian)\//.test(path) && /^#!\/bin\/(ba)?sh/.test(readFileSync(join(PROJECT, path), 'utf8')));
  const all = [
    ['clang-format', '--dry-run', '--Werror', ...paths.filter((path) => /\.[ch]pp$/.test(path))],
    ['shellcheck', ...paths.filter(isShell)],
    [process.execPath, 'test/node_modules/eslint/bin/eslint.js', '.'],
    [process.execPath, 'tools/lint/includes.mjs'],
  ];
  return all.filter(([program, script]) => program !== process.execPath || existsSync(join(PROJECT, script)));
}

/** Runs one; resolves to its name, and what it says when it is not content. */
export function run([program, ...args]) {
  const name = program === process.execPath ? args[0] : program;
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: PROJECT,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error) return { name, said: `cannot be run: ${error.message}; make deps installs it` };
  return { name, said: status === 0 ? '' : `${stdout}${stderr}` };
}

if (isMain(import.meta)) {
  let failed = false;
  for (const command of commands()) {
    const reason = notHere(command);
    if (reason) {
      console.log(`${command[0]}: not run: ${reason}`);
      continue;
    }
    const { name, said } = run(command);
    console.log(`${name}: ${said === '' ? 'clean' : `\n${said}`}`);
    failed ||= said !== '';
  }
  process.exit(failed ? 1 : 0);
}
