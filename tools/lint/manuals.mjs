// Every path that a manual names exists, as do the files its links lead to.

import { posix } from 'node:path';

/** Manuals: Markdown anywhere in the tree. */
const isManual = (path) => path.endsWith('.md') && path !== 'CHANGELOG.md';

/** The first parts of the paths that a manual may mean. */
const TOP = ['docs', 'expected', 'extension', 'packaging', 'sidecar', 'sql', 'test', 'tools', 'web', 'debian', '.ci'];

/** In code spans: a path from the top of the tree, perhaps with a pattern in it. */
const NAMED = new RegExp(
  `(?<![\\w./~:-])(?:${TOP.map((part) => part.replace('.', '\\.')).join('|')})/[\\w./*{},<>-]*`,
  'g',
);

/** What a build makes. */
const PRODUCT = /^(build\/|extension\/generated\/|test\/node_modules\/)/;

/** A pattern of a path as an expression: * and <name> stand for a part, {a,b} for either. */
function expressionOf(pattern) {
  const text = pattern
    .replace(/[.+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{([^}]*)\}/g, (_, either) => `(?:${either.split(',').join('|')})`)
    .replace(/\*|<[^>]*>|NNNN/g, '[^/]*');
  return new RegExp(`^${text.replace(/\/$/, '')}(/|$)`);
}

/** `paths` are those of all files. */
export function checkManuals(files, paths = files.map(({ path }) => path)) {
  const exists = (pattern) => {
    const expression = expressionOf(pattern);
    return paths.some((path) => expression.test(path));
  };
  return files.filter(({ path }) => isManual(path)).flatMap(({ path, lines }) =>
    lines.flatMap((text, index) => {
      const missing = [];
      for (const [, span] of text.matchAll(/`([^`]+)`/g)) {
        for (const [named] of span.matchAll(NAMED)) {
          const pattern = named.replace(/[.,]+$/, '');
          if (!PRODUCT.test(pattern) && !exists(pattern)) missing.push(`there is no ${pattern}`);
        }
      }
      for (const [, target] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const linked = posix.normalize(posix.join(posix.dirname(path), target));
        if (!exists(linked)) missing.push(`the link to ${target} leads nowhere`);
      }
      return missing.map((why) => ({ path, line: index + 1, why }));
    }),
  );
}

/** Every directory of test/ has a line in its README that says what it is for. */
export function checkPurposes(files, paths = files.map(({ path }) => path)) {
  const readme = files.find(({ path }) => path === 'test/README.md');
  const directories = new Set(paths.flatMap((path) => /^test\/([^/]+)\//.exec(path)?.[1] ?? []));
  return [...directories]
    .filter((name) => !readme.text.includes(`\n| \`${name}/\` |`))
    .map((name) => ({ path: readme.path, line: 1, why: `does not say what test/${name}/ is for` }));
}
