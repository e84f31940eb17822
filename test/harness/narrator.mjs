// Shows on a terminal what is asked of a running system and what it answers, with the time it took.

import assert from 'node:assert/strict';

const styled = process.stdout.isTTY && !process.env.NO_COLOR;
const style = (code) => (text) => (styled ? `\x1b[${code}m${text}\x1b[0m` : text);
const bold = style('1');
const faint = style('2');
const green = style('32');

const WIDTH = 118;
const print = (line = '') => process.stdout.write(`${line}\n`);
const cut = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

function cell(value) {
  if (value === null || value === undefined) return '-';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Breaks text between words into lines of at most `length`. */
function wrap(text, length) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`.trimStart();
    if (line.length <= length || lines.at(-1) === '') lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines;
}

/** Objects as an aligned table; a single one as one line per column, long texts wrapped. */
function tabulate(rows, columns) {
  if (rows.length === 0) return ['(no rows)'];
  const names = columns ?? Object.keys(rows[0]);
  if (rows.length === 1) {
    const longest = Math.max(...names.map((name) => name.length));
    return names.flatMap((name) =>
      wrap(cell(rows[0][name]), WIDTH - longest).map(
        (line, i) => `${faint((i === 0 ? name : '').padEnd(longest))}  ${line}`,
      ),
    );
  }
  const widths = names.map((name) => Math.max(name.length, ...rows.map((row) => cell(row[name]).length)));
  const line = (cells) => cut(cells.map((text, i) => text.padEnd(widths[i])).join('  ').trimEnd(), WIDTH);
  return [faint(line(names)), ...rows.map((row) => line(names.map((name) => cell(row[name]))))];
}

/** Tells a story in numbered steps; every line under a heading is what the system said. */
export class Narrator {
  #step = 0;
  #began = performance.now();

  /** Begins a step. */
  step(title) {
    this.#step += 1;
    print();
    print(bold(`${this.#step}  ${title}`));
  }

  /** What the storyteller does or points out. */
  say(text) {
    print(`   ${text}`);
  }

  /** Does something, says what, and how long it took; resolves to its result. */
  async timed(text, action) {
    const start = performance.now();
    const result = await action();
    print(`   ${text} ${faint(`(${Math.round(performance.now() - start)} ms)`)}`);
    return result;
  }

  /** Runs SQL and shows it with the rows psql prints; `quiet` when the statements give nothing to show. */
  async sql(cluster, database, text, { quiet = false } = {}) {
    for (const line of text.trim().split('\n')) print(`   ${faint('sql>')} ${line}`);
    const start = performance.now();
    const output = await cluster.psql(text, { database, flags: ['--pset=footer=off', '--pset=null=-'] });
    if (!quiet) for (const line of output.split('\n')) if (line.trim()) print(`        ${cut(line, WIDTH)}`);
    print(`        ${faint(`${Math.round(performance.now() - start)} ms`)}`);
  }

  /** Shows a request to PostgREST and its answer; resolves to the body. `columns` picks what of the rows is shown. */
  async http(who, request, send, { status = 200, columns } = {}) {
    print(`   ${faint(`${who}>`)} ${request}`);
    const start = performance.now();
    const answer = await send();
    const milliseconds = Math.round(performance.now() - start);
    print(`        ${faint(`HTTP ${answer.status}, ${milliseconds} ms`)}`);
    for (const line of tabulate([answer.body].flat(), columns)) print(`        ${line}`);
    assert.equal(answer.status, status, `${request}: HTTP ${answer.status} instead of ${status}`);
    return answer.body;
  }

  /** Shows objects that a program told. */
  rows(rows, columns) {
    for (const line of tabulate(rows, columns)) print(`        ${line}`);
  }

  /** Shows lines of a program's output or log. */
  output(name, lines) {
    for (const line of lines) print(`   ${faint(`${name}|`)} ${cut(line, 2 * WIDTH)}`);
  }

  /** Says what was just proved; an error when `condition` is not true. */
  proved(condition, text) {
    assert.ok(condition, `not so: ${text}`);
    print(`   ${green('✓')} ${text}`);
  }

  /** Closes the story. */
  end(text) {
    print();
    print(`${bold(text)} ${faint(`(${((performance.now() - this.#began) / 1000).toFixed(1)} s)`)}`);
  }
}
