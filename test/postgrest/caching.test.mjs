// What may be cached: real caches in front of PostgREST keep no answer for a request that asked for something else.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import got from 'got';
import { serveFiles, startBrowser } from '../harness/browser.mjs';
import { Gateway } from '../harness/gateway.mjs';
import { PROJECT } from '../harness/sandbox.mjs';
import { SUPPORTED } from '../harness/shipped.mjs';
import { Stack } from '../harness/stack.mjs';

const PATH = '/rpc/supported_countries';
const VARY = ['accept', 'accept-profile', 'range', 'origin', 'prefer'];

/** The lines of nginx that the manual gives, by their place. */
const MANUAL = readFileSync(join(PROJECT, 'docs/postgrest.md'), 'utf8');
const [, ZONE, CACHING] = /```nginx\n(proxy_cache_path .*\n)\n# .*\n([\s\S]*?)```/.exec(MANUAL);

/** @type {Stack} */
let stack;
before(async () => {
  stack = await Stack.start();
});
after(() => stack?.close());

/** What the plain client of each round must get, whatever was asked for before it. */
function assertWhole({ status, headers, text }) {
  assert.equal(status, 200);
  assert.match(headers['content-type'], /^application\/json/);
  assert.equal(headers['access-control-allow-origin'], undefined);
  assert.equal(headers['preference-applied'], undefined);
  assert.deepEqual(JSON.parse(text).map((row) => row.country_code), SUPPORTED);
}

/** Requests that get another answer than the plain one, and what tells that they did. */
const OTHERS = {
  'a part of the rows': {
    headers: { Range: '0-0', 'Range-Unit': 'items' },
    right: ({ text }) => assert.equal(JSON.parse(text).length, 1),
    kept: false,
  },
  'as CSV': {
    headers: { Accept: 'text/csv' },
    right: ({ text }) => assert.match(text, /^country_code,/),
    kept: true,
  },
  'from a page of another origin': {
    headers: { Origin: 'https://app.example.com' },
    right: ({ headers }) => assert.equal(headers['access-control-allow-origin'], '*'),
    kept: true,
  },
  'with a count': {
    headers: { Prefer: 'count=exact' },
    right: ({ headers }) => assert.equal(headers['content-range'], `0-${SUPPORTED.length - 1}/${SUPPORTED.length}`),
    kept: true,
  },
  'of a schema by name': {
    headers: { 'Accept-Profile': 'telephony_api' },
    right: ({ status }) => assert.equal(status, 200),
    kept: true,
  },
};

let caches = 0;
/** Caches by name: each gives ask(path, headers), which resolves to {status, headers, text, cached}. */
const CACHES = {
  'a cache by RFC 9111': async () => {
    const cache = new Map();
    const ask = async (path, headers) => {
      const answer = await got(stack.postgrest.url + path, {
        ...{ headers, cache, cacheOptions: { shared: true }, throwHttpErrors: false, retry: { limit: 0 } },
      });
      return { status: answer.statusCode, headers: answer.headers, text: answer.body, cached: answer.isFromCache };
    };
    return { ask };
  },

  'nginx, with the lines of the manual': async () => {
    const gateway = await Gateway.start(stack.sandbox, stack.postgrest, {
      http: ZONE.replace('/var/cache/nginx/telephony', stack.sandbox.privateDirectory(`nginx_cache_${++caches}`)),
      api: `${CACHING}\nadd_header X-Cache $upstream_cache_status always;`,
    });
    const ask = async (path, headers) => {
      const answer = await got(`${gateway.url}/rest/v1${path}`, { headers, throwHttpErrors: false });
      const cached = answer.headers['x-cache'] === 'HIT';
      return { status: answer.statusCode, headers: answer.headers, text: answer.body, cached };
    };
    return { ask };
  },
};

let asked = 0;
/** An address of the same answer that no cache has seen. */
const newPath = () => `${PATH}?limit=${100 + ++asked}`;

for (const [name, start] of Object.entries(CACHES)) {
  for (const [what, { headers, right, kept }] of Object.entries(OTHERS)) {
    test(`${name}: asked ${what}, then by a plain client, and the other way round`, async () => {
      const { ask } = await start();
      const path = newPath();
      right(await ask(path, headers));
      const again = await ask(path, headers);
      right(again);
      assert.equal(again.cached, kept);
      const whole = await ask(path, {});
      assertWhole(whole);
      assert.equal(whole.cached, false);
      const kin = await ask(path, {});
      assertWhole(kin);
      assert.equal(kin.cached, true);
      right(await ask(path, headers));

      const other = newPath();
      assertWhole(await ask(other, {}));
      right(await ask(other, headers));
    });
  }
}

test('Chromium: what a page got without CORS is not what a script gets with it, nor a part the whole', async () => {
  const directory = stack.sandbox.privateDirectory('page');
  writeFileSync(join(directory, 'index.html'), '<!doctype html><title>Countries</title><link rel="icon" href="data:,">');
  const served = await serveFiles(directory);
  const browser = await startBrowser(stack.sandbox);
  try {
    const tab = await (await browser.newContext()).newPage();
    const session = await tab.context().newCDPSession(tab);
    await session.send('Network.enable');
    const fromCache = [];
    session.on('Network.responseReceived', ({ response }) => fromCache.push(response.fromDiskCache));
    await tab.goto(served.url);
    const url = stack.postgrest.url + newPath();
    const answers = await tab.evaluate(async (address) => {
      const text = async (options) => (await fetch(address, options)).text();
      await text({ mode: 'no-cors' });
      const first = await text();
      const csv = await text({ headers: { Accept: 'text/csv' } });
      const part = await text({ headers: { Range: '0-0' } });
      const last = [await text(), await text()];
      return { csv, part, whole: [first, ...last] };
    }, url);
    for (const text of answers.whole) assert.deepEqual(JSON.parse(text).map((row) => row.country_code), SUPPORTED);
    assert.match(answers.csv, /^country_code,/);
    assert.equal(JSON.parse(answers.part).length, 1);
    assert.deepEqual(fromCache.slice(-2), [false, true], 'the last asks as the one before');
  } finally {
    await browser.close();
    await served.close();
  }
});

test('what may be kept says upon which headers it depends; a part of the rows and the answer of a POST may not be', async () => {
  const header = (answer, name) => answer.headers.get(name);
  for (const method of ['GET', 'HEAD']) {
    const answer = await fetch(stack.postgrest.url + PATH, { method });
    assert.equal(header(answer, 'cache-control'), 'public, max-age=300');
    assert.deepEqual(header(answer, 'vary').toLowerCase().split(/, */), VARY);
  }
  const not = [
    await fetch(stack.postgrest.url + PATH, { method: 'POST' }),
    await fetch(stack.postgrest.url + PATH, { headers: { Range: '0-0' } }),
    await fetch(stack.postgrest.url + PATH, { headers: { RANGE: 'nonsense' } }),
  ];
  for (const answer of not) assert.deepEqual([answer.status, header(answer, 'cache-control')], [200, 'no-store']);
});
