// The metadata of the npm package libphonenumber-js as the lines of numbering_plan.txt that decide on validity: a
// second opinion on the data, published by other people. Its formats and lengths have holes, so nothing else is taken
// from it.

import { KINDS } from './kinds.mjs';

// Positions in the arrays of metadata.max.json, format version 4.
const FORMAT_VERSION = 4;
const GENERAL_PATTERN = 2;
const GENERAL_LENGTHS = 3;
const NATIONAL_PREFIX = 5;
const PARSE_PREFIX = 7;
const PARSE_RULE = 8;
const LEADING_DIGITS = 10;
const TYPES = 11;
const TYPE_ORDER = [
  'fixed_line', 'mobile', 'toll_free', 'premium_rate', 'personal_number', 'voicemail', 'uan', 'pager', 'voip', 'shared_cost',
];

/** Pattern and lengths of one type, or undefined where the region has none of it. */
function typeOf(entry, kind) {
  const found = entry[TYPES]?.[TYPE_ORDER.indexOf(kind)];
  if (!found) return undefined;
  let [pattern, lengths = entry[GENERAL_LENGTHS]] = found;
  if (pattern === '') {
    // The package writes a mobile pattern that equals the one of fixed lines as an empty one.
    if (kind !== 'mobile') throw new Error(`an empty pattern for ${kind}`);
    pattern = typeOf(entry, 'fixed_line').pattern;
  }
  return { pattern, lengths };
}

function regionLines(key, entry) {
  const lines = [];
  const add = (...words) => lines.push([key, ...words].join(' '));
  if (entry[NATIONAL_PREFIX]) add('national_prefix', entry[NATIONAL_PREFIX]);
  if (entry[PARSE_PREFIX] && entry[PARSE_PREFIX] !== entry[NATIONAL_PREFIX]) add('parse_prefix', entry[PARSE_PREFIX]);
  if (entry[PARSE_RULE]) add('parse_rule', entry[PARSE_RULE]);
  if (entry[LEADING_DIGITS]) add('leading_digits', entry[LEADING_DIGITS]);
  add('general', entry[GENERAL_LENGTHS].join(','), entry[GENERAL_PATTERN]);
  for (const kind of KINDS) {
    const type = typeOf(entry, kind);
    if (type) add(kind, type.lengths.join(','), type.pattern);
  }
  return lines;
}

/** The data lines that decide on validity; `source` is the first. */
export function jsPlanData(metadata, source) {
  if (metadata.version !== FORMAT_VERSION) {
    throw new Error(`metadata of format ${metadata.version}, not ${FORMAT_VERSION}`);
  }
  const lines = [source];
  const codes = [...Object.keys(metadata.country_calling_codes), ...Object.keys(metadata.nonGeographic)];
  for (const code of codes.map(Number).sort((a, b) => a - b)) {
    const regions = metadata.country_calling_codes[code] ?? ['001'];
    lines.push('', `code ${code} ${regions.join(' ')}`);
    for (const region of regions) {
      if (region === '001') lines.push(...regionLines(`001:${code}`, metadata.nonGeographic[code]));
      else lines.push(...regionLines(region, metadata.countries[region]));
    }
  }
  return `${lines.join('\n')}\n`;
}
