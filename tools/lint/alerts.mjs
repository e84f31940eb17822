// The table of alerts in docs/telephonyd.md has the alerts of telephonyd, and nothing else.

const LIST = 'sidecar/base/alert.hpp';
const MANUAL = 'docs/telephonyd.md';

/** Names and lines: {name, line} for each line of `file` that `pattern` matches. */
const named = (file, pattern) =>
  file.lines.flatMap((text, index) => {
    const name = pattern.exec(text)?.[1];
    return name ? [{ name, line: index + 1 }] : [];
  });

/** The rows of the table under `### Alerts`. */
function described(manual) {
  const begin = manual.lines.indexOf('### Alerts') + 1;
  const end = manual.lines.findIndex((text, index) => index >= begin && text.startsWith('#'));
  const rows = named(manual, /^\| `([a-z_]+)` \|/);
  return begin === 0 ? [] : rows.filter(({ line }) => line > begin && (end < 0 || line <= end));
}

export function checkAlerts(files) {
  const [list, manual] = [LIST, MANUAL].map((path) => files.find((file) => file.path === path));
  const raised = named(list, /^ +ALERT\(([a-z_]+)\)/);
  const rows = described(manual);
  const only = (some, others) => some.filter(({ name }) => !others.some((other) => other.name === name));
  return [
    ...only(raised, rows).map(({ name, line }) => (
      { path: LIST, line, why: `alert ${name} has no row under "Alerts" of ${MANUAL}: what does an operator do?` })),
    ...only(rows, raised).map(({ name, line }) => (
      { path: MANUAL, line, why: `alert ${name} is described, but ${LIST} has none of that name` })),
  ];
}
