// The register of SQLSTATEs in docs/architecture.md has what the sources raise, and nothing else.

const REGISTER = 'docs/architecture.md';

/** PostgreSQL's names of the codes that our C++ raises. */
const NAMED = {
  CHECK_VIOLATION: '23514',
  CONFIG_FILE_ERROR: 'F0000',
  DATA_CORRUPTED: 'XX001',
  DEPENDENT_OBJECTS_STILL_EXIST: '2BP01',
  EXTERNAL_ROUTINE_EXCEPTION: '38000',
  NULL_VALUE_NOT_ALLOWED: '22004',
  INTERNAL_ERROR: 'XX000',
  INVALID_BINARY_REPRESENTATION: '22P03',
  INVALID_PARAMETER_VALUE: '22023',
  INVALID_TEXT_REPRESENTATION: '22P02',
  OBJECT_NOT_IN_PREREQUISITE_STATE: '55000',
  OUT_OF_MEMORY: '53200',
};

/** The upper end of a range that a message names. */
const ANY_PT = 'PT499';

/** What is raised nowhere but in tests of the boundary. */
const isTest = (path) => path.includes('/guard_test/');

/** The codes that a source raises: [{code, path, line}]; `unknown` are names that NAMED lacks. */
export function raised(files) {
  const found = [];
  const sources = files.filter(({ path }) => /^extension\/.*\.(sql|cpp|hpp)$/.test(path) && !isTest(path));
  for (const { path, lines } of sources) {
    lines.forEach((text, index) => {
      const say = (code) => found.push({ code, path, line: index + 1 });
      for (const [, code] of text.matchAll(/ERRCODE = '([0-9A-Z]{5})'/g)) say(code);
      for (const [, code] of text.matchAll(/\b((?:TL|PT)\d{3})\b/g)) if (code !== ANY_PT) say(code);
      for (const [, name] of text.matchAll(/\bERRCODE_([A-Z_]+)/g)) say(NAMED[name] ?? `ERRCODE_${name}`);
      for (const [, letters] of text.matchAll(/MAKE_SQLSTATE\(((?:'[0-9A-Z]'(?:, )?){5})\)/g))
        say(letters.replace(/[', ]/g, ''));
    });
  }
  return found;
}

/** The codes of the register: [{code, line}]. */
export function registered(document) {
  const lines = document.split('\n');
  const [begin, end] = [lines.indexOf('## SQLSTATE register'), lines.indexOf('## Glossary')];
  return lines.flatMap((text, index) => {
    const code = index > begin && index < end && /^\| `([0-9A-Z]{5})` \|/.exec(text)?.[1];
    return code ? [{ code, line: index + 1 }] : [];
  });
}

export function checkRegister(files) {
  const rows = registered(files.find(({ path }) => path === REGISTER).text);
  const sources = raised(files);
  const listed = new Set(rows.map(({ code }) => code));
  const used = new Map(sources.map((source) => [source.code, source]));
  return [
    ...[...used.values()].filter(({ code }) => !listed.has(code)).map(({ code, path, line }) => (
      { path, line, why: `${code} is not in the SQLSTATE register of ${REGISTER}` })),
    ...rows.filter(({ code }) => !used.has(code)).map(({ code, line }) => (
      { path: REGISTER, line, why: `${code} is in the register, but no source raises it` })),
  ];
}
