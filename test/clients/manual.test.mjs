// docs/numbers.md: its programs, one a client, print in a fresh database what the page says; and README.md's install
// lines make a database in which a comparison finds its operator, with nothing left to put right.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Cluster } from '../harness/cluster.mjs';
import { PROJECT, Sandbox } from '../harness/sandbox.mjs';
import { ROLES } from '../harness/stack.mjs';

/** The program that runs a block of each language; Debian's Python, where its packages are. */
const INTERPRETERS = {
  js: [process.execPath, '--input-type=module', '--eval'],
  python: ['/usr/bin/python3', '-c'],
};

/** The programs of the page: of every block with a language and a client's name, and the block of text under it. */
function programs() {
  const page = readFileSync(join(PROJECT, 'docs/numbers.md'), 'utf8');
  const blocks = page.matchAll(/^```(js|python) (\S+)\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, language, client, source, output]) => ({ language, client, source, output }));
}

/** @type {Sandbox} */
let sandbox;
/** @type {Cluster} */
let cluster;
before(async () => {
  sandbox = Sandbox.open();
  cluster = await Cluster.create(sandbox);
});
after(() => sandbox?.close());

/** Makes the database of the page anew. */
async function freshDatabase() {
  await cluster.psql('DROP DATABASE IF EXISTS app WITH (FORCE)');
  await cluster.psql('CREATE DATABASE app');
}

test('the page shows the five clients that can be run here', () => {
  assert.deepEqual(programs().map(({ client }) => client), ['node-pg', 'psycopg3', 'psycopg2', 'sqlalchemy', 'django']);
});

for (const { language, client, source, output } of programs()) {
  test(`${client} sees and sends numbers as docs/numbers.md says`, async () => {
    const [program, ...args] = INTERPRETERS[language];
    await freshDatabase();
    await cluster.psql('ALTER DATABASE app SET search_path = "$user", public, telephony');
    await cluster.psql('CREATE EXTENSION telephony; CREATE TABLE contacts (phone telephony.e164)', { database: 'app' });
    const { stdout, stderr } = await promisify(execFile)(program, [...args, source], {
      cwd: join(PROJECT, 'test'), // where node finds pg
      env: { ...process.env, ...cluster.environment({ database: 'postgres' }) },
    });
    assert.deepEqual([stdout, stderr], [output, '']);
  });
}

test('the install lines of README.md leave nothing to put right; a comparison finds its operator', async () => {
  const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
  const [, lines] = /^## Installing$[\s\S]*?^```sql\n([\s\S]*?)^```$/m.exec(readme);
  await freshDatabase();
  await cluster.psql(`${ROLES} CREATE ROLE customer LOGIN;`);
  await cluster.psql(lines, { database: 'app' });
  const table = 'CREATE TABLE calls (caller telephony.e164); GRANT SELECT ON calls TO customer';
  await cluster.psql(`${table}; INSERT INTO calls VALUES ('+12025550123')`, { database: 'app' });
  const remedy = await cluster.psql("SELECT telephony.operators_remedy('customer')", { database: 'app' });
  assert.equal(remedy, 'GRANT USAGE ON SCHEMA telephony TO customer');
  await cluster.psql(remedy, { database: 'app' });
  const asked = "SELECT caller FROM calls WHERE caller = '+12025550123' AND caller ^@ '+1'";
  assert.equal(await cluster.psql(asked, { user: 'customer', database: 'app' }), '+12025550123');
  const found = await cluster.rows('SELECT * FROM telephony_api.self_check() WHERE NOT ok', { database: 'app' });
  assert.deepEqual(found, []);
});
