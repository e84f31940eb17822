// What holds for every text of the tree, whatever its language: the width of lines, and words that lead out of the
// project.

/** The longest line. */
const WIDTH = 120;

/** What other programs write, and what is compared with it byte by byte. */
const NOT_OURS = [
  /(^|\/)package-lock\.json$/,
  /(^|\/)expected\//, // what PostgreSQL answered, and the statements it echoes
  /^(sql|test\/isolation\/specs)\//, // these are the statements
  /\/plan_data\//,
  /\.pml$/, // a macro of Promela is one line
  /\.(patch|svg|png|ico|woff2?)$/,
  /^LICENSE$/,
];

/** A table of Markdown and a link definition are one line each, and a word is not broken. */
const UNBREAKABLE_MARKDOWN = /^\s*\||^\[[^\]]+\]: |^\s*\S+$/;

/** A line that is one word longer than it: a title, a URL, a pattern. Breaking it would only hide it from a search. */
const ONE_LITERAL = /^\s*(test\(|(['"`]).*\2[,;]?$|\S+[,;]?$)/;

/** What a test expects is written as it is answered: a long literal of it is not broken either. */
const LONG_LITERAL = /'(?:[^']|''){60,}'|"[^"]{60,}"|`[^`]{60,}`|\$\$[^$]{60,}\$\$/;

// Written so that this file does not contain them.
const FORBIDDEN = [
  {
    word: new RegExp(`\\b${['DES', 'IGN'].join('')}\\b`),
    why: 'the rules are in docs/architecture.md: name that, or the rule',
  },
  {
    word: /\b(?:g[ia]ve[sn]?|giving) (?:\w+ ){0,3}back\b/,
    why: 'a number is released, a lease ends (glossary of docs/architecture.md)',
  },
  { word: /\brecord of changes\b/, why: 'audit log (glossary of docs/architecture.md)' },
  { word: /\b[Aa] person\b/, why: 'operator, subscriber, or what is done in the console (glossary)' },
  { word: /\b[Rr]ules? (10|[1-9])\b(?!\d)/, why: 'rules have names (docs/architecture.md), not numbers' },
];

/** A row of the glossary names the words that are not used. */
const GLOSSARY = /^\| \*\*/;

/** Fenced code blocks of Markdown, as a predicate of the line's index. */
function isCode(lines) {
  let inside = false;
  const code = lines.map((line) => {
    const fence = /^\s*```/.test(line);
    if (fence) inside = !inside;
    return inside || fence;
  });
  return (index) => code[index];
}

/** Lines that are too long. */
export function checkWidth(file) {
  if (NOT_OURS.some((pattern) => pattern.test(file.path))) return [];
  const { path, lines } = file;
  const markdown = path.endsWith('.md');
  const code = markdown ? isCode(lines) : () => false;
  return lines.flatMap((text, index) => {
    const length = [...text].length;
    if (length <= WIDTH) return [];
    if (markdown ? UNBREAKABLE_MARKDOWN.test(text) || code(index) : ONE_LITERAL.test(text)) return [];
    if (path.startsWith('test/') && LONG_LITERAL.test(text)) return [];
    return [{ path, line: index + 1, why: `${length} characters: a line has at most ${WIDTH}` }];
  });
}

/** Words that say nothing to a reader of the project alone. */
export function checkWords(file) {
  if (NOT_OURS.some((pattern) => pattern.test(file.path))) return [];
  const { path, lines } = file;
  return lines.flatMap((text, index) =>
    FORBIDDEN.filter(({ word }) => word.test(text) && !GLOSSARY.test(text)).map(({ word, why }) => ({
      path,
      line: index + 1,
      why: `${JSON.stringify(word.exec(text)[0])}: ${why}`,
    })),
  );
}
