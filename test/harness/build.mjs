// Builds everything from the work tree and installs the extension into the server that PG_CONFIG names.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { availableParallelism } from 'node:os';
import { server } from './cluster.mjs';
import { PROJECT } from './sandbox.mjs';

const JOBS = process.env.JOBS || availableParallelism();

/** make would otherwise hand its own flags and job slots down to the makes started here. */
const CLEAN_MAKE = { MAKEFLAGS: '', MFLAGS: '', MAKELEVEL: '', MAKEOVERRIDES: '' };

/**
 * Runs a program in the work tree, as ourselves, to its end, and resolves to {code, lines}. `onLine` is told of every
 * line it writes.
 */
export async function runInTree(sandbox, name, program, args, { minutes = 10, environment = {}, onLine } = {}) {
  const daemon = sandbox.start(name, program, args, {
    asSelf: true,
    directory: PROJECT,
    ending: ['INT', 'TERM'],
    environment: { ...CLEAN_MAKE, ...environment },
  });
  if (onLine) daemon.each(onLine);
  const { code, signal } = await daemon.end({ timeout: minutes * 60_000 });
  return { code: code ?? signal, lines: daemon.lines };
}

async function make(sandbox, ...goals) {
  const args = [`-j${JOBS}`, `PG_CONFIG=${server.pgConfig}`, 'WERROR=1', ...goals];
  const { code, lines } = await runInTree(sandbox, ['make', ...goals].join(' '), 'make', args, {
    minutes: 45,
    environment: { CMAKE_BUILD_PARALLEL_LEVEL: String(JOBS) },
  });
  if (code === 0) return;
  const errors = lines.filter((line) => /\berror\b/i.test(line)).slice(0, 20);
  throw new Error([`make ${goals.join(' ')} ended with ${code}`, ...errors, '...', ...lines.slice(-40)].join('\n'));
}

/** In the foreground, since sudo may ask for a password. */
async function install() {
  const command = ['make', 'install', '--no-print-directory', `PG_CONFIG=${server.pgConfig}`];
  try {
    accessSync(server.libraries, constants.W_OK);
  } catch {
    command.unshift('sudo');
  }
  const [program, ...args] = command;
  const child = spawn(program, args, {
    cwd: PROJECT,
    env: { ...process.env, ...CLEAN_MAKE },
    stdio: ['inherit', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}`);
}

/**
 * Builds and installs the extension, and builds the goal: `sidecar` (telephonyd and the simulator) or `tests` (all).
 * BUILT=1 says that all this was done.
 */
export async function buildAndInstall(sandbox, goal) {
  if (process.env.BUILT === '1') return;
  await make(sandbox);
  await make(sandbox, goal);
  await install();
}
