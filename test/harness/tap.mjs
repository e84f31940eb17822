// Counting results in the Test Anything Protocol, as node, pgTAP and newer pg_regress write it.

/**
 * Counts the top-level results among `lines`, and keeps what failed with the lines that explain it. What failed is
 * named with the file it is in: `file`, or the one that the last line said which `heading` matches (its first group),
 * for several files in one output.
 */
export function countTap(lines, { file = '', heading } = {}) {
  const result = { passed: 0, failed: 0, skipped: 0, failures: [] };
  let explaining = null;
  let place = file;
  for (const line of lines) {
    place = heading?.exec(line)?.[1] ?? place;
    const [, not, rest] = /^(not )?ok \d+(.*)$/.exec(line) ?? [];
    if (rest === undefined) {
      if (/^# Subtest:/.test(line)) explaining = null;
      if (explaining && !/^\s*(duration_ms|type):|^\s*(at |.*\()?node:/.test(line)) explaining.push(line);
      continue;
    }
    explaining = null;
    if (/# (SKIP|TODO)\b/i.test(rest)) result.skipped += 1;
    else if (not) {
      result.failed += 1;
      explaining = [place === '' ? line : `${place}: ${line}`];
      result.failures.push(explaining);
    } else result.passed += 1;
  }
  result.failures = result.failures.flatMap((failure) => failure.slice(0, 60));
  return result;
}
