// Searches what servers and sidecars logged for telephone numbers: whatever a test did, no text of ours may show one.

/** An E.164 number as it stands in a text or, encoded, in a URL. */
const NUMBER = /(?<![\w*+-])(?:\+|%2B)[1-9][0-9]{6,14}(?![0-9])/i;

/** The made-up number by which a hint shows how one is written. */
const EXAMPLE = /\bas(?: in)? \+[0-9]+/g;

/**
 * A caller's own statement, which PostgreSQL quotes when log_min_error_statement asks for it, over several lines
 * perhaps.
 */
const STATEMENT = /\bSTATEMENT: {2}/;

/** The lines that show a number, except in the statements of callers. */
export function linesWithNumbers(lines) {
  let quoted = false;
  return lines.filter((line) => {
    quoted = STATEMENT.test(line) || (quoted && line.startsWith('\t'));
    return !quoted && NUMBER.test(line.replaceAll(EXAMPLE, 'as shown'));
  });
}
