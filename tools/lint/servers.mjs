// One version of PostgreSQL is named nowhere: what is built and tested is the server that is there, and what differs
// between servers has one home.

const COMPATIBILITY = 'extension/pg/postgres_compat.hpp';

/** What builds, installs or tests. */
const BUILD = /(^|\/)(Makefile|CMakeLists\.txt|run)$|\.(mk|cmake|sh|mjs)$/;

/** A package or a directory of one server. */
const ONE_SERVER = /\bpostgresql(?:-[a-z]+)*[-/]\d{2}\b/;

const ASKS_FOR_VERSION = /\bPG_(?:MAJOR)?VERSION(?:_NUM)?\b/;

/** Lines of a file that hold for one server only. */
export function checkServers({ path, lines }) {
  const rules = [
    { holds: BUILD.test(path), word: ONE_SERVER, why: 'is one server; the suite or PG_CONFIG says which' },
    {
      holds: /^extension\/.*\.[ch]pp$/.test(path) && path !== COMPATIBILITY,
      word: ASKS_FOR_VERSION,
      why: `what differs between servers is said in ${COMPATIBILITY}`,
    },
  ].filter(({ holds }) => holds);
  return lines.flatMap((text, index) =>
    rules
      .filter(({ word }) => word.test(text))
      .map(({ word, why }) => ({ path, line: index + 1, why: `${word.exec(text)[0]} ${why}` })),
  );
}
