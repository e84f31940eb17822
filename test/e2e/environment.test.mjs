// What the caller has exported changes nothing: demo, check, play and torture end as without it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { PROJECT } from '../harness/sandbox.mjs';

/** Each of these has broken a run, or would. */
const HOSTILE = {
  PGHOST: '/nonexistent',
  PGPORT: '1',
  PGUSER: 'nobody',
  PGDATABASE: 'nowhere',
  PGPASSWORD: 'wrong',
  PGSERVICE: 'missing',
  PGSERVICEFILE: '/nonexistent',
  PGOPTIONS: '-c search_path=nowhere -c default_transaction_read_only=on',
  PGTZ: 'Asia/Kathmandu',
  PGDATESTYLE: 'German',
  PGCLIENTENCODING: 'LATIN1',
  PGSSLMODE: 'verify-full',
  TZ: 'Asia/Kathmandu',
  LANG: 'tr_TR.UTF-8',
  LC_ALL: 'tr_TR.UTF-8',
  LC_MESSAGES: 'de_DE.UTF-8',
  LANGUAGE: 'de',
  http_proxy: 'http://127.0.0.1:1',
  https_proxy: 'http://127.0.0.1:1',
  all_proxy: 'socks5://127.0.0.1:1',
  HTTP_PROXY: 'http://127.0.0.1:1',
  ALL_PROXY: 'socks5://127.0.0.1:1',
  CURL_CA_BUNDLE: '/nonexistent',
  SSL_CERT_FILE: '/nonexistent',
  TELEPHONYD_INSTALLATION: '00000000-0000-0000-0000-000000000000',
  TELEPHONYD_DATABASE: 'host=/nonexistent',
  TELEPHONYD_TWILIO_URL: 'http://127.0.0.1:1',
  NODE_OPTIONS: '--require=/nonexistent.cjs',
  GTEST_FILTER: 'None.*',
  PGXS: '/nonexistent',
  EXTRA_REGRESS_OPTS: '--nonsense',
  PERL5OPT: '-Mnonexistent',
  MALLOC_PERTURB_: '165',
};

/** Runs a goal on the build as it is, with the hostile environment; resolves to its exit code and what it wrote. */
async function make(goal, { variables = [], input = '' } = {}) {
  const child = spawn('make', ['--no-print-directory', goal, 'BUILT=1', ...variables], {
    cwd: PROJECT,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PG_CONFIG: process.env.PG_CONFIG ?? 'pg_config',
      ...HOSTILE,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, output };
}

test('demo', async () => {
  const { code, output } = await make('demo');
  assert.equal(code, 0, output);
});

test('check: GoogleTest, pgTAP and sessions that race', async () => {
  const { code, output } = await make('check', { variables: ['LEVELS=unit,pgtap,isolation'] });
  assert.equal(code, 0, output);
  assert.match(output, /^\d{3,} passed, 0 failed/m);
});

test('play: psql in a private, migrated system', async () => {
  const input = `SELECT format('%s in %s', count(*), current_setting('TimeZone'))
    FROM telephony_api.supported_countries();\n`;
  const { code, output } = await make('play', { input });
  assert.equal(code, 0, output);
  assert.match(output, /[1-9]\d* in UTC/);
});

test('play: an error in the SQL that it is given is its own end', async () => {
  const { code } = await make('play', { input: 'SELECT nothing_of_that_name();\n' });
  assert.notEqual(code, 0);
});

test('torture', async () => {
  const { code, output } = await make('torture', { variables: ['ROUNDS=1', 'SEED=environment'] });
  assert.equal(code, 0, output);
});
