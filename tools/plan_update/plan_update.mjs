// `make plan-update`: rewrites the checked-in numbering plan from the newest metadata in the npm package
// libphonenumber-js.
//
// VERSION=1.2.3 takes that version of the package instead. The comment at the head of the file stays; review the change
// with `git diff --word-diff`.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { planData } from './plan_data.mjs';

const PLAN = fileURLToPath(new URL('../../extension/core/numbering/plan_data/numbering_plan.txt', import.meta.url));

/** Downloads the package into `directory`; its version and metadata. */
function fetchPackage(wanted, directory) {
  const answer = execFileSync('npm', ['pack', '--json', `libphonenumber-js@${wanted}`], {
    cwd: directory,
    encoding: 'utf8',
  });
  const [{ filename, version }] = JSON.parse(answer);
  const metadata = execFileSync('tar', ['-xzOf', filename, 'package/metadata.max.json'], {
    cwd: directory, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024,
  });
  return { version, metadata: JSON.parse(metadata) };
}

/** Which regions and kinds have other lines now, as in "GB mobile". */
function changes(before, after) {
  const byName = (text) => new Map(text.split('\n').filter((line) => line && !line.startsWith('#'))
    .map((line) => [line.split(' ').slice(0, 2).join(' '), line]));
  const [old, fresh] = [byName(before), byName(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])].filter((name) => old.get(name) !== fresh.get(name));
}

const directory = mkdtempSync(join(tmpdir(), 'plan-update-'));
try {
  const { version, metadata } = fetchPackage(process.env.VERSION ?? 'latest', directory);
  const before = readFileSync(PLAN, 'utf8');
  const head = before.split('\n').filter((line) => line.startsWith('#')).join('\n');
  const after = `${head}\n\n${planData(metadata, version)}`;
  writeFileSync(`${PLAN}.part`, after);
  renameSync(`${PLAN}.part`, PLAN);
  const changed = changes(before, after).filter((name) => !name.startsWith('source '));
  process.stdout.write(`numbering plan: libphonenumber-js ${version}, ${changed.length} lines changed\n`);
  for (const name of changed) process.stdout.write(`    ${name}\n`);
} finally {
  rmSync(directory, { recursive: true });
}
