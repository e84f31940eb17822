// Databases in other encodings than UTF-8: whatever the bytes, a text is read as in UTF-8, or not at all.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { orgUuid } from '../../docs/examples/org_uuid.mjs';
import { Cluster } from '../harness/cluster.mjs';
import { Sandbox } from '../harness/sandbox.mjs';

/** Encodings of one byte and of several, of left and right, and none at all. */
const ENCODINGS = ['LATIN1', 'LATIN5', 'WIN1251', 'WIN1252', 'WIN1256', 'KOI8R', 'EUC_JP', 'EUC_KR', 'SQL_ASCII'];

/** A character, written into a number in these places. */
const PLACES = [
  "c || '020 7946 0018'",
  "'020' || c || '7946 0018'",
  "'020 7946 001' || c",
  "'020 7946 0018' || c || '12'",
];

/** Every character up to U+FFFF that PostgreSQL has in any encoding of one byte, or that may stand in a number. */
const CHARACTERS = `
  SELECT code, chr(code) AS c FROM generate_series(1, 65535) code
   WHERE code < 1536 OR code BETWEEN 8192 AND 8303 OR code BETWEEN 12288 AND 12543 OR code BETWEEN 65280 AND 65519`;

/** @type {Sandbox} */
let sandbox;
/** @type {Cluster} */
let cluster;
before(async () => {
  sandbox = Sandbox.open();
  cluster = await Cluster.create(sandbox);
  for (const encoding of ['UTF8', ...ENCODINGS]) await createDatabase(encoding);
});
after(() => sandbox?.close());

async function createDatabase(encoding) {
  const options = `TEMPLATE template0 ENCODING '${encoding}' LOCALE 'C'`;
  await cluster.psql(`CREATE DATABASE in_${encoding.toLowerCase()} ${options}`);
  await cluster.psql('CREATE EXTENSION telephony', { database: `in_${encoding.toLowerCase()}` });
}

const reading = (t) => `telephony.try_parse(${t}, 'GB')::text || coalesce(' ' || telephony.number_extension(${t}, 'GB'), '')`;

/** What a database reads in texts that are given as bytes of UTF-8. */
async function readings(encoding, texts) {
  const values = texts.map((text, i) => `(${i}, '\\x${Buffer.from(text).toString('hex')}'::bytea)`).join(', ');
  const query = `
    SELECT i, ${reading(`convert_from(bytes, 'UTF8')`)} AS number FROM (VALUES ${values}) v (i, bytes) ORDER BY i`;
  return (await cluster.rows(query, { database: `in_${encoding.toLowerCase()}` })).map(({ number }) => number);
}

for (const encoding of ENCODINGS.filter((name) => name !== 'SQL_ASCII')) {
  test(`${encoding}: every character it has, anywhere in a number, is read as in UTF-8`, async () => {
    const convertible = `
      CREATE FUNCTION pg_temp.has(c text) RETURNS boolean LANGUAGE plpgsql AS $$
      BEGIN RETURN length(convert_to(c, '${encoding}')) > 0; EXCEPTION WHEN OTHERS THEN RETURN false; END $$;`;
    const select = (place) => `SELECT code, ${place} AS t FROM (${CHARACTERS}) characters WHERE pg_temp.has(c)`;
    const asked = `${convertible} ${PLACES.map(select).join(' UNION ALL ')} ORDER BY 1, 2`;
    const texts = (await cluster.psql(asked, { database: 'in_utf8' }))
      .split('\n').map((line) => line.slice(line.indexOf('|') + 1)).filter((text) => /\d$/.test(text));
    assert.ok(texts.length > 200, `${texts.length} texts`);
    const [expected, read] = [await readings('UTF8', texts), await readings(encoding, texts)];
    const different = texts.map((text, i) => ({ text, utf8: expected[i], here: read[i] }));
    assert.deepEqual(different.filter(({ utf8, here }) => utf8 !== here), []);
    assert.ok(read.some((number) => number !== null));
  });
}

/** How a database names an organization by a text given as bytes of UTF-8: its id by itself, and as a claim. */
function named(encoding, text) {
  const bytes = `convert_from('\\x${Buffer.from(text).toString('hex')}'::bytea, 'UTF8')`;
  const json = `'{"sub": "' || ${bytes} || '", "app_metadata": {"org_id": "' || ${bytes} || '"}}'`;
  return cluster.psql(`SET telephony.org_claim_type = 'text'; SELECT telephony.org_uuid(${bytes}),
    (SELECT telephony.current_org_id() FROM set_config('request.jwt.claims', ${json}, true) OFFSET 0)`,
    { database: `in_${encoding.toLowerCase()}` });
}

test('an organization is named by its bytes in UTF-8, whatever the encoding; what has none names nobody', async () => {
  const text = 'Åkerlund & Söhne';
  for (const encoding of ['UTF8', 'LATIN1', 'WIN1252', 'SQL_ASCII']) {
    assert.equal(await named(encoding, text), [orgUuid(text), orgUuid(text)].join('|'), encoding);
  }
  assert.equal(await named('EUC_JP', '組織'), [orgUuid('組織'), orgUuid('組織')].join('|'));
  await assert.rejects(cluster.psql(`SELECT telephony.org_uuid(convert_from('\\x6fff'::bytea, 'SQL_ASCII'))`,
    { database: 'in_sql_ascii' }), { sqlstate: '22023', message: /no form in UTF-8/ });
  const nobody = await cluster.psql(`SET telephony.org_claim_type = 'text';
    SELECT set_config('request.jwt.claims', '{"app_metadata": {"org_id": "' ||
      convert_from('\\x6fff'::bytea, 'SQL_ASCII') || '"}}', false) \\gset
    SELECT telephony.current_org_id() IS NULL`, { database: 'in_sql_ascii' });
  assert.equal(nobody, 't');
});

test('SQL_ASCII: any bytes are read as the UTF-8 that they are, or not at all', async () => {
  const bytes = `SELECT set_byte('\\x00'::bytea, 0, i) AS b FROM generate_series(128, 255) i`;
  const any = `
    SELECT count(*) AS read FROM (${bytes}) one, (${bytes}) two,
      LATERAL convert_from('020 7946'::bytea || one.b || two.b || '0018'::bytea, 'SQL_ASCII') t,
      LATERAL telephony.try_parse(t, 'GB') n
     WHERE n IS NOT NULL AND n::text <> '+442079460018'`;
  // Two bytes can be a digit of another script, which is one more digit: the only other numbers there may be.
  const digits = `
    SELECT count(*) AS read FROM (VALUES (1632), (1776), (1984)) zero (code), generate_series(0, 9) digit,
      LATERAL telephony.try_parse('020 7946' || chr(code + digit) || '0018', 'GB') n WHERE n IS NOT NULL`;
  const { read } = await cluster.row(any, { database: 'in_sql_ascii' });
  assert.deepEqual(read, (await cluster.row(digits, { database: 'in_utf8' })).read);
  const [number] = await readings('SQL_ASCII', ['020\u00a07946\u202f0018']);
  assert.equal(number, '+442079460018');
});
