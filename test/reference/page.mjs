// docs/api.md from what the catalog says and what was recorded.

import { TIERS, answerOf, argumentsOf, callsIn, tablesIn, wrapped } from './description.mjs';

const HEAD = [
  `Every call and every table of \`telephony_api\`. \`make reference\` makes this page from the catalog of a migrated
    database and from calls of it over HTTP, and a test compares the two: a description is changed in its COMMENT, not
    here. How the API is set up, what all calls have in common, errors and caching: [postgrest.md](postgrest.md). The
    same for programs: \`GET /\` answers in the OpenAPI format what the caller may use, and [web/types](../web/types/)
    has it for TypeScript.`,
  `Each call is for a tier ([postgrest.md](postgrest.md#roles-and-tiers)), and for those above it: members of an
    organization may do what everybody may, your own servers what members may. Every argument goes by its name. A
    refusal has an [error](#error) as its body; beside the codes named with a call, any call may be refused as in
    [the table of errors](postgrest.md#calling). Ids, times and numbers in the examples stand for what is different each
    time.`,
];

/** A type as words; named ones lead to their section. */
function type(schema) {
  if (schema.anyOf) return `${type(schema.anyOf.find((each) => each.type !== 'null'))} or null`;
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1);
    return name === 'json' ? 'JSON' : `[${name}](#${name})`;
  }
  if (schema.type === 'array') return `list of ${type(schema.items)}`;
  if (schema.pattern) return 'number in E.164';
  const words = { 'date-time': 'time', int32: 'integer', int64: 'integer', string: 'text' };
  return words[schema.format] ?? schema.format ?? words[schema.type] ?? schema.type;
}

const cell = (text = '') => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const row = (cells) => `| ${cells.map(cell).join(' | ')} |`;
const table = (head, rows) => [row(head), `|${'---|'.repeat(head.length)}`, ...rows.map(row)].join('\n');

/** The table of an object's columns. */
const columns = ({ properties = {} }) =>
  table(
    ['column', 'type', ''],
    Object.entries(properties).map(([name, schema]) => [`\`${name}\``, type(schema), schema.description]),
  );

/** How a call answers, in words, and the columns of it where the type has no name. */
function answer(schema) {
  const list = schema.type === 'array';
  const one = list ? schema.items : schema;
  if (one.properties) return [`Answers ${list ? 'a list of objects' : 'one object'}.`, columns(one)];
  const named = one.$ref && !one.$ref.endsWith('/json');
  return [`Answers ${list ? 'a list: each' : named ? 'one object:' : 'one value:'} ${type(one)}.`];
}

function call(name, operations, { tiers, codes }, example) {
  const schema = argumentsOf(operations);
  const required = schema.required ?? [];
  const rows = Object.entries(schema.properties ?? {}).map(([argument, of]) => [
    `\`${argument}\``,
    type(of),
    required.includes(argument) ? 'required' : '',
  ]);
  const verbs = operations.get ? 'GET or POST' : 'POST';
  const refusals = codes[name].map((code) => `\`${code}\``).join(', ');
  return [
    `### ${name}`,
    wrapped(operations.post.description),
    wrapped(`${verbs}, by ${TIERS[tiers[name]]}.${refusals && ` Refuses with ${refusals}.`}`),
    rows.length ? table(['argument', 'type', ''], rows) : 'No arguments.',
    ...answer(answerOf(operations)),
    `\`\`\`http\n${example.request}\n\`\`\``,
    `\`\`\`http\n${example.response}\n\`\`\``,
  ];
}

/** The text of the page. */
export function referencePage(description, examples) {
  const { openapi, tiers, states } = description;
  const { schemas } = openapi.components;
  const tables = tablesIn(openapi);
  const types = Object.entries(schemas).filter(([name]) => name !== 'json' && !tables.some(([each]) => each === name));
  const parts = ['# API reference', ...HEAD.map((text) => wrapped(text))];
  for (const [tier, whom] of Object.entries(TIERS)) {
    const calls = callsIn(openapi).filter(([name]) => tiers[name] === tier);
    if (calls.length === 0) continue;
    parts.push(`## For ${whom}`);
    for (const [name, operations] of calls) parts.push(...call(name, operations, description, examples[name]));
  }
  parts.push('## Types');
  for (const [name, schema] of types) {
    parts.push(`### ${name}`);
    if (schema.description) parts.push(wrapped(schema.description));
    parts.push(schema.enum ? wrapped(schema.enum.map((value) => `\`${value}\``).join(', ')) : columns(schema));
  }
  parts.push('## Tables', 'Read by GET; nobody writes them.');
  for (const [name] of tables) {
    const { description: comment } = schemas[name];
    parts.push(`### ${name}`, wrapped(comment), `GET, by ${TIERS[tiers[name]]}.`, columns(schemas[name]));
  }
  const waiting = ({ state, waits, ended }) => [`\`${state}\``, ended ? 'nothing: it has ended' : waits];
  parts.push('## States of a job', table(['state', 'waits for'], states.map(waiting)));
  return `${parts.join('\n\n')}\n`;
}
