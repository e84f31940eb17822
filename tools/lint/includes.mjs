// Holds the C++ sources against the rule of their folders; `make lint` runs it. Findings name file, include and reason.
//
//   node tools/lint/includes.mjs [ROOT]     ROOT: the tree to look at, this one if absent
//
// sidecar/ is layered: a file includes its own folder and those of earlier layers, by paths from sidecar/ or
// extension/core/. extension/core/ includes itself, the C++ library and libsodium, so that its tests need no server.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folders of sidecar/, in layers from the bottom to the top; those of one layer never include each other. */
export const LAYERS = [
  ['base'],
  ['io'],
  ['database', 'twilio'],
  ['contract'],
  ['credentials'],
  ['jobs'],
  ['calls'],
  ['reconcile'],
  ['commands', 'daemon'],
];
/** What a folder may take from another one although its layer would allow more. */
const NARROWED = [{
  from: 'contract', to: 'twilio', only: ['twilio/form.hpp', 'twilio/resources.hpp'],
  why: 'contract takes values from Twilio, never its client',
}];
/** Headers that the build makes, by the path that they are included by. */
const MADE = new Set(['base/reasons.hpp', 'contract/transitions.hpp']);

/** Headers of libraries that one folder of sidecar/ keeps to itself. */
const WRAPPED = [
  { header: /^libpq-fe\.h$/, folder: 'io' },
  { header: /^curl\//, folder: 'io' },
  { header: /^httplib\.h$/, folder: 'io' },
  { header: /^(prometheus|spdlog)\//, folder: 'base' },
];
/** Headers that extension/core/ may include besides those of the C++ library. */
const CORE_HEADERS = ['sodium.h', 'arpa/inet.h'];

const SIDECAR = 'sidecar';
const SIMULATOR = 'twilio_simulator';
const CORE = join('extension', 'core');
const isSource = (name) => /\.(cpp|hpp|h|cc)$/.test(name);
const layerOf = (folder) => LAYERS.findIndex((layer) => layer.includes(folder));
const asWritten = (path, quoted) => (quoted ? `"${path}"` : `<${path}>`);
const folderOf = (path) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '');

/** All source files below `directory`, as paths from it with slashes, in name order. */
function sourcesBelow(directory, below = '') {
  if (!existsSync(join(directory, below))) return [];
  return readdirSync(join(directory, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below ? `${below}/${entry.name}` : entry.name;
    if (entry.isDirectory()) return sourcesBelow(directory, path);
    return isSource(entry.name) ? [path] : [];
  }).sort();
}

/** The include lines of a file: line number, path, and whether it stands in quotes. */
function includesOf(file) {
  return readFileSync(file, 'utf8').split('\n').flatMap((text, index) => {
    const [, open, path] = /^\s*#\s*include\s*(["<])([^">]+)[">]/.exec(text) ?? [];
    return path ? [{ line: index + 1, path, quoted: open === '"' }] : [];
  });
}

/** Why a file of sidecar/ must not be where it is; undefined if it may. */
function misplaced(path) {
  if (path === 'main.cpp') return undefined;
  const known = LAYERS.flat().join(', ');
  if (path.split('/').length !== 2) return `stands in no folder of sidecar/ (${known}); only main.cpp does not`;
  if (layerOf(folderOf(path)) < 0) return `stands in a folder that sidecar/ does not have: there are ${known}`;
  return undefined;
}

/** Why `path`, a file of sidecar/, must not include `included`; undefined if it may. */
function againstTheLayers(path, included) {
  const [from, to] = [folderOf(path), folderOf(included)];
  if (path === 'main.cpp' || from === to) return undefined;
  const narrowed = NARROWED.find((rule) => rule.from === from && rule.to === to);
  if (narrowed && !narrowed.only.includes(included)) return narrowed.why;
  if (layerOf(to) < 0) return 'main.cpp and what stands in no folder is included by nobody';
  if (layerOf(to) < layerOf(from)) return undefined;
  const before = LAYERS.slice(0, layerOf(from)).flat().join(', ') || 'no other folder';
  return `${from} comes before ${to} or beside it: it may include ${before}`;
}

function lintSidecar(root) {
  const findings = [];
  const directory = join(root, SIDECAR);
  for (const path of sourcesBelow(directory)) {
    const report = (line, text) => findings.push(`${SIDECAR}/${path}${line ? `:${line}` : ''}: ${text}`);
    const reason = misplaced(path);
    if (reason) {
      report(0, reason);
      continue;
    }
    for (const { line, path: included, quoted } of includesOf(join(directory, path))) {
      let why;
      if (!quoted) {
        const wrapped = WRAPPED.find(({ header, folder }) => header.test(included) && folder !== folderOf(path));
        if (wrapped) why = `only ${wrapped.folder} works with this library; others use what it makes of it`;
      } else if (MADE.has(included) || (existsSync(join(directory, included)) && !included.startsWith('.'))) {
        why = againstTheLayers(path, included);
      } else if (!existsSync(join(root, CORE, included)) || included.startsWith('.')) {
        why = 'no such header: paths begin at sidecar/ or at extension/core/';
      }
      if (why) report(line, `includes ${asWritten(included, quoted)}: ${why}`);
    }
  }
  return findings;
}

function lintCore(root) {
  const findings = [];
  const directory = join(root, CORE);
  for (const path of sourcesBelow(directory)) {
    for (const { line, path: included, quoted } of includesOf(join(directory, path))) {
      let why;
      if (quoted) {
        const inside = [normalize(join(dirname(path), included)), normalize(included)]
          .some((candidate) => !candidate.startsWith('..') && existsSync(join(directory, candidate)));
        if (!inside) why = 'extension/core/ includes itself alone: nothing of PostgreSQL, extension/pg/ or sidecar/';
      } else if (/[./]/.test(included) && !CORE_HEADERS.includes(included)) {
        why = `extension/core/ needs the C++ library and ${CORE_HEADERS.map((name) => `<${name}>`).join(', ')} alone`;
      }
      if (why) findings.push(`extension/core/${path}:${line}: includes ${asWritten(included, quoted)}: ${why}`);
    }
  }
  return findings;
}

/** Unit tests stand in folders that mirror those of what they test; `fakes` holds what several of them work with. */
function lintUnitTests(root) {
  const areas = sourcesBelow(join(root, CORE)).map(folderOf);
  const places = { sidecar: [...LAYERS.flat(), 'fakes'], core: [...new Set(areas)] };
  return sourcesBelow(join(root, 'test', 'unit')).flatMap((path) => {
    const [part, folder, ...rest] = path.split('/');
    if (part === SIMULATOR && rest.length === 0) return [];
    if (places[part]?.includes(folder) && rest.length === 1) return [];
    return [
      `test/unit/${path}: a unit test mirrors what it tests: test/unit/sidecar/FOLDER/, test/unit/core/AREA/ or ` +
      `test/unit/${SIMULATOR}/`,
    ];
  });
}

/** All findings in the tree at `root`, a line each; empty when it keeps the rule. */
export function lintIncludes(root) {
  return [...lintSidecar(root), ...lintCore(root), ...lintUnitTests(root)];
}

const self = fileURLToPath(import.meta.url);
if (process.argv[1] === self) {
  const findings = lintIncludes(process.argv[2] ?? join(dirname(self), '..', '..'));
  for (const finding of findings) console.log(finding);
  process.exitCode = findings.length > 0 ? 1 : 0;
}
