// One whole call of each function over HTTP, recorded: what differs from run to run is replaced by what never does.

import { CALLERS, CALLS } from '../postgrest/calls.mjs';

/** Longer lists are shown by their first rows. */
const ROWS = 2;

/** What is replaced by numbered stand-ins, in order of appearance. */
const STAND_INS = [
  {
    pattern: /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g,
    value: (n) => `6f0c9a52-5d0e-4f0a-9a5e-0c8f2f1a7b${String(10 + n)}`,
  },
  { pattern: /\bPN[0-9a-f]{32}\b/g, value: (n) => `PN${String(n).padStart(32, '0')}` },
  // But not the one that nobody has, which calls.mjs hands in.
  { pattern: /\bAC(?!(?:0123456789abcdef){2})[0-9a-f]{32}\b/g, value: (n) => `AC${String(n).padStart(32, '0')}` },
];
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00/g;
const NUMBER = '12025550123';

/** Counts that are different each time. */
const COUNTS = /"(seq|requests|unaddressed|addresses|organizations|memory_bytes)": [0-9]+/g;

/** What the client of the tests is called: one version of Node.js says so otherwise than the next. */
const USER_AGENT = /"user_agent": "[^"]*"/g;

/** Replaces what differs from run to run, or from machine to machine, in a text. */
function steady(text, { number, keyId }) {
  let result = text.replace(TIME, '2026-11-27T12:00:00+00:00').replaceAll(keyId, '0123456789abcdef')
    .replace(COUNTS, '"$1": 12').replace(USER_AGENT, '"user_agent": "example/1.0"');
  if (number) {
    result = result.replaceAll(number.slice(1), NUMBER).replaceAll(`***${number.slice(-4)}`, `***${NUMBER.slice(-4)}`);
  }
  for (const { pattern, value } of STAND_INS) {
    const seen = new Map();
    result = result.replace(pattern, (found) => {
      if (!seen.has(found)) seen.set(found, value(seen.size + 1));
      return seen.get(found);
    });
  }
  return result;
}

/** JSON of which only the upper part is shown, where it is longer than a page. */
function shown(value) {
  const text = JSON.stringify(value, null, 2);
  if (text.split('\n').length <= 80) return text;
  const inner = (each) => {
    if (each === null || typeof each !== 'object') return each;
    return Array.isArray(each) ? ['...'] : { '...': '...' };
  };
  return JSON.stringify(Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inner(each)])), null, 2);
}

/** A caller who has what the call needs, and the arguments. */
async function caller(stack, { tier, args, account, number, prepare }) {
  const { role } = Object.values(CALLERS).find(({ tiers }) => tiers.at(-1) === tier) ?? { role: 'operator' };
  const org = stack.organization();
  if (account) {
    await org.handInAccount();
    await org.credentialsTried();
  }
  const got = number ? (await org.provisioned('NG')).number : null;
  const client = stack.postgrest.client({ role, org: org.id });
  const token = stack.postgrest.token({ role, org: org.id });
  return { role, number: got, token, args: prepare ? await prepare({ stack, org, client }) : args };
}

/** Records the call of a function: {request, response} as text. */
async function record(stack, name, call, keyId) {
  const { role, token, number, args } = await caller(stack, call);
  // A sidecar would take the job meanwhile, or not.
  stack.sidecar.daemon.signal('SIGSTOP');
  try {
    const query = new URLSearchParams(call.reads ? args : {});
    let answer;
    const ask = () => {
      const path = `/rpc/${name}${query.size ? `?${query}` : ''}`;
      const options = { token: role === 'anon' ? undefined : token, ...(call.reads ? {} : { body: args }) };
      return stack.postgrest.request(call.reads ? 'GET' : 'POST', path, options).then((got) => ({ path, ...got }));
    };
    answer = await ask();
    if (call.reads && Array.isArray(answer.body) && answer.body.length > ROWS + 1) {
      query.set('limit', ROWS);
      answer = await ask();
    }
    const request = [`${call.reads ? 'GET' : 'POST'} ${answer.path}`];
    if (role !== 'anon') request.push(`Authorization: Bearer <a token of role ${role}>`);
    if (!call.reads) request.push('Content-Type: application/json', '', JSON.stringify(args));
    const headers = ['content-type', 'cache-control', 'vary'].filter((header) => answer.headers.has(header));
    const response = [
      `HTTP/1.1 ${answer.status}`,
      ...headers.map((header) => `${header}: ${answer.headers.get(header)}`),
      '',
      shown(answer.body),
    ];
    const [first, second] = steady([request.join('\n'), response.join('\n')].join('\0'), { number, keyId }).split('\0');
    return { request: first, response: second };
  } finally {
    stack.sidecar.daemon.signal('SIGCONT');
  }
}

/** Records a call of each function; resolves to {request, response} by name. */
export async function recordExamples(stack) {
  const org = stack.organization();
  await org.handInAccount();
  const { key_id: keyId } = await org.credentials();
  const examples = {};
  for (const [name, call] of Object.entries(CALLS)) examples[name] = await record(stack, name, call, keyId);
  return examples;
}
