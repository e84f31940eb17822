// Chance that repeats itself: the same seed gives the same draws.

/** Hashes a text to 32 bits (FNV-1a). */
function hash(text) {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0), 0x01000193);
  return value >>> 0;
}

/** A generator of draws from a seed, any text (mulberry32). */
export class Random {
  #state;

  constructor(seed) {
    this.#state = hash(String(seed));
  }

  /** A fraction from 0 up to, not including, 1. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let value = this.#state;
    value = Math.imul(value ^ (value >>> 15), value | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least, most) {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** One of the items. */
  pick(items) {
    return items[this.between(0, items.length - 1)];
  }

  /** True in `share` (0 to 1) of all draws. */
  chance(share) {
    return this.next() < share;
  }

  /** One of the items, each as likely as its `weight`. */
  weighted(items) {
    let left = this.next() * items.reduce((sum, item) => sum + item.weight, 0);
    return items.find((item) => (left -= item.weight) < 0) ?? items.at(-1);
  }
}
