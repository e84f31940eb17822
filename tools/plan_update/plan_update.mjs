// `make plan-update`: rewrites the checked-in numbering plan from the newest metadata in the npm package
// google-libphonenumber.
//
// VERSION=1.2.3 takes that version of the package instead. The metadata must decide on validity as that of a version
// of libphonenumber-js does, made by other people of the same data: else nothing is written, and the differences are
// shown. What a newer libphonenumber-js would change is told. The comment at the head of the file stays; review the
// change with `git diff --word-diff`.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { googlePlanData } from './google_metadata.mjs';
import { jsPlanData } from './js_metadata.mjs';

const PLAN = fileURLToPath(new URL('../../extension/core/numbering/plan_data/numbering_plan.txt', import.meta.url));
const SECOND_OPINIONS = 6; // versions of libphonenumber-js to look at, from the newest back
const SAME_SOURCE = 'source';

const OUTPUT = { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 };
const npm = (...args) => JSON.parse(execFileSync('npm', [...args, '--json'], OUTPUT));

/** Downloads one version of a package into `directory`: its version, and where it is unpacked. */
function fetchPackage(spec, directory) {
  const [{ filename, version }] = npm('pack', '--pack-destination', directory, spec);
  const place = join(directory, filename.replace(/\.tgz$/, ''));
  execFileSync('mkdir', [place]);
  execFileSync('tar', ['-xzf', join(directory, filename), '-C', place]);
  return { version, place: join(place, 'package') };
}

/** The names of lines that differ, as in "GB mobile": lines by region, kind, and for formats their pattern. */
function changes(before, after) {
  const isData = (line) => line && !line.startsWith('#') && !line.startsWith('source ');
  const byName = (text) => new Map(text.split('\n').filter(isData)
    .map((line) => line.split(' '))
    .map((words) => [words.slice(0, words[1] === 'format' ? 5 : 2).join(' '), words.join(' ')]));
  const [old, fresh] = [byName(before), byName(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])].filter((name) => old.get(name) !== fresh.get(name));
}

/** libphonenumber-js as validity lines, the newest first, until one equals `validity` or enough were seen. */
function secondOpinions(validity, directory) {
  const times = npm('view', 'libphonenumber-js', 'time');
  const versions = npm('view', 'libphonenumber-js', 'versions')
    .sort((a, b) => Date.parse(times[b]) - Date.parse(times[a]));
  const opinions = [];
  for (const version of versions.filter((name) => !name.includes('-')).slice(0, SECOND_OPINIONS)) {
    const { place } = fetchPackage(`libphonenumber-js@${version}`, directory);
    const lines = jsPlanData(JSON.parse(readFileSync(join(place, 'metadata.max.json'), 'utf8')), SAME_SOURCE);
    opinions.push({ version, lines, differences: changes(lines, validity) });
    if (lines === validity) break;
  }
  return opinions;
}

function print(title, names) {
  process.stdout.write(`${title}\n${names.map((name) => `    ${name}\n`).join('')}`);
}

const directory = mkdtempSync(join(tmpdir(), 'plan-update-'));
try {
  const { version, place } = fetchPackage(`google-libphonenumber@${process.env.VERSION ?? 'latest'}`, directory);
  const { metadata } = createRequire(import.meta.url)(place);
  const validity = googlePlanData(metadata, SAME_SOURCE, { validityOnly: true });
  const opinions = secondOpinions(validity, directory);
  const agreeing = opinions.find(({ lines }) => lines === validity);
  if (!agreeing) {
    const [nearest] = [...opinions].sort((a, b) => a.differences.length - b.differences.length);
    const both = `google-libphonenumber ${version} and libphonenumber-js ${nearest.version}, the nearest,`;
    print(`refused: ${both} differ in`, nearest.differences);
    process.exitCode = 1;
  } else {
    const before = readFileSync(PLAN, 'utf8');
    const head = before.split('\n').filter((line) => line.startsWith('#')).join('\n');
    const after = `${head}\n\n${googlePlanData(metadata, `source google-libphonenumber ${version}`)}`;
    writeFileSync(`${PLAN}.part`, after);
    renameSync(`${PLAN}.part`, PLAN);
    const changed = changes(before, after);
    print(`numbering plan: google-libphonenumber ${version}, ${changed.length} lines changed`, changed);
    print(`libphonenumber-js ${agreeing.version} decides on validity alike`, []);
    const [newest] = opinions;
    if (newest !== agreeing) {
      print(`libphonenumber-js ${newest.version} has newer metadata, which would change`, newest.differences);
    }
  }
} finally {
  rmSync(directory, { recursive: true });
}
