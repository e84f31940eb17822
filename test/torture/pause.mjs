// Time passing. Torture disturbs by the clock, unlike tests, which wait for what happens.

/** Resolves after some milliseconds. */
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
