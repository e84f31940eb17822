// The rows of `make bench`: what was measured beside what, the ratio, the promise, and whether it was kept.

import { availableParallelism } from 'node:os';

/** Whether rows with many writers can be decided here: fewer processors measure the queue for them. */
export const MANY_PROCESSORS = availableParallelism() >= 8;

/** Collects measurements and prints each as it comes. */
export class Report {
  #broken = [];
  #wrong = [];

  constructor(print) {
    this.print = print;
  }

  section(title) {
    this.print(`\n${title}`);
  }

  /** A remark under the row before. */
  note(text) {
    this.print(`    ${text}`);
  }

  /**
   * A measurement. `text` says what was measured, `promise` what docs/architecture.md promises of it, `kept` whether
   * that holds: null where this machine cannot tell. Without a promise the number is only shown.
   */
  row(what, text, promise, kept) {
    const outcome = kept === null ? 'not decidable here' : kept ? 'kept' : 'NOT KEPT';
    const verdict = promise === undefined ? '' : `  promised ${promise}: ${outcome}`;
    this.print(`  ${what.padEnd(58)} ${text}${verdict}`);
    if (promise !== undefined && kept === false) this.#broken.push(`${what}: ${text.trim()}, promised ${promise}`);
  }

  /** `ours` against `other`, in the same unit: at least `promise` times as fast. */
  faster(what, ours, other, unit, promise) {
    const ratio = other / ours;
    const times = ratio.toFixed(ratio < 10 ? 2 : 1);
    const text = `${ours.toFixed(1)} ${unit} against ${other.toFixed(1)} ${unit}, ${times}x`;
    this.row(what, text, promise && `>= ${promise}x`, ratio >= promise);
  }

  /** `ours` against `other`: slower by at most `share` of it. */
  noSlower(what, ours, other, unit, share) {
    const percent = (ours / other - 1) * 100;
    const more = `${percent < 0 ? '' : '+'}${percent.toFixed(1)} %`;
    const text = `${ours.toFixed(1)} ${unit} against ${other.toFixed(1)} ${unit}, ${more}`;
    this.row(what, text, `<= +${share * 100} %`, ours <= other * (1 + share));
  }

  /** An answer that was checked while the clock ran. */
  answer(what, got, expected) {
    if (got !== expected) this.#wrong.push(`${what}: ${got} instead of ${expected}`);
  }

  /** Prints the end of the report; true when all answers were right and all promises kept. */
  close() {
    this.print('');
    for (const line of this.#wrong) this.print(`wrong answer: ${line}`);
    for (const line of this.#broken) this.print(`promise not kept: ${line}`);
    this.print(`${this.#wrong.length} wrong answers, ${this.#broken.length} promises not kept`);
    return this.#wrong.length + this.#broken.length === 0;
  }
}

/**
 * Times statements side by side: every round runs each of them once, in order, in one session after `setup`. Statements
 * are {sql, expected}, each giving one row of one value, or nothing where `expected` is ''. Resolves to the shortest
 * time of each in milliseconds, and reports every answer.
 */
export async function sideBySide(cluster, report, { database, setup = '', statements, rounds = 9 }) {
  const round = Object.values(statements)
    .map(({ sql, after = '' }) => `\\timing on\n${sql};\n\\timing off\n${after}\n`)
    .join('');
  const output = await cluster.psql(`${setup}\n${round.repeat(rounds)}`, { database });
  const names = Object.keys(statements);
  const best = Object.fromEntries(names.map((name) => [name, Infinity]));
  let turn = 0;
  let answer = [];
  for (const line of output.split('\n')) {
    const time = /^Time: ([0-9.]+) ms/.exec(line)?.[1];
    if (time === undefined) {
      answer.push(line);
      continue;
    }
    const name = names[turn++ % names.length];
    best[name] = Math.min(best[name], Number(time));
    report.answer(statements[name].sql, answer.join(' '), String(statements[name].expected));
    answer = [];
  }
  if (turn !== names.length * rounds) throw new Error(`${turn} times instead of ${names.length * rounds}`);
  return best;
}
