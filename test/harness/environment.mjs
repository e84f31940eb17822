// What of the caller's environment reaches a run: the names below and nothing else, so that neither libpq's variables
// nor a locale, a proxy or a setting of telephonyd changes what check, demo, bench and torture do. Imported first by
// whatever starts a process.

/** Where programs and directories are, and who runs them. */
const SURROUNDINGS = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TERM', 'TMPDIR', 'NO_COLOR', 'COLUMNS'];

/** Which compilers build, and where they keep what they have built. */
const BUILDING = ['CC', 'CXX', 'CCACHE_DIR', 'CCACHE_MAXSIZE', 'CCACHE_DISABLE', 'JOBS', 'PG_CONFIG'];

/** What the manuals offer to choose by (HACKING.md). */
const CHOICES = [
  ...['LEVELS', 'FILES', 'BUILT', 'STAY', 'SECTIONS', 'ORGANIZATIONS', 'RANDOM_NUMBERS', 'NOTATIONS'],
  ...['ROUNDS', 'SEED', 'FIRST', 'SOAK'],
  ...['BUILD_DIR', 'TWILIO_SIMULATOR', 'FUZZ_SECONDS'],
];

/** What programs built with a sanitizer are told by (`make sanitize`); all that a sandbox starts are told the same. */
export const SANITIZERS = ['ASAN_OPTIONS', 'UBSAN_OPTIONS', 'TSAN_OPTIONS'];

/** Set by node itself for the files that `node --test` runs: without it they would report to nobody. */
const RUNNER = ['NODE_TEST_CONTEXT'];

const KEPT = new Set([...SURROUNDINGS, ...BUILDING, ...CHOICES, ...SANITIZERS, ...RUNNER]);

/** The one locale and time zone of every run. */
const FIXED = { LANG: 'C.UTF-8', TZ: 'UTC' };

/** What `environment` becomes. */
export function cleaned(environment) {
  const kept = Object.entries(environment).filter(([name]) => KEPT.has(name));
  return { ...Object.fromEntries(kept), ...FIXED };
}

const wanted = cleaned(process.env);
for (const name of Object.keys(process.env)) if (!(name in wanted)) delete process.env[name];
Object.assign(process.env, wanted);
