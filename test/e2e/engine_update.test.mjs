// ALTER EXTENSION UPDATE: an older engine comes to the present one with all that depends on it, and until then says
// what to do.

import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Cluster, server } from '../harness/cluster.mjs';
import { Sandbox, exit } from '../harness/sandbox.mjs';
import { ACCESS, ROLES } from '../harness/stack.mjs';

const scripts = join(server.share, 'extension');
const version = /default_version = '(.*)'/.exec(readFileSync(join(scripts, 'telephony.control'), 'utf8'))[1];
const OLD = '0.0.1';
const oldScript = join(scripts, `telephony--${OLD}.sql`);
const updateScript = join(scripts, `telephony--${OLD}--${version}.sql`);

let sandbox;
let cluster;
before(async () => {
  sandbox = Sandbox.open();
  cluster = await Cluster.create(sandbox);
  // The older engine: the present one, but for a function that is gone from the library since, and one that came since.
  const present = readFileSync(join(scripts, `telephony--${version}.sql`), 'utf8');
  const since = /CREATE FUNCTION \S+\.is_mmi\([^;]*;\nCOMMENT ON FUNCTION \S+\.is_mmi\([^;]*;\n/.exec(present)[0];
  writeFileSync(oldScript, `${present.replace(since, '')}
CREATE FUNCTION telephony.gone() RETURNS text LANGUAGE c AS 'MODULE_PATHNAME', 'telephony_library_version';\n`);
  writeFileSync(updateScript, `DROP FUNCTION telephony.gone();\n${since}`);
});

after(async () => {
  rmSync(oldScript, { force: true });
  rmSync(updateScript, { force: true });
  await sandbox.close();
  await exit();
});

test('the older engine keeps answering under the newer library, says what it lacks, and migrates only after the update', async () => {
  const database = 'updated';
  await cluster.psql(`CREATE DATABASE ${database}`);
  const psql = (sql) => cluster.psql(sql, { database });
  const refused = async (sql, sqlstate, message) => {
    const error = await psql(sql).then(
      () => assert.fail(`${sql} worked`),
      (problem) => problem,
    );
    assert.equal(error.sqlstate, sqlstate);
    assert.match(error.message, message);
    return error;
  };
  await psql(`CREATE EXTENSION telephony VERSION '${OLD}'`);
  // As an upgrade of the library leaves it: PostgreSQL lets nobody create a function that a library lacks.
  await psql(`UPDATE pg_proc SET prosrc = 'telephony_gone' WHERE oid = 'telephony.gone()'::regprocedure`);
  await psql(`CREATE TABLE lines (number telephony.e164 PRIMARY KEY, region text GENERATED ALWAYS
    AS (telephony.region(number)) STORED);
    INSERT INTO lines VALUES ('+12025550123'), ('+442071838750');
    CREATE VIEW valid_lines AS SELECT number FROM lines WHERE telephony.is_valid(number)`);
  assert.equal(await psql('SELECT telephony.library_version()'), version);
  await refused('SELECT telephony.gone()', '42883', /telephony_gone/);
  assert.equal(
    await psql(`SELECT string_agg(number::text || region, ' ' ORDER BY number) FROM lines`),
    '+12025550123US +442071838750GB',
  );
  const error = await refused(
    'SELECT telephony.migrate()',
    '55000',
    new RegExp(`the SQL of the extension is version ${OLD}, the library is version ${version}`),
  );
  assert.match(error.hint, /ALTER EXTENSION telephony UPDATE/);
  await refused(`SELECT telephony.is_mmi('*21#')`, '42883', /is_mmi/);

  await psql('ALTER EXTENSION telephony UPDATE');
  assert.equal(await psql(`SELECT extversion FROM pg_extension WHERE extname = 'telephony'`), version);
  assert.equal(await psql(`SELECT telephony.is_mmi('**21*+12025550123#')`), 't');
  await refused('SELECT telephony.gone()', '42883', /gone/);
  assert.equal(await psql(`SELECT count(*) FROM valid_lines`), '2');
  await psql(`${ROLES} SELECT telephony.migrate(); ${ACCESS}`);

  // The same objects as a fresh installation has.
  await cluster.psql('CREATE DATABASE fresh');
  await cluster.psql('CREATE EXTENSION telephony', { database: 'fresh' });
  const members = `SELECT string_agg(pg_describe_object(classid, objid, 0), E'\\n' ORDER BY pg_describe_object(classid,
    objid, 0)) FROM pg_depend
    WHERE refclassid = 'pg_extension'::regclass AND refobjid = (SELECT oid FROM pg_extension
      WHERE extname = 'telephony') AND deptype = 'e'`;
  assert.equal(await psql(members), await cluster.psql(members, { database: 'fresh' }));
});
