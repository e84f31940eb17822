// web/types/telephony_api.d.ts from what the catalog says: the Database type of the official clients.

import { answerOf, argumentsOf, callsIn, tablesIn, wrapped } from './description.mjs';

const HEAD = `// The schema telephony_api as the clients of PostgREST and Supabase take it: createClient<Database>(...),
// or new PostgrestClient<Database, {}, 'telephony_api'>(...). Made by \`make reference\` from the catalog of a
// migrated database; a test compares the two.

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];
`;

const RESERVED = /^[A-Za-z_$][\w$]*$/;
const key = (name) => (RESERVED.test(name) ? name : JSON.stringify(name));

/** A schema as a type; `place` says where a named one is. */
function type(schema, place) {
  if (schema.anyOf) {
    const value = schema.anyOf.find((each) => each.type !== 'null');
    return `${type(value, place)} | null`;
  }
  if (schema.$ref) return place(schema.$ref.split('/').at(-1));
  if (schema.type === 'array') {
    const item = type(schema.items, place);
    return item.includes('|') ? `(${item})[]` : `${item}[]`;
  }
  if (schema.type === 'object') return object(schema, place);
  return { integer: 'number', number: 'number', boolean: 'boolean' }[schema.type] ?? 'string';
}

const indented = (text) => text.replaceAll('\n', '\n  ');

/** A description as a comment before what it describes. */
function comment(text) {
  if (!text) return '';
  const lines = wrapped(text.replaceAll('*/', '* /'), 100).split('\n');
  return lines.length === 1 ? `/** ${lines[0]} */\n` : `/**\n${lines.map((line) => ` * ${line}`).join('\n')}\n */\n`;
}

/** An object of a schema, each member with its description. */
function object({ properties = {}, required = [] }, place) {
  const lines = Object.entries(properties).map(([name, schema]) => {
    const optional = required.includes(name) ? '' : '?';
    return `${comment(schema.description)}${key(name)}${optional}: ${type(schema, place)};`;
  });
  return lines.length ? `{\n  ${indented(lines.join('\n'))}\n}` : 'Record<PropertyKey, never>';
}

/** The text of the file. */
export function databaseTypes({ openapi }) {
  const { schemas } = openapi.components;
  const tables = tablesIn(openapi).map(([name]) => name);
  const enums = Object.keys(schemas).filter((name) => schemas[name].enum);
  const composites = Object.keys(schemas).filter(
    (name) => !enums.includes(name) && !tables.includes(name) && !['json', 'error'].includes(name),
  );
  const place = (name) => {
    if (name === 'json') return 'Json';
    if (enums.includes(name)) return `Database['telephony_api']['Enums']['${name}']`;
    if (tables.includes(name)) return `Database['telephony_api']['Views']['${name}']['Row']`;
    return `Database['telephony_api']['CompositeTypes']['${name}']`;
  };
  const section = (name, entries) => {
    const lines = entries.map(([each, text, about]) => `${comment(about)}${key(each)}: ${text};`);
    return `${name}: {\n  ${indented(lines.join('\n'))}\n};`;
  };
  const functions = callsIn(openapi).map(([name, operations]) => [
    name,
    `{\n  Args: ${indented(object(argumentsOf(operations), place))};\n` +
      `  Returns: ${indented(type(answerOf(operations), place))};\n}`,
    operations.post.description,
  ]);
  const described = (name, text) => [name, text, schemas[name].description];
  const view = (name) => `{\n  Row: ${indented(object(schemas[name], place))};\n  Relationships: [];\n}`;
  const values = (name) => schemas[name].enum.map((value) => `\n  | '${value}'`).join('');
  const sections = [
    // Nobody may write a table: as views, their clients offer no insert.
    'Tables: {};',
    section('Views', tables.map((name) => described(name, view(name)))),
    section('Functions', functions),
    section('Enums', enums.map((name) => described(name, values(name)))),
    section('CompositeTypes', composites.map((name) => described(name, object(schemas[name], place)))),
  ];
  return `${HEAD}
export interface Database {
  telephony_api: {
    ${sections.join('\n').replaceAll('\n', '\n    ')}
  };
}

/** The body of an answer that is a refusal. */
export interface Refusal ${object(schemas.error, place)}
`;
}
