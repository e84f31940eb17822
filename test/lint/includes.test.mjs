// tools/lint/includes.mjs: the tree keeps the rule of its folders, and every way to break it is found and named.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { LAYERS, lintIncludes } from '../../tools/lint/includes.mjs';
import { PROJECT } from '../harness/sandbox.mjs';

/** A tree that keeps the rule: one header a folder of sidecar/, and some of the engine's core. */
const SOUND = {
  ...Object.fromEntries(LAYERS.flat().map((folder) => [`sidecar/${folder}/own.hpp`, '#pragma once\n'])),
  'sidecar/main.cpp': '#include "daemon/own.hpp"\n#include "commands/own.hpp"\n',
  'sidecar/twilio/resources.hpp': '#include "numbering/e164.hpp"\n',
  'sidecar/contract/numbers.hpp': '#include "base/own.hpp"\n#include "twilio/resources.hpp"\n',
  'extension/core/numbering/e164.hpp': '#include <string>\n',
  'extension/core/credential/secret.cpp':
    '#include <sodium.h>\n#include "../numbering/e164.hpp"\n#include "numbering/e164.hpp"\n',
  'extension/pg/datum.hpp': '#pragma once\n',
  'test/unit/core/numbering/e164_test.cpp': '',
  'test/unit/sidecar/io/own_test.cpp': '',
  'test/unit/sidecar/fakes/fake.hpp': '',
};

/** What is found in that tree with `files` added or replaced. */
function findings(files = {}) {
  const root = mkdtempSync(join(tmpdir(), 'telephony-lint-'));
  try {
    for (const [path, text] of Object.entries({ ...SOUND, ...files })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return lintIncludes(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

test('this tree keeps the rule', () => assert.deepEqual(lintIncludes(PROJECT), []));

test('a tree that keeps the rule has no findings', () => assert.deepEqual(findings(), []));

const BROKEN = [
  ['a folder that comes later', 'sidecar/io/x.cpp', '// first\n#include "contract/own.hpp"\n',
    'sidecar/io/x.cpp:2: includes "contract/own.hpp": io comes before contract or beside it: it may include base'],
  ['a folder above the lowest', 'sidecar/base/x.cpp', '#include "io/own.hpp"\n',
    'sidecar/base/x.cpp:1: includes "io/own.hpp": base comes before io or beside it: it may include no other folder'],
  ['twilio by database', 'sidecar/database/x.cpp', '#include "twilio/own.hpp"\n',
    /^sidecar\/database\/x\.cpp:1: .* may include base, io$/],
  ['database by twilio', 'sidecar/twilio/x.cpp', '#include "database/own.hpp"\n', /^sidecar\/twilio\/x\.cpp:1: /],
  ['commands by the daemon', 'sidecar/daemon/x.cpp', '#include "commands/own.hpp"\n',
    /^sidecar\/daemon\/x\.cpp:1: .*daemon comes before commands or beside it/],
  ['the daemon by commands', 'sidecar/commands/x.cpp', '#include "daemon/own.hpp"\n', /^sidecar\/commands\/x\.cpp:1: /],
  ["Twilio's client by the contract", 'sidecar/contract/x.cpp', '#include "twilio/own.hpp"\n',
    'sidecar/contract/x.cpp:1: includes "twilio/own.hpp": contract takes values from Twilio, never its client'],
  ['a path from its own folder', 'sidecar/io/x.cpp', '#include "own.hpp"\n',
    'sidecar/io/x.cpp:1: includes "own.hpp": no such header: paths begin at sidecar/ or at extension/core/'],
  ['a path upwards', 'sidecar/io/x.cpp', '#include "../base/own.hpp"\n', /^sidecar\/io\/x\.cpp:1: .*no such header/],
  ['the glue of the extension', 'sidecar/io/x.cpp', '#include "pg/datum.hpp"\n',
    /^sidecar\/io\/x\.cpp:1: .*no such header/],
  ['libpq outside of io', 'sidecar/jobs/x.cpp', '  #  include <libpq-fe.h>\n',
    /^sidecar\/jobs\/x\.cpp:1: includes <libpq-fe\.h>: only io works with this library/],
  ['PostgreSQL by the core', 'extension/core/mmi/x.cpp', '#include "postgres.h"\n',
    /^extension\/core\/mmi\/x\.cpp:1: .*nothing of PostgreSQL/],
  ['PostgreSQL by the core, in angle brackets', 'extension/core/mmi/x.cpp', '#include <utils/builtins.h>\n',
    /^extension\/core\/mmi\/x\.cpp:1: /],
  ['the sidecar by the core', 'extension/core/mmi/x.cpp', '#include "../../../sidecar/base/own.hpp"\n',
    /^extension\/core\/mmi\/x\.cpp:1: /],
  ['the sidecar by the core, from the root', 'extension/core/mmi/x.cpp', '#include "base/own.hpp"\n',
    /^extension\/core\/mmi\/x\.cpp:1: /],
];
for (const [what, path, text, expected] of BROKEN) {
  test(`found: ${what} is included`, () => {
    const found = findings({ [path]: text });
    assert.equal(found.length, 1, found.join('\n'));
    if (typeof expected === 'string') assert.equal(found[0], expected);
    else assert.match(found[0], expected);
  });
}

const MISPLACED = [
  ['beside main.cpp', 'sidecar/x.cpp', /^sidecar\/x\.cpp: stands in no folder/],
  ['in an unknown folder', 'sidecar/utils/x.hpp',
    /^sidecar\/utils\/x\.hpp: stands in a folder that sidecar\/ does not have: there are base, io,/],
  ['in a folder of a folder', 'sidecar/io/http/x.hpp', /^sidecar\/io\/http\/x\.hpp: stands in no folder/],
  ['a unit test in no folder', 'test/unit/x_test.cpp', /^test\/unit\/x_test\.cpp: /],
  ['a unit test of no area', 'test/unit/core/sidecar/x_test.cpp', /^test\/unit\/core\/sidecar\/x_test\.cpp: /],
];
for (const [what, path, expected] of MISPLACED) {
  test(`found: a file ${what}`, () => {
    const found = findings({ [path]: '' });
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0], expected);
  });
}

test('the program prints the findings and ends with 1', () => {
  const root = mkdtempSync(join(tmpdir(), 'telephony-lint-'));
  try {
    mkdirSync(join(root, 'sidecar', 'base'), { recursive: true });
    writeFileSync(join(root, 'sidecar', 'base', 'x.cpp'), '#include "gone.hpp"\n');
    const program = join(PROJECT, 'tools/lint/includes.mjs');
    const { status, stdout } = spawnSync(process.execPath, [program, root], { encoding: 'utf8' });
    const why = 'no such header: paths begin at sidecar/ or at extension/core/';
    assert.equal(stdout, `sidecar/base/x.cpp:1: includes "gone.hpp": ${why}\n`);
    assert.equal(status, 1);
  } finally {
    rmSync(root, { recursive: true });
  }
});
