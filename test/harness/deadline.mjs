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
      reject(new Error(`not within ${milliseconds} ms: ${text}`));
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
 * announces, such as a row another process writes. An error of the condition ends the wait at once.
 */
export async function until(what, condition, { timeout = 20_000, interval = 50 } = {}) {
  const deadline = performance.now() + timeout;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (performance.now() > deadline) throw new Error(`not within ${timeout} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}
