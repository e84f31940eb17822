// `make bench`, numbers: the matcher, whole statements on a million numbers, the first call of a backend, parse().

import { join } from 'node:path';
import { runInTree } from '../harness/build.mjs';
import { PROJECT } from '../harness/sandbox.mjs';
import { MANY_PROCESSORS, sideBySide } from './report.mjs';

const ROWS = 1_000_000;
const DATABASE = 'bench';

/** One process for each statement, all of it in memory; else as the server comes. */
const SETTINGS = `
  SET search_path = public, telephony;
  SET max_parallel_workers_per_gather = 0; SET max_parallel_maintenance_workers = 0; SET jit = off;
  SET work_mem = '256MB'; SET maintenance_work_mem = '256MB';`;

/** A million different numbers of five countries in no order, as text, e164 and bigint; nearly all are valid. */
const NUMBERS = `
  CREATE EXTENSION telephony;
  SET search_path = public, telephony;
  CREATE TABLE drawn AS
    SELECT CASE i % 5
        WHEN 0 THEN '+1' || (ARRAY[202, 212, 305, 415, 617, 713, 808,
          917])[1 + i / 5 % 8] || lpad((2000000 + x % 7999999)::text, 7, '0')
        WHEN 1 THEN '+447' || lpad((x % 999999999)::text, 9, '0')
        WHEN 2 THEN '+234' || (ARRAY[803, 806, 703, 813])[1 + i / 5 % 4] || lpad((x % 9999991)::text, 7, '0')
        WHEN 3 THEN '+905' || lpad((300000000 + x % 269999999)::text, 9, '0')
        ELSE '+4930' || lpad((x % 99999989)::text, 8, '0')
      END AS t
    FROM (SELECT i, i::bigint * 7919 * 104729 AS x FROM generate_series(1, ${ROWS * 1.3}) i) draws;
  CREATE TABLE texts (t text COLLATE "C");
  INSERT INTO texts SELECT t FROM (SELECT DISTINCT t FROM drawn) d ORDER BY md5(t) LIMIT ${ROWS};
  CREATE TABLE numbers AS SELECT t::e164 AS n FROM texts;
  CREATE TABLE bigints AS SELECT substr(t, 2)::bigint AS b FROM texts;
  DROP TABLE drawn;
  VACUUM (ANALYZE) texts; VACUUM (ANALYZE) numbers; VACUUM (ANALYZE) bigints;`;

const SHAPE = '^\\+[1-9][0-9]{1,14}$';

/** The lines of a program of the build; an error when it fails for another reason than a broken promise. */
async function program(sandbox, name, args = [], options = {}) {
  const { code, lines } = await runInTree(sandbox, name, join(PROJECT, 'build', name), args, options);
  if (code !== 0 && code !== 1) throw new Error(`${name} ended with ${code}\n${lines.slice(-20).join('\n')}`);
  return { code, lines };
}

async function matcher(sandbox, report) {
  report.section(
    'Matcher, on the metadata of the linked libphonenumber, and libphonenumber itself on the same numbers',
  );
  const { lines } = await program(sandbox, 'plan_bench');
  for (const line of lines) report.note(line);
  const [, ratio, wrong] = /ratio (\d+) .*wrong verdicts (\d+)/.exec(lines.join(' ')) ?? [];
  report.answer('verdicts of the matcher that differ', wrong, '0');
  report.row('matcher against parse + isValid + format', `${ratio}x`, '>= 600x', Number(ratio) >= 600);
}

async function statements(cluster, report) {
  report.section(
    `Whole statements on ${ROWS.toLocaleString('en')} numbers: one process each, in memory, JIT off, best of 9 rounds`,
  );
  await cluster.psql(NUMBERS, { database: DATABASE });
  const one = (sql) => cluster.psql(`SET search_path = public, telephony; ${sql}`, { database: DATABASE });
  // By another way than the statements that are timed.
  const valid = await one('SELECT count(*) FROM numbers WHERE region(n) IS NOT NULL');
  const [last, largest] = (await one('SELECT max(t) FROM texts; SELECT max(b) FROM bigints')).split('\n');

  const scan = await sideBySide(cluster, report, {
    database: DATABASE,
    setup: SETTINGS,
    statements: {
      bare: { sql: 'SELECT count(*) FROM numbers', expected: ROWS },
      regex: { sql: `SELECT count(*) FROM texts WHERE t ~ '${SHAPE}'`, expected: ROWS },
      text: { sql: 'SELECT count(*) FROM texts WHERE is_valid(t)', expected: valid },
      e164: { sql: 'SELECT count(*) FROM numbers WHERE is_valid(n)', expected: valid },
    },
  });
  report.note(`${valid} are valid; count(*) alone takes ${scan.bare.toFixed(1)} ms`);
  report.faster('count(*) WHERE is_valid(text), regular-expression shape check', scan.text, scan.regex, 'ms', 8);
  report.faster('count(*) WHERE is_valid(e164), the same shape check on text', scan.e164, scan.regex, 'ms', 10);

  /** One operation on text, e164 and bigint; `promise`, if any, against text. Within 10 % of bigint in any case. */
  const compare = async (what, { promise, setup = SETTINGS, text, e164, bigint, after }) => {
    const time = await sideBySide(cluster, report, {
      database: DATABASE,
      setup,
      statements: { text: { ...text, after }, e164: { ...e164, after }, bigint: { ...bigint, after } },
    });
    report.faster(`${what}: e164, text COLLATE "C"`, time.e164, time.text, 'ms', promise);
    report.noSlower(`${what}: e164, bigint`, time.e164, time.bigint, 'ms', 0.1);
  };
  const on = (make, [text, e164, bigint]) => ({
    text: { sql: make('texts', 't'), expected: text },
    e164: { sql: make('numbers', 'n'), expected: e164 },
    bigint: { sql: make('bigints', 'b'), expected: bigint },
  });
  const count = [ROWS, ROWS, ROWS];
  await compare('ORDER BY', {
    promise: 3,
    ...on(
      (table, column) => `SELECT ${column} FROM ${table} ORDER BY ${column} OFFSET ${ROWS - 1}`,
      [last, last, largest],
    ),
  });
  await compare('count(DISTINCT), by sorting', {
    promise: 3,
    ...on((table, column) => `SELECT count(DISTINCT ${column}) FROM ${table}`, count),
  });
  await compare(
    'SELECT DISTINCT, by hashing',
    on((table, column) => `SELECT count(*) FROM (SELECT DISTINCT ${column} FROM ${table}) d`, count),
  );
  const making = (kind) => ({
    ...on((table, column) => `CREATE ${kind} made ON ${table} (${column})`, ['', '', '']),
    after: 'DROP INDEX made;',
  });
  await compare('CREATE INDEX, sorted in memory', making('INDEX'));
  await compare('CREATE UNIQUE INDEX, sorted in memory', making('UNIQUE INDEX'));
  await compare('CREATE INDEX, maintenance_work_mem 64MB', {
    ...making('INDEX'),
    setup: `${SETTINGS} SET maintenance_work_mem = '64MB';`,
  });
}

/** What smaps tells of the mapping of telephony.so that holds the plan: the read-only one large enough for it. */
function planMapping(smaps, bytes) {
  const mappings = smaps
    .split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)
    .filter((text) => /\/telephony\.so$/m.test(text.split('\n')[0]));
  const value = (text, name) => Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(text)?.[1]);
  const [mapping] = mappings.filter((text) => /^\S+ r--p /.test(text) && value(text, 'Size') * 1024 >= bytes);
  if (!mapping) throw new Error('the mapping of the plan was not found');
  // A clean page is the page cache's even while one process alone maps it: the kernel maps neighbours of what is read,
  // and which ones depends on the address.
  return { resident: value(mapping, 'Rss'), copied: value(mapping, 'Anonymous') };
}

async function freshBackend(cluster, report) {
  report.section('A fresh backend');
  // In turn, so that each meets the same machine.
  const statements = {
    engine: `SELECT telephony.is_valid('+12025550123'), telephony.parse('(202) 555-0123', 'US'),
      telephony.format_number('+12025550123')`,
    own: "SELECT pg_catalog.starts_with('+12025550123', '+1')",
    language: "LOAD 'plpgsql'",
  };
  const times = { engine: [], own: [], language: [] };
  for (let i = 0; i < 41; i += 1) {
    for (const [name, sql] of Object.entries(statements)) {
      const output = await cluster.psql(`\\timing on\nSELECT 1;\n${sql};\n`, { database: DATABASE });
      times[name].push(Number([...output.matchAll(/^Time: ([0-9.]+) ms/gm)][1][1]));
    }
  }
  const middle = (name) => times[name].sort((a, b) => a - b)[Math.floor(times[name].length / 2)];
  const time = middle('engine');
  report.row(
    'first call of is_valid(), parse() and format_number()',
    `${time.toFixed(2)} ms, median of 41`,
    '<= 1 ms',
    MANY_PROCESSORS ? time <= 1 : null,
  );
  const [own, language] = ['own', 'language'].map((name) => `${middle(name).toFixed(2)} ms`);
  report.note(`as its client sees it; the fastest ${times.engine[0].toFixed(2)} ms`);
  report.note(`in other backends: first call of a built-in function ${own}, loading PostgreSQL's own plpgsql ${language}`);

  const bytes = Number(await cluster.psql('SELECT bytes FROM telephony.numbering_plan()', { database: DATABASE }));
  const smaps = await cluster.psql(
    `SELECT count(*) FROM numbers
      WHERE telephony.is_valid(n)
         AND telephony.try_parse(telephony.format_number(n, 'national'), telephony.region(n)) OPERATOR(telephony.=) n;
     SELECT pg_read_file('/proc/self/smaps');`,
    { database: DATABASE },
  );
  const mapping = planMapping(smaps, bytes);
  report.row(
    'private pages of the plan after a million numbers',
    `${mapping.copied} kB of ${mapping.resident} kB resident`,
    '0',
    mapping.copied === 0,
  );
}

async function parsing(sandbox, cluster, report) {
  report.section('parse() on what people type: national, international, with and without punctuation');
  await cluster.psql(
    `SET search_path = public, telephony;
     CREATE TABLE typed AS
       SELECT CASE WHEN i % 4 < 2 THEN region(n) END AS region, n AS expected,
              CASE i % 4 WHEN 0 THEN format_number(n, 'national') WHEN 1
                THEN regexp_replace(format_number(n, 'national'), '[^0-9]', '', 'g') WHEN 2 THEN format_number(n)
                  ELSE replace(format_number(n), ' ', '-') END AS t
         FROM (SELECT n, row_number() OVER () AS i FROM (SELECT n FROM numbers WHERE is_valid(n)
           LIMIT 40000) v) numbered;
     DELETE FROM typed WHERE try_parse(t, region) IS DISTINCT FROM expected;
     VACUUM ANALYZE typed;`,
    { database: DATABASE },
  );
  for (const [form, which] of Object.entries({ national: 'region IS NOT NULL', international: 'region IS NULL' })) {
    const typed = await cluster.psql(
      `COPY (SELECT coalesce(region, $$$$), t, expected FROM public.typed WHERE ${which}) TO STDOUT`,
      { database: DATABASE },
    );
    const file = sandbox.privateFile(`${form}.tsv`, typed);
    const { lines } = await runInTree(sandbox, 'parse_bench', '/bin/sh', ['-c', 'exec build/parse_bench <"$0"', file]);
    const bare = JSON.parse(lines.at(-1));
    report.answer('answers of parse_bench that differ', bare.wrong, 0);
    report.note(`${form}: ${bare.numbers} texts; the linked library, whose answers are held against a plan of its own
      older metadata, reads or writes ${bare.renewed} otherwise`);
    const { idle, parsed, written } = await sideBySide(cluster, report, {
      database: DATABASE,
      setup: SETTINGS,
      statements: {
        idle: { sql: `SELECT count(*) FROM typed WHERE ${which} AND t <> ''`, expected: bare.numbers },
        parsed: {
          sql: `SELECT count(*) FROM typed WHERE ${which} AND parse(t, region) = expected`,
          expected: bare.numbers,
        },
        written: {
          sql: `SELECT count(*) FROM typed WHERE ${which} AND format_number(expected) <> ''`,
          expected: bare.numbers,
        },
      },
    });
    const each = (milliseconds) => (milliseconds * 1e6) / bare.numbers;
    report.faster(`${form}: parse() in C++, bare Parse + Format`, bare.ours_ns, bare.bare_ns, 'ns', 40);
    report.faster(`${form}: parse(), the statement, a number; bare C++`, each(parsed), bare.bare_ns, 'ns', 25);
    report.row(`${form}: format_number() in C++`, `${bare.format_ns.toFixed(1)} ns`);
    const format = `${form}: format_number(), the statement, a number; bare Format`;
    report.faster(format, each(written), bare.bare_format_ns, 'ns', 15);
    const share = (time) => `${Math.round((100 * idle) / time)} %`;
    report.note(`PostgreSQL's own part, a statement that compares text instead: ${each(idle).toFixed(0)} ns a number,
      ${share(parsed)} of parse(), ${share(written)} of format_number()`);
  }
}

/** Copies a million numbers in, as text and binary, into e164 and beside it into text. */
async function copying(cluster, report) {
  report.section(`COPY of ${ROWS.toLocaleString('en')} numbers into an unindexed table`);
  const file = (name) => join(cluster.data, name);
  await cluster.psql(
    `COPY public.texts TO '${file('numbers.txt')}'; COPY public.numbers TO '${file('numbers.bin')}' (FORMAT binary);
     CREATE TABLE public.copied_texts (t text); CREATE TABLE public.copied (n telephony.e164);`,
    { database: DATABASE },
  );
  const after = 'TRUNCATE public.copied, public.copied_texts;';
  const time = await sideBySide(cluster, report, {
    database: DATABASE,
    statements: {
      text: { sql: `COPY public.copied_texts FROM '${file('numbers.txt')}'`, expected: '', after },
      e164: { sql: `COPY public.copied FROM '${file('numbers.txt')}'`, expected: '', after },
      binary: { sql: `COPY public.copied FROM '${file('numbers.bin')}' (FORMAT binary)`, expected: '', after },
    },
  });
  for (const [name, ms] of Object.entries(time)) report.row(`COPY, ${name}`, `${ms.toFixed(0)} ms`);
}

/** Five million numbers, each judged by libphonenumber as well. */
async function randomNumbers(sandbox, report) {
  report.section('The plan against libphonenumber on random numbers');
  const { code, lines } = await program(
    sandbox,
    'plan_libphonenumber_test',
    ['--gtest_filter=*Random*', '--gtest_brief=1'],
    {
      environment: { TELEPHONY_PLAN_RANDOM_NUMBERS: process.env.RANDOM_NUMBERS ?? '5000000' },
    },
  );
  const [line] = lines.filter((text) => /random numbers:/.test(text));
  report.note(line ?? lines.slice(-5).join('\n'));
  report.answer('differences on random numbers', code, 0);
}

/** Five million notations, each read and written by libphonenumber as well. */
async function notations(sandbox, report) {
  report.section('Reading and writing against libphonenumber on mutated notations');
  const count = process.env.NOTATIONS ?? '5000000';
  const { code, lines } = await program(
    sandbox,
    'parse_libphonenumber_test',
    ['--gtest_filter=*Mutated*', '--gtest_brief=1'],
    { environment: { TELEPHONY_NOTATIONS: count }, minutes: 60 },
  );
  report.note(lines.find((text) => /mutated notations:/.test(text)) ?? lines.slice(-5).join('\n'));
  report.answer('differences on notations', code, 0);
}

export async function numbers(sandbox, cluster, report) {
  await cluster.psql(`CREATE DATABASE ${DATABASE}`);
  await matcher(sandbox, report);
  await statements(cluster, report);
  await freshBackend(cluster, report);
  await parsing(sandbox, cluster, report);
  await copying(cluster, report);
  await randomNumbers(sandbox, report);
  await notations(sandbox, report);
}
