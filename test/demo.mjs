// `make demo`: the whole story on a private system, step by step; ends with 0 only if each did what it says.

import { buildAndInstall } from './harness/build.mjs';
import { server } from './harness/cluster.mjs';
import { until } from './harness/deadline.mjs';
import { Narrator } from './harness/narrator.mjs';
import { Sandbox, exit, unlessInterrupted } from './harness/sandbox.mjs';
import { SUPPORTED } from './harness/shipped.mjs';
import { QUICK } from './harness/sidecar.mjs';
import { ACCESS, ROLES, Stack, VOICE_URL } from './harness/stack.mjs';

const DATABASE = 'telephony';
const tell = new Narrator();

/** Step 1, in the middle of starting the system: what a DBA does. */
async function install(cluster) {
  tell.step('Two statements make the engine and the tenant schema');
  await cluster.psql(`CREATE DATABASE ${DATABASE}`);
  await tell.sql(cluster, DATABASE, 'CREATE EXTENSION telephony;', { quiet: true });
  await tell.sql(cluster, DATABASE, 'SELECT * FROM telephony.migrate();');
  tell.say('the roles of a PostgREST deployment, what each may do, and what is to answer the calls:');
  await tell.sql(cluster, DATABASE, ROLES, { quiet: true });
  await tell.sql(
    cluster,
    DATABASE,
    `${ACCESS}\nSELECT telephony_internal.set_voice_settings(voice_url => '${VOICE_URL}');`,
    { quiet: true },
  );
  tell.say(
    'telephonyd keygen has made a key pair; the server knows the public key, with which it can seal credentials but not open them:',
  );
  await tell.sql(cluster, DATABASE, 'SHOW telephony.sidecar_public_key_file;');
  const installation = await cluster.psql('SELECT telephony_internal.installation_id()', { database: DATABASE });
  tell.proved(
    installation.length === 36,
    `this installation is ${installation}: every number it buys carries that id at Twilio`,
  );
  return { database: DATABASE, installation };
}

/** Calls a function and shows request and answer; resolves to the rows. */
function call(who, organization, name, args = {}, options = {}) {
  return tell.http(who, `POST /rpc/${name} ${JSON.stringify(args)}`, () => organization.rpc(name, args), options);
}

function read(who, organization, table) {
  return tell.http(who, `GET /${table}`, () => organization.read(table));
}

/** Shows the sidecar's log from line `from` on, without its timestamps. */
function showLog(stack, from) {
  const lines = stack.sidecar.daemon.lines.slice(from).map((line) => line.replace(/^\S+ /, ''));
  tell.output('telephonyd', lines);
}

async function chooseCountry(a) {
  tell.step('Organization A, over HTTP with its JWT, chooses Nigeria');
  const described = ['country_code', 'country_name', 'recommended_twilio_country', 'forwarding_cost_estimate'];
  const countries = await call('A', a, 'supported_countries', {}, { columns: described });
  tell.proved(countries.length === SUPPORTED.length, `${countries.length} countries can be chosen`);
  const columns = ['telephony_country', 'recommended_twilio_country', 'warning_message'];
  const choice = await call('A', a, 'select_country', { country_code: 'NG' }, { columns });
  tell.say('carriers in the same answer:');
  tell.rows(choice.carriers, ['carrier_name', 'display_name', 'ring_time_adjustable', 'verified_on']);
  const warned = choice.recommended_twilio_country === 'US' && choice.warning_message;
  tell.proved(warned, 'its number will come from the US, and it is warned of what that costs');
}

async function handIn(stack, a) {
  tell.step('Organization A hands in its own Twilio account; the token is sealed before it is stored');
  const from = stack.sidecar.daemon.lines.length;
  const { accountSid, authToken } = a.account;
  const shown = `{"account_sid":"${accountSid.slice(0, 6)}...","auth_token":"..."}`;
  const columns = ['account', 'status', 'key_id', 'set_at'];
  await tell.http('A', `POST /rpc/set_twilio_credentials ${shown}`, async () => {
    await stack.simulator.account(a.account);
    return a.rpc('set_twilio_credentials', { account_sid: accountSid, auth_token: authToken });
  }, { columns });
  const tried = await a.credentialsTried();
  showLog(stack, from);
  await call('A', a, 'twilio_credentials_status', {}, { columns: ['account', 'status', 'account_type', 'problem'] });
  tell.proved(tried.status === 'verified', 'telephonyd has opened it and shown it to Twilio');
  const stored =
    'SELECT account_sid, length(sealed) AS bytes, substr(sealed, 1, 24) AS begins FROM telephony_internal.twilio_credentials;';
  await tell.sql(stack.cluster, DATABASE, stored);
  const everything = await stack.psql('SELECT c::text FROM telephony_internal.twilio_credentials c');
  tell.proved(!everything.includes(authToken), 'whoever reads the database or a backup of it finds no token');
}

async function lookAround(stack, a) {
  tell.step('Organization A looks for numbers in area code 415; nothing is bought');
  const { purchases } = await stack.simulator.state();
  const from = stack.sidecar.daemon.lines.length;
  const { job_id: search } = await call('A', a, 'search_numbers', { area_code: '415' }, { columns: ['kind', 'state'] });
  await until('the search has ended', async () =>
    (await a.rpc('offered_numbers', { search_id: search })).body.state === 'done');
  showLog(stack, from);
  const { offers } = await call('A', a, 'offered_numbers', { search_id: search }, { columns: ['state', 'expires_at'] });
  tell.rows(offers.slice(0, 3), ['number', 'formatted', 'locality', 'region', 'monthly_price', 'price_unit']);
  tell.proved(
    offers.length === 20 && offers.every(({ number }) => number.startsWith('+1415')),
    '20 numbers of that area code, with what they cost',
  );
  tell.proved((await stack.simulator.state()).purchases === purchases, 'none of them was bought');
  return offers[0].number;
}

async function verifyLine(stack, a) {
  tell.step('Organization A has its own telephone verified, before its calls are forwarded');
  const from = stack.sidecar.daemon.lines.length;
  const line = '+2348031234567';
  await stack.simulator.pace(100);
  const columns = ['status', 'validation_code', 'attempts_left', 'expires_at'];
  const { id } = await call('A', a, 'verify_caller_id', { phone_number: line }, { columns });
  const standing = async () => (await a.rpc('caller_id_status', { id })).body;
  await until('Twilio has told the code', async () => (await standing()).validation_code !== null);
  const { validation_code: code } = await call('A', a, 'caller_id_status', { id }, { columns });
  tell.say('the telephone rings, and the subscriber types that code:');
  await stack.simulator.type(line, code);
  await until('the end of the call', async () => (await standing()).poll_after_seconds === null);
  const { status } = await call('A', a, 'caller_id_status', { id }, { columns });
  showLog(stack, from);
  const { calls } = await stack.simulator.state();
  tell.proved(status === 'verified' && calls.length === 1, 'it was called once, and is verified for 180 days');
}

async function provision(stack, a, number) {
  tell.step('Organization A chooses one of them; telephonyd, woken by NOTIFY, buys one at Twilio');
  const from = stack.sidecar.daemon.lines.length;
  const start = performance.now();
  await call('A', a, 'provision_number', { number }, { columns: ['job_id', 'state'] });
  const done = await a.finished();
  const elapsed = Math.round(performance.now() - start);
  showLog(stack, from);
  await call('A', a, 'provisioning_status', {}, { columns: ['state', 'number', 'country_code', 'reason'] });
  tell.proved(done.state === 'done' && done.number === number, `the number that was chosen; from the request to the number that answers: ${elapsed} ms`);

  const [row] = await read('A', a, 'phone_numbers');
  const bought = (await stack.numbersAtTwilio()).find((number) => number.sid === row.number_sid);
  tell.say('the same number as Twilio (the simulator) has it:');
  tell.rows([bought], ['sid', 'phone_number', 'friendly_name', 'voice_url', 'date_created']);
  tell.proved(
    bought.phone_number === done.number && bought.voice_url === VOICE_URL,
    'it was bought with its voice URL',
  );

  for (const type of ['total_ai', 'safety_net']) {
    const args = { country_code: 'NG', carrier_name: 'MTN', forwarding_type: type, destination: done.number };
    const columns = ['condition', 'activation_code', 'deactivation_code', 'status_code'];
    const codes = await call('A', a, 'forwarding_codes', args, { columns });
    const usable = codes.length > 0 && codes.every((code) => code.activation_code.includes(done.number));
    tell.proved(usable, `what to dial on an MTN phone: ${type}`);
  }
  return done.number;
}

async function isolate(a, b) {
  tell.step('Organization B sees nothing of A');
  const seen = [];
  for (const table of ['organizations', 'phone_numbers']) seen.push(...(await read('B', b, table)));
  const status = await call('B', b, 'provisioning_status', {}, { columns: ['state', 'number'] });
  tell.proved(seen.length === 0 && status.state === 'none', 'no row, no job, no number');
  await call('B', b, 'release_number', {}, { status: 404, columns: ['code', 'message', 'hint'] });
  tell.proved((await a.status()).state === 'done', 'and can do nothing to it');
}

async function rollBack(stack, c) {
  tell.step('Organization C: a number is bought, and the database is cut off before the row can be written');
  const { purchases } = await stack.simulator.state();
  const buys = await stack.simulator.count('buy', 'applied');
  const hold = await stack.simulator.fault('buy', { kind: 'hold', when: 'after' });
  const from = stack.sidecar.daemon.lines.length;
  await c.handInAccount();
  await call('C', c, 'provision_number', { country_code: 'NG' }, { columns: ['job_id', 'state'] });
  await tell.timed('Twilio has sold the number and withholds the answer', () =>
    stack.simulator.reached('buy', 'applied', { count: buys + 1 }),
  );
  await tell.timed('PostgreSQL is stopped without warning (SIGQUIT); now the answer arrives', async () => {
    await stack.cluster.stop('immediate');
    await stack.simulator.release(hold);
  });
  await tell.timed(
    `telephonyd waits ${QUICK['rollback-after']} s for the database (60 s unless told otherwise), then undoes the purchase`,
    () => stack.sidecar.log(/rollback successful/, { from }),
  );
  showLog(stack, from);
  const state = await stack.simulator.state();
  tell.proved(
    state.purchases === purchases + 1 && state.releases === 1,
    'one number bought, one number released at Twilio',
  );

  await tell.timed('PostgreSQL is started again', () => stack.cluster.start());
  await tell.timed('PostgREST has found it again', () =>
    until('PostgREST answers', async () => (await c.rpc('provisioning_status')).status === 200),
  );
  const end = await c.finished();
  await call('C', c, 'provisioning_status', {}, { columns: ['state', 'number', 'reason'] });
  tell.proved(end.state === 'failed' && end.number === null, 'the job says what happened and what to do');
}

async function reconcile(stack) {
  tell.step('telephonyd reconcile compares Twilio with the database');
  const { code, lines } = await stack.sidecarCommand('reconcile');
  tell.output('telephonyd', lines);
  const atTwilio = (await stack.numbersAtTwilio()).length;
  const { live } = await stack.row(`SELECT count(*) AS live FROM telephony_api.phone_numbers WHERE status = 'live'`);
  tell.proved(code === 0 && atTwilio === live, `${atTwilio} at Twilio, ${live} in the database, 0 orphans`);
}

async function story() {
  const sandbox = Sandbox.open();
  await tell.timed('built, and installed into the server', () => buildAndInstall(sandbox, 'sidecar'));
  await sandbox.close();
  tell.say(
    `${server.version}, PostgREST, a Twilio simulator and telephonyd are started in a private directory, on Unix sockets and loopback.`,
  );
  const stack = await Stack.start({ flags: QUICK, install });
  const [a, b, c] = [stack.organization(), stack.organization(), stack.organization()];
  await chooseCountry(a);
  await handIn(stack, a);
  const number = await lookAround(stack, a);
  await verifyLine(stack, a);
  await provision(stack, a, number);
  await isolate(a, b);
  await rollBack(stack, c);
  await reconcile(stack);
  await stack.close();
  tell.end('Every step did what it says; nothing is left running.');
}

try {
  await story();
  await exit(0);
} catch (error) {
  await unlessInterrupted();
  process.stderr.write(`\ndemo failed: ${error.stack}\n`);
  await exit(1);
}
