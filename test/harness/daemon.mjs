// A child process of a run: its output line by line, waiting for a line, and its end.

import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { within } from './deadline.mjs';

/** Thrown when a process ends although something was still expected of it; carries the last lines it wrote. */
export class UnexpectedEnd extends Error {}

/** A running (or ended) process; made by Sandbox.start(). */
export class Daemon {
  /** Every line written so far to standard output and standard error, in order of arrival. */
  lines = [];
  /** Those of them that went to standard output. */
  output = [];
  /** Resolves to {code, signal} when the process has ended and all its output was read. */
  ended;
  /** False once it has ended. */
  running = true;
  #child;
  #waiters = new Set();

  constructor(name, child) {
    this.name = name;
    this.pid = child.pid;
    this.#child = child;
    const readers = [child.stdout, child.stderr].map((stream) => {
      const reader = createInterface({ input: stream });
      reader.on('line', (line) => {
        if (stream === child.stdout) this.output.push(line);
        this.#take(line);
      });
      return once(reader, 'close');
    });
    this.ended = Promise.all([once(child, 'exit'), ...readers]).then(([[code, signal]]) => {
      this.running = false;
      for (const waiter of [...this.#waiters]) waiter.ended();
      return { code, signal };
    });
  }

  #take(line) {
    this.lines.push(line);
    for (const waiter of [...this.#waiters]) waiter.line(line);
  }

  /** Calls `listener` with every line still to come. */
  each(listener) {
    this.#waiters.add({ line: listener, ended: () => {} });
  }

  /** The last `count` lines, for an error message. */
  tail(count = 20) {
    return this.lines.slice(-count).map((line) => `  ${this.name}: ${line}`).join('\n');
  }

  /**
   * Resolves to the match of the first line, among those from index `from` on and those still to come, that `pattern`
   * matches. Rejects when the process ends first, or after `timeout` milliseconds.
   */
  line(pattern, { from = 0, timeout = 20_000 } = {}) {
    for (const line of this.lines.slice(from)) {
      const match = pattern.exec(line);
      if (match) return Promise.resolve(match);
    }
    let waiter;
    const seen = new Promise((resolve, reject) => {
      const lost = () => reject(new UnexpectedEnd(`${this.name} ended before it wrote ${pattern}\n${this.tail()}`));
      if (!this.running) return lost();
      waiter = {
        line: (line) => {
          const match = pattern.exec(line);
          if (match) resolve(match);
        },
        ended: lost,
      };
      this.#waiters.add(waiter);
    });
    return within(timeout, () => `${pattern} in the output of ${this.name}\n${this.tail()}`, seen).finally(() =>
      this.#waiters.delete(waiter),
    );
  }

  /** Sends a signal; an ended process is left alone. */
  signal(name) {
    if (this.running) this.#child.kill(name);
  }

  /** Like `ended`, but rejects, showing its last lines, when that takes too long. */
  end({ timeout = 60_000 } = {}) {
    return within(timeout, () => `end of ${this.name}\n${this.tail(50)}`, this.ended);
  }

  /** Sends a signal and waits for the end. */
  stop(signal = 'SIGTERM', options) {
    this.signal(signal);
    return this.end(options);
  }
}
