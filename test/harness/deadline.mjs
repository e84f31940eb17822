// Waiting with a deadline: no test sleeps, and none hangs.

/**
 * Settles as `promise` does, or rejects after `milliseconds` with an error that says what was waited for.
 * `what` is a string, or a function called only when it is too late (to add what was seen instead).
 */
export async function within(milliseconds, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => {
      const text = typeof what === 'function' ? what() : what;
      reject(new Error(`waited ${milliseconds} ms in vain for: ${text}`));
    }, milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Evaluates `condition` (may be async) until it gives something truthy, which is returned. For states that nobody
 * announces, such as a row another process writes. An error of the condition ends the wait at once. `seen` says, when
 * it is too late, what there was instead.
 */
export async function until(what, condition, { timeout = 20_000, interval = 50, seen } = {}) {
  const deadline = performance.now() + timeout;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (performance.now() > deadline) {
      const instead = seen ? `; seen instead: ${await seen()}` : `; the condition last gave ${JSON.stringify(result)}`;
      throw new Error(`waited ${timeout} ms in vain for: ${what}${instead}`);
    }
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}
