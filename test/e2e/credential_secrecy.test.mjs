// The token of a Twilio account, handed in as a literal through psql: it opens for telephonyd's key, and is in no log
// line, no table, no dump and no file of the server, however the call ends. (That of telephonyd itself is another
// test's.)

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, copyFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import '../harness/web_crypto.mjs';
import sodium from 'libsodium-wrappers';
import { Cluster, SqlError, server } from '../harness/cluster.mjs';
import { until } from '../harness/deadline.mjs';
import { BUILD, PROJECT, Sandbox } from '../harness/sandbox.mjs';
import { createDatabase } from '../harness/stack.mjs';

let sandbox;
let cluster;
let database;
let keys;
let publicKeyFile;
let secretKeyFile;

const SETTING = 'telephony.sidecar_public_key_file';
const account = () => `AC${randomBytes(16).toString('hex')}`;
/** Every token that this file ever hands in, to be searched for. */
const tokens = [];
const remember = (token) => (tokens.push(token), token);
const newToken = () => remember(randomBytes(16).toString('hex'));
const newSecret = () => remember(randomBytes(24).toString('base64').replace(/[+/=]/g, 'x').slice(0, 32));

const psql = (sql) => cluster.psql(sql, { database });

/** Runs SQL as a signed-in member of an organization. */
const asking = (org, sql) =>
  `SET request.jwt.claims = '{"app_metadata": {"org_id": "${org}"}}'; SET ROLE authenticated; ${sql}`;
const asMember = (org, sql) => psql(asking(org, sql));
const setting = (accountSid, token) =>
  `SELECT account, status FROM telephony_api.set_twilio_credentials('${accountSid}', '${token}')`;

/** What the server says when it refuses; a statement that works is an error. */
async function refusal(promise) {
  const error = await promise.then(
    () => assert.fail('it was not refused'),
    (e) => e,
  );
  assert.ok(error instanceof SqlError, error.stack);
  return error;
}

/** What telephonyd would read in the box stored for an organization. */
async function opened(org) {
  const box = await psql(
    `SELECT encode(sealed, 'base64') FROM telephony_internal.twilio_credentials WHERE org_id = '${org}'`,
  );
  const { status, stdout, stderr } = spawnSync(join(BUILD, 'open_box'), [secretKeyFile], {
    input: box,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

const base64 = (bytes) => sodium.to_base64(bytes, sodium.base64_variants.ORIGINAL);
const publicKeyText = ({ publicKey }) => `telephony-sidecar-public-key-1 ${base64(publicKey)}\n`;

/** A key pair in files of the documented form; made without the code under test. */
function makeKeys() {
  keys = sodium.crypto_box_keypair();
  secretKeyFile = sandbox.privateFile('sidecar.key', `telephony-sidecar-secret-key-1 ${base64(keys.privateKey)}\n`);
  publicKeyFile = join(sandbox.directory, 'sidecar.key.pub');
  writeFileSync(publicKeyFile, publicKeyText(keys), { mode: 0o644 });
}

before(async () => {
  await sodium.ready;
  sandbox = Sandbox.open();
  makeKeys();
  cluster = await Cluster.create(sandbox, {
    settings: {
      log_min_error_statement: 'error',
      log_lock_waits: 'on',
      deadlock_timeout: '20ms',
      max_prepared_transactions: '2',
    },
  });
  ({ database } = await createDatabase(cluster));
});
after(() => sandbox?.close());

test('without a key nothing is sealed, and the error names setting and command', async () => {
  const { sqlstate, message, hint } = await refusal(asMember(randomUUID(), setting(account(), newToken())));
  assert.deepEqual([sqlstate, message], ['PT409', `${SETTING} is not set`]);
  assert.match(hint, /telephonyd keygen/);
});

test('the setting takes only a public key file that nobody else can write', async () => {
  // A session knows the setting once it has loaded the library.
  const set = (file) => psql(`LOAD 'telephony'; ALTER SYSTEM SET ${SETTING} = '${file}'`);
  const { detail } = await refusal(set(secretKeyFile));
  assert.match(detail, /It holds the secret key/);
  chmodSync(publicKeyFile, 0o666);
  const writable = await refusal(set(publicKeyFile));
  assert.match(writable.detail, /Others than its owner may write it/);
  chmodSync(publicKeyFile, 0o644);
  await set(publicKeyFile);
  await psql('SELECT pg_reload_conf()');
  await until('the setting to be in force', async () =>
    (await psql(`SELECT telephony.is_e164(''); SHOW ${SETTING}`)).endsWith(publicKeyFile),
  );
});

test('a role that sets the key file for itself is not believed, loaded module or not', async () => {
  const org = randomUUID();
  // The first call of a session: no module of the extension is loaded when SET is run, and seal_credential() loads one.
  await psql(
    `CREATE ROLE sealer; GRANT USAGE ON SCHEMA telephony TO sealer;
    GRANT EXECUTE ON FUNCTION telephony.seal_credential(uuid, text, text) TO sealer`,
  );
  const answer = psql(`SET SESSION AUTHORIZATION sealer; SET ${SETTING} = '/dev/null';
    SELECT octet_length(telephony.seal_credential('${org}', '${account()}', '${newToken()}'))`);
  assert.equal(await answer, '220');
});

test('an auth token and an API key sealed by the database open for telephonyd', async () => {
  for (const [given, username, token] of [
    [newToken(), null, null],
    [`SK${'1f'.repeat(16)}:${newSecret()}`, `SK${'1f'.repeat(16)}`, null],
  ]) {
    const [org, accountSid] = [randomUUID(), account()];
    assert.equal(await asMember(org, setting(accountSid, given)), `AC******${accountSid.slice(-4)}|unverified`);
    const before = Math.floor(Date.now() / 1000);
    const { issued_at, ...rest } = await opened(org);
    assert.deepEqual(rest, {
      org,
      account_sid: accountSid,
      username: username ?? accountSid,
      token: token ?? given.split(':').at(-1),
    });
    assert.ok(Math.abs(issued_at - before) < 60);
  }
});

test('a new key under the same name is used by the next call; a key file that is gone is an error that says so', async () => {
  const first = publicKeyFile;
  const keyOf = async () =>
    asMember(randomUUID(), `SELECT key_id FROM telephony_api.set_twilio_credentials('${account()}', '${newToken()}')`);
  const keyId = ({ publicKey }) => sodium.to_hex(sodium.crypto_generichash(32, publicKey).subarray(0, 8));
  const [old, other] = [keys, sodium.crypto_box_keypair()];
  assert.equal(await keyOf(), keyId(old));
  writeFileSync(`${first}.new`, publicKeyText(other), { mode: 0o644 });
  renameSync(`${first}.new`, first);
  assert.equal(await keyOf(), keyId(other));
  // A session that loads the library then says so where the key is needed, and only there.
  renameSync(first, `${first}.gone`);
  assert.equal(await psql(`SELECT telephony.is_e164('+12025550123')`), 't');
  const { sqlstate, message, detail } = await refusal(keyOf());
  assert.deepEqual([sqlstate, detail], ['PT409', 'It cannot be read: No such file or directory.']);
  assert.match(message, /telephony\.sidecar_public_key_file holds no key/);
  writeFileSync(first, publicKeyText(old), { mode: 0o644 });
});

test('a box sealed by the example of docs/credentials.md is stored as it is and opens for telephonyd', async () => {
  for (const name of ['seal_credential.mjs', 'seal_credential_command.mjs']) {
    copyFileSync(join(PROJECT, 'docs/examples', name), join(sandbox.directory, name));
  }
  const example = join(sandbox.directory, 'seal_credential_command.mjs');
  symlinkSync(join(PROJECT, 'test/node_modules'), join(sandbox.directory, 'node_modules'));
  for (const given of [newToken(), `SK${'2e'.repeat(16)}:${newSecret()}`]) {
    const [org, accountSid] = [randomUUID(), account()];
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [example, publicKeyFile, org.toUpperCase(), accountSid],
      {
        input: `${given}\n`,
        encoding: 'utf8',
      },
    );
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^sealed:[A-Za-z0-9_-]+\n$/);
    assert.equal(await asMember(org, setting(accountSid, stdout.trim())), `AC******${accountSid.slice(-4)}|unverified`);
    const { issued_at, ...rest } = await opened(org);
    const [keySid, secret] = given.split(':');
    assert.deepEqual(rest, {
      org,
      account_sid: accountSid,
      username: secret ? keySid : accountSid,
      token: secret ?? given,
    });
  }
});

test('calls that are refused say why, without the token in any field', async () => {
  const org = randomUUID();
  const failing = [
    ['PT400', setting('AC123', newToken())],
    ['PT400', setting(newToken(), newToken())],
    ['PT400', setting(account(), `${newToken()}0`)],
    ['PT400', setting(account(), `SK${'0'.repeat(32)}:${newSecret()}!`)],
    ['PT400', setting(account(), `sealed:${newToken()}`)],
    ['PT400', `SELECT telephony_api.set_twilio_credentials(NULL, '${newToken()}')`],
    // Inside other code the server would write the statement as context, too.
    ['PT400', `DO $$ BEGIN PERFORM telephony_api.set_twilio_credentials('AC', '${newToken()}'); END $$`],
    [
      'PT400',
      `PREPARE p (text, text) AS SELECT telephony_api.set_twilio_credentials($1, $2);
      EXECUTE p ('AC', '${newToken()}')`,
    ],
  ];
  for (const [expected, sql] of failing) {
    const { sqlstate, message, detail, hint } = await refusal(asMember(org, sql));
    assert.equal(sqlstate, expected, message);
    for (const text of [message, detail, hint]) assert.ok(!tokens.some((token) => text?.includes(token)), text);
  }
  const { sqlstate } = await refusal(psql(`SET ROLE authenticated; ${setting(account(), newToken())}`));
  assert.equal(sqlstate, 'PT401');
});

test('an account that is still needed is not replaced', async () => {
  const [org, accountSid] = [randomUUID(), account()];
  await asMember(org, setting(accountSid, newToken()));
  await psql(`INSERT INTO telephony_internal.jobs (org_id, kind, state, deadline_at, country_code, number, account_sid,
    number_sid)
    VALUES ('${org}', 'provision', 'bought', now(), 'US', '+12025550123', '${accountSid}', 'PN${'0'.repeat(32)}')`);
  const { sqlstate, detail } = await refusal(asMember(org, setting(account(), newToken())));
  assert.equal(sqlstate, 'PT409');
  assert.match(detail, /being bought/);
});

test('errors that others raise while or after the call runs do not bring the statement into the log either', async () => {
  const [org, accountSid] = [randomUUID(), account()];
  await asMember(org, setting(accountSid, newToken()));
  const hold = (name) =>
    psql(
      `BEGIN; SELECT FROM telephony_api.organizations WHERE id = '${org}' FOR UPDATE; PREPARE TRANSACTION '${name}'`,
    );
  await hold('holder');
  const timeout = await refusal(asMember(org, `SET statement_timeout = '100ms'; ${setting(accountSid, newToken())}`));
  assert.equal(timeout.sqlstate, '57014');
  const lock = await refusal(asMember(org, `SET lock_timeout = '50ms'; ${setting(accountSid, newToken())}`));
  assert.equal(lock.sqlstate, '55P03');

  // While one waits, an administrator looks: pg_stat_activity does not show its statement, nor does log_lock_waits.
  const logged = cluster.postmaster.lines.length;
  const waiting = asMember(org, setting(accountSid, newToken()));
  await cluster.postmaster.line(/still waiting for/, { from: logged });
  const [seen] = await cluster.rows(
    `SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = '${database}'`,
  );
  assert.equal(seen.query, '(not shown: it carries a secret)');
  await psql(`COMMIT PREPARED 'holder'`);
  assert.match(await waiting, /unverified/);

  // A message of several statements is logged whole when a later one fails.
  const several = await refusal(
    asMember(org, `${setting(accountSid, newToken())}\\; SELECT count(*) / 0 FROM pg_class;`),
  );
  assert.equal(several.sqlstate, '22012');
});

test('the tokens are in no log line, no table, no dump and no file of the server', async () => {
  // That these searches find what is there: markers that an ordinary statement leaves.
  const marker = randomBytes(16).toString('hex');
  await refusal(psql(`SELECT '${marker}', count(*) / 0 FROM pg_class`));
  await psql(
    `CREATE TABLE public.marker AS SELECT '${marker}'::text AS text, convert_to('${marker}', 'UTF8') AS bytes;
    CHECKPOINT`,
  );

  const log = cluster.postmaster.lines.join('\n');
  const tables =
    await psql(`SELECT string_agg(format('SELECT t::text FROM %s t', c.oid::regclass), ' UNION ALL ') FROM pg_class c
    WHERE c.relkind IN ('r', 'm') AND c.relnamespace <> 'pg_toast'::regnamespace AND c.relname NOT
      IN ('pg_statistic')`);
  const rows = await psql(tables);
  const { lines: dump } = await sandbox.run('pg_dumpall', join(server.programs, 'pg_dumpall'), ['--no-sync'], {
    environment: cluster.environment(),
  });
  const places = { log, rows, dump: dump.join('\n') };
  const forms = (secret) => [
    secret,
    Buffer.from(secret).toString('hex'),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ];
  for (const [place, text] of Object.entries(places)) {
    assert.ok(text.includes(marker), `the search of ${place} finds a marker`);
    assert.ok(place === 'log' || text.includes(forms(marker)[1]), `and one in bytes`);
    for (const token of tokens)
      for (const form of forms(token)) assert.ok(!text.includes(form), `a token is in ${place}`);
  }
  // Heap, WAL, statistics, temporary files: as bytes.
  const filesWith = (secret) => {
    const { status, stdout, stderr } = spawnSync(
      'grep',
      ['--recursive', '--binary', '--files-with-matches', '--fixed-strings', secret, cluster.data],
      { encoding: 'utf8' },
    );
    assert.ok(status === 0 || status === 1, stderr);
    return stdout.trim();
  };
  assert.match(filesWith(marker), /base\//);
  assert.match(filesWith(marker), /pg_wal\//);
  assert.ok(tokens.length > 20);
  for (const token of tokens) assert.equal(filesWith(token), '');
});
