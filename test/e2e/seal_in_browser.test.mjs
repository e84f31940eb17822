// The sealing example in a browser: bundled by Vite and by esbuild, and as it is, in Debian's Chromium; telephonyd uses
// what was sealed there.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import * as esbuild from 'esbuild';
import * as vite from 'vite';
import { serveFiles, startBrowser } from '../harness/browser.mjs';
import { PROJECT } from '../harness/sandbox.mjs';
import { Stack } from '../harness/stack.mjs';

const MODULES = join(PROJECT, 'test/node_modules');
const EXAMPLE = join(PROJECT, 'docs/examples');

/** What an application does, in TypeScript. */
const APPLICATION = `
import { PostgrestClient } from '@supabase/postgrest-js';
import { sealCredential, type Credential } from './seal_credential.mjs';

declare global {
  interface Window {
    handIn(api: string, jwt: string, credential: Credential): Promise<{ sealed: string; status: number }>;
  }
}

window.handIn = async (api, jwt, credential) => {
  const sealed: string = await sealCredential(credential);
  const client = new PostgrestClient(api, { headers: { Authorization: \`Bearer \${jwt}\` } });
  const { status } = await client.rpc('set_twilio_credentials', {
    account_sid: credential.accountSid,
    auth_token: sealed,
  });
  return { sealed, status };
};
`;

/** The same without types and without a bundler, for a page that has no more than a script. */
const PLAIN = `
import { sealCredential } from './seal_credential.mjs';

window.handIn = async (api, jwt, credential) => {
  const sealed = await sealCredential(credential);
  const { status } = await fetch(api + '/rpc/set_twilio_credentials', {
    method: 'POST',
    headers: { Authorization: 'Bearer ' + jwt, 'Content-Type': 'application/json' },
    body: JSON.stringify({ account_sid: credential.accountSid, auth_token: sealed }),
  });
  return { sealed, status };
};
`;

const page = (script, more = '') =>
  `<!doctype html><title>Credentials</title><link rel="icon" href="data:,">${more}<script type="module" src="${script}"></script>`;

/** @type {Stack} */
let stack;
let browser;
/** A directory with the example, the application and what both take from npm. */
let source;

before(async () => {
  stack = await Stack.start();
  browser = await startBrowser(stack.sandbox);
  source = join(stack.sandbox.directory, 'application');
  mkdirSync(source);
  for (const name of ['seal_credential.mjs', 'seal_credential.d.mts']) {
    copyFileSync(join(EXAMPLE, name), join(source, name));
  }
  symlinkSync(MODULES, join(source, 'node_modules'));
  writeFileSync(join(source, 'application.ts'), APPLICATION);
  writeFileSync(join(source, 'index.html'), page('./application.ts'));
});
after(async () => {
  await browser?.close();
  await stack?.close();
});

/** By name, what puts the page into a directory; it gives what the page's policy must allow besides its own files. */
const PAGES = {
  'bundled by Vite': async (output) => {
    await vite.build({
      ...{ root: source, configFile: false, logLevel: 'error' },
      build: { outDir: output, emptyOutDir: true },
    });
  },

  'bundled by esbuild': async (output) => {
    await esbuild.build({
      entryPoints: [join(source, 'application.ts')],
      bundle: true,
      format: 'esm',
      platform: 'browser',
      outfile: join(output, 'application.js'),
      logLevel: 'error',
    });
    writeFileSync(join(output, 'index.html'), page('/application.js'));
  },

  'not bundled, with an import map': (output) => {
    copyFileSync(join(EXAMPLE, 'seal_credential.mjs'), join(output, 'seal_credential.mjs'));
    for (const name of ['libsodium', 'libsodium-wrappers']) {
      cpSync(join(MODULES, name, 'dist/modules-esm'), join(output, name), { recursive: true });
    }
    const imports = {
      'libsodium-wrappers': '/libsodium-wrappers/libsodium-wrappers.mjs',
      libsodium: '/libsodium/libsodium.mjs',
    };
    const map = JSON.stringify({ imports });
    writeFileSync(join(output, 'application.js'), PLAIN);
    writeFileSync(
      join(output, 'index.html'),
      page('/application.js', `<script type="importmap">${map}</script>`),
    );
    return `'sha256-${createHash('sha256').update(map).digest('base64')}'`;
  },
};

for (const [how, make] of Object.entries(PAGES)) {
  test(`credentials sealed in Chromium, ${how}, are handed in over HTTP, and telephonyd verifies them`, async () => {
    const output = join(stack.sandbox.directory, how.replace(/\W+/g, '_'));
    mkdirSync(output);
    const inline = await make(output);
    const served = await serveFiles(output, {
      'Content-Security-Policy': `script-src 'self' 'wasm-unsafe-eval' ${inline ?? ''}`,
    });
    const context = await browser.newContext();
    try {
      const tab = await context.newPage();
      const said = [];
      tab.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
      tab.on('pageerror', (error) => said.push(`error: ${error.message}`));
      await tab.goto(served.url);
      await tab.waitForFunction(() => 'handIn' in globalThis, null, { timeout: 10_000 });

      const org = stack.organization();
      await stack.simulator.account(org.account);
      const { sealed, status } = await tab.evaluate(
        ([api, jwt, credential]) => globalThis.handIn(api, jwt, credential),
        [
          stack.postgrest.url,
          stack.postgrest.token({ role: 'authenticated', org: org.id }),
          {
            publicKeyFile: readFileSync(`${stack.keyFiles[0]}.pub`, 'utf8'),
            orgId: org.id.toUpperCase(),
            accountSid: org.account.accountSid,
            token: org.account.authToken,
          },
        ],
      );
      assert.match(sealed, /^sealed:[A-Za-z0-9_-]+$/);
      assert.equal(status, 200);
      const credentials = await org.credentialsTried();
      assert.deepEqual([credentials.status, credentials.problem], ['verified', null]);
      assert.deepEqual(said, []);
    } finally {
      await context.close();
      await served.close();
    }
  });
}

test('an application in TypeScript is checked against the types of the example, and refused where it is wrong', () => {
  const check = (file) => {
    const compilerOptions = {
      ...{ noEmit: true, strict: true, skipLibCheck: true, types: [] },
      ...{ module: 'esnext', moduleResolution: 'bundler', target: 'es2022', lib: ['es2022', 'dom'] },
    };
    writeFileSync(join(source, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
    const { status, stdout } = spawnSync(process.execPath, [join(MODULES, 'typescript/bin/tsc')], {
      cwd: source,
      encoding: 'utf8',
    });
    return { status, stdout };
  };
  assert.deepEqual(check('application.ts'), { status: 0, stdout: '' });
  writeFileSync(
    join(source, 'wrong.ts'),
    `import { sealCredential } from './seal_credential.mjs';
     const box: number = await sealCredential({ publicKeyFile: '', orgId: '', token: '' });`,
  );
  const { status, stdout } = check('wrong.ts');
  assert.equal(status, 2);
  assert.match(stdout, /Type 'string' is not assignable to type 'number'/);
  assert.match(stdout, /'accountSid' is missing/);
});
