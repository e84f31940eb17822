// The fast part of `make lint`: what reads the texts of the tree and builds nothing. Ends with 1 when something was
// found.
//
//   node tools/lint/main.mjs [--report]    with how many lines each folder has, and the longest files

import { checkAlerts } from './alerts.mjs';
import { checkManuals, checkPurposes } from './manuals.mjs';
import { checkReasons } from './reasons.mjs';
import { checkRegister } from './register.mjs';
import { checkServers } from './servers.mjs';
import { checkStates } from './states.mjs';
import { checkWidth, checkWords } from './text.mjs';
import { isMain, shown, sourceFiles } from './tree.mjs';
import { checkVersions } from './versions.mjs';

/** A file past this length is worth a second look: it may be two. */
const LONG = 400;

/** What all checks find in `files`. */
export function lint(files) {
  const read = (path) => files.find((file) => file.path === path)?.text ?? '';
  return [
    ...files.flatMap(checkWidth),
    ...files.flatMap(checkWords),
    ...files.flatMap(checkServers),
    ...checkVersions(read),
    ...checkManuals(files),
    ...checkPurposes(files),
    ...checkReasons(files),
    ...checkRegister(files),
    ...checkAlerts(files),
    ...checkStates(files),
  ];
}

/** Lines per folder, and the files past LONG. */
function* report(files) {
  const folders = new Map();
  const sources = files.filter(({ path }) => /\.(cpp|hpp|sql|mjs|js|sh|pml|md)$/.test(path) || path === 'Makefile');
  for (const { path, lines } of sources) {
    const folder = path.split('/').slice(0, -1).slice(0, 3).join('/') || '.';
    const { count, total } = folders.get(folder) ?? { count: 0, total: 0 };
    folders.set(folder, { count: count + 1, total: total + lines.length });
  }
  yield 'lines  files  folder';
  for (const [folder, { count, total }] of [...folders].sort())
    yield`${String(total).padStart(5)}  ${String(count).padStart(5)}  ${folder}`;
  const long = sources.filter(({ lines }) => lines.length > LONG).sort((a, b) => b.lines.length - a.lines.length);
  yield `${long.length} files past ${LONG} lines`;
  for (const { path, lines } of long) yield `${String(lines.length).padStart(5)}  ${path}`;
}

if (isMain(import.meta)) {
  const files = sourceFiles();
  if (process.argv.includes('--report')) for (const line of report(files)) console.log(line);
  const findings = lint(files);
  for (const finding of findings) console.log(shown(finding));
  console.log(`lint: ${files.length} files, ${findings.length} findings`);
  process.exit(findings.length === 0 ? 0 : 1);
}
