// What PostgreSQL itself says of a user's table shows whole values; with the settings of docs/security.md its log does
// not.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Cluster } from '../harness/cluster.mjs';
import { PROJECT, Sandbox } from '../harness/sandbox.mjs';

/** The settings of the page's one block of a configuration file. */
function advisedSettings() {
  const page = readFileSync(join(PROJECT, 'docs/security.md'), 'utf8');
  const [, block] = /^## Numbers in messages of the server\n[\s\S]*?^```ini\n([\s\S]*?)^```$/m.exec(page);
  return Object.fromEntries([...block.matchAll(/^(\w+) = (\S+)/gm)].map(([, name, value]) => [name, value]));
}

const TABLES = `
  CREATE TYPE numbers AS RANGE (subtype = telephony.e164);
  CREATE TABLE lines (number telephony.e164 PRIMARY KEY CHECK (number OPERATOR(telephony.<>) '+12025550100'));
  CREATE TABLE blocks (block numbers, EXCLUDE USING gist (block WITH &&));
  CREATE TABLE calls (caller telephony.e164 REFERENCES lines);
  INSERT INTO lines VALUES ('+12025550123');
  INSERT INTO blocks VALUES ('[+12025550100,+12025550199]');`;

/** One statement for each way in which the server quotes a value. */
const FAILING = {
  UNIQUE: "INSERT INTO lines VALUES ('+12025550123')",
  CHECK: "INSERT INTO lines VALUES ('+12025550100')",
  EXCLUDE: "INSERT INTO blocks VALUES ('[+12025550150,+12025550250]')",
  'foreign key': "INSERT INTO calls VALUES ('+12025550199')",
  COPY: "COPY calls FROM PROGRAM 'echo +12025550198 mobile'",
  parameters: "PREPARE p AS INSERT INTO lines VALUES ($1); EXECUTE p('+12025550123')",
};

/** @type {Sandbox} */
let sandbox;
before(() => {
  sandbox = Sandbox.open();
});
after(() => sandbox?.close());

/** Runs what fails on a server with these settings; resolves to the lines of its log that show a number. */
async function shown(name, settings) {
  const cluster = await Cluster.create(sandbox, { name, settings, masked: false });
  await cluster.psql(`CREATE EXTENSION telephony; ${TABLES}`);
  for (const [kind, statement] of Object.entries(FAILING)) {
    await assert.rejects(cluster.psql(statement), (error) => /^23|^22P02/.test(error.sqlstate), kind);
  }
  await cluster.stop();
  return cluster.postmaster.lines.filter((line) => /\+12025550\d{3}/.test(line));
}

test('by themselves they are all shown, which is what the settings are for', async () => {
  const lines = await shown('plain', {});
  const quoted = ['Key (number)=', 'Failing row', 'Key (block)=', 'is not present', 'COPY calls, line 1', 'STATEMENT'];
  for (const kind of quoted) {
    assert.ok(lines.some((line) => line.includes(kind)), `${kind}\n${lines.join('\n')}`);
  }
});

test('with the settings of docs/security.md none is', async () => {
  assert.deepEqual(await shown('advised', advisedSettings()), []);
});
