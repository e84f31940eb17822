// Turns: what is run under one mutex never overlaps.

/** Hands out turns in the order they are asked for. */
export class Mutex {
  #last = Promise.resolve();

  /** Runs `work` when all before it have ended; settles as it does. */
  run(work) {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {}); // whoever asked for the turn hears of its failure
    return turn;
  }
}
