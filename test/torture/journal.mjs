// What a run of torture did and found: counted by kind, and line by line for whoever looks into a finding.

/** The record of a run. */
export class Journal {
  #start = performance.now();
  #counts = new Map();
  lines = [];
  findings = [];

  /** Begins anew, for a round: a journal is read only when something was found, and then the run ends. */
  begin(title) {
    this.lines = [];
    this.note(`===== ${title}`);
  }

  /** Writes a line. */
  note(text) {
    const seconds = ((performance.now() - this.#start) / 1000).toFixed(3).padStart(9);
    this.lines.push(`${seconds} ${text}`);
  }

  /** Counts `times` injected faults of a kind. */
  injected(kind, times = 1) {
    if (times > 0) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + times);
  }

  /** Records something that must not be. */
  finding(what, details) {
    this.findings.push(what);
    this.note(`FINDING ${what}${details === undefined ? '' : ` ${JSON.stringify(details)}`}`);
  }

  /** All faults so far. */
  get total() {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The counts, most frequent first, as lines of a table. */
  table() {
    const rows = [...this.#counts].sort(([, one], [, other]) => other - one);
    return rows.map(([kind, count]) => `${String(count).padStart(8)}  ${kind}`);
  }
}
