// The metadata of the npm package google-libphonenumber as lines of numbering_plan.txt.

import { KINDS } from './kinds.mjs';

// Numbers of the fields of the messages PhoneMetadata, PhoneNumberDesc and NumberFormat, which are the places in
// their arrays.
const FIELD = {
  general: 1, fixed_line: 2, mobile: 3, toll_free: 4, premium_rate: 5, shared_cost: 6, personal_number: 7, voip: 8,
  pager: 21, uan: 25, voicemail: 28,
  international_prefix: 11, national_prefix: 12, parse_prefix: 15, parse_rule: 16, formats: 19,
  international_formats: 20,
  leading_digits: 23,
};
const PATTERN = 2;
const EXAMPLE = 6;
const LENGTHS = 9;
const LOCAL_LENGTHS = 10;
const FORMAT = { pattern: 1, template: 2, leading_digits: 3, rule: 4 };

const NONE = '-';
const AS_NATIONAL = '=';
const word = (template) => (template ? template.replaceAll(' ', '_') : NONE);

/** Of the patterns of leading digits, each longer than the one before, the last counts. */
const leadingDigits = (format) => format[FORMAT.leading_digits]?.at(-1);

/**
 * The lines of a region's formats. The international templates stand in a list of their own, which has those formats
 * that are for international use, in the same order; no list at all: all are, as they are.
 */
function formatLines(key, entry) {
  const international = [...(entry[FIELD.international_formats] ?? [])];
  const alike = international.length === 0;
  const lines = (entry[FIELD.formats] ?? []).map((format) => {
    const national = format[FORMAT.template];
    let abroad = alike ? national : undefined;
    const next = international[0];
    if (next && next[FORMAT.pattern] === format[FORMAT.pattern] && leadingDigits(next) === leadingDigits(format)) {
      abroad = international.shift()[FORMAT.template];
    }
    return [
      key, 'format', format[FORMAT.pattern], word(national), leadingDigits(format) ?? NONE, word(format[FORMAT.rule]),
      abroad === national ? AS_NATIONAL : word(abroad),
    ].join(' ');
  });
  if (international.length > 0) throw new Error(`${key}: an international format that is no national one`);
  return lines;
}

/** The lines of one region; `validityOnly` leaves out those that libphonenumber-js does not have. */
function regionLines(key, entry, { validityOnly }) {
  const lines = [];
  const field = (name) => entry[FIELD[name]];
  const add = (...words) => lines.push([key, ...words].join(' '));
  if (!validityOnly && field('international_prefix')) add('international_prefix', field('international_prefix'));
  if (field('national_prefix')) add('national_prefix', field('national_prefix'));
  if (field('parse_prefix') && field('parse_prefix') !== field('national_prefix')) {
    add('parse_prefix', field('parse_prefix'));
  }
  if (field('parse_rule')) add('parse_rule', field('parse_rule'));
  if (field('leading_digits')) add('leading_digits', field('leading_digits'));
  const general = field('general');
  for (const kind of ['general', ...KINDS]) {
    const numbers = field(kind);
    const lengths = numbers?.[LENGTHS] ?? general[LENGTHS];
    if (!numbers?.[PATTERN] || lengths[0] === -1) continue;
    const example = !validityOnly && numbers[EXAMPLE] ? [numbers[EXAMPLE]] : [];
    add(kind, lengths.join(','), numbers[PATTERN], ...example);
    if (kind === 'general' && !validityOnly && general[LOCAL_LENGTHS]) {
      add('local_lengths', general[LOCAL_LENGTHS].join(','));
    }
  }
  return validityOnly ? lines : [...lines, ...formatLines(key, entry)];
}

/** The data lines, without the comment at the head of the file; `source` is the first. */
export function googlePlanData(metadata, source, { validityOnly = false } = {}) {
  const { countryCodeToRegionCodeMap, countryToMetadata } = metadata;
  const lines = [source];
  for (const [code, regions] of Object.entries(countryCodeToRegionCodeMap)) {
    lines.push('', `code ${code} ${regions.join(' ')}`);
    for (const region of regions) {
      const nowhere = region === '001';
      const name = nowhere ? `001:${code}` : region;
      lines.push(...regionLines(name, countryToMetadata[nowhere ? code : region], { validityOnly }));
    }
  }
  return `${lines.join('\n')}\n`;
}
