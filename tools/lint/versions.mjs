// The version stands in extension/telephony.control; what must repeat it agrees.

const CONTROL = 'extension/telephony.control';

/** Who repeats the version, and where in it. */
const REPEATED = [
  { path: 'META.json', where: /^ {2}"version": "([^"]*)"/m },
  { path: 'META.json', where: /"file": "telephony--([^"]*)\.sql"/, optional: true },
  { path: 'README.md', where: /^Version (\d+\.\d+\.\d+)/m },
];

/** `read` gives the text of a path. */
export function checkVersions(read) {
  const version = /^default_version *= *'([^']*)'/m.exec(read(CONTROL))?.[1];
  if (!version) return [{ path: CONTROL, line: 1, why: 'has no default_version' }];
  return REPEATED.flatMap(({ path, where, optional = false }) => {
    const found = where.exec(read(path));
    if (!found) return optional ? [] : [{ path, line: 1, why: `does not say its version: ${where}` }];
    if (found[1] === version) return [];
    const line = read(path).slice(0, found.index).split('\n').length;
    return [{ path, line, why: `version ${found[1]}, but ${CONTROL} says ${version}` }];
  });
}
