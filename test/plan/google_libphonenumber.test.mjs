// The checked-in plan against google-libphonenumber, Google's own JavaScript, untouched, on the metadata it ships
// with: its verdicts on numbers that take the automaton through every transition; what it reads and writes of
// examples, formats and mutated notations. NOTATIONS= says how many of these, SEED= which.
//
// BUILD_DIR names the directory of the build (default: build), for its programs plan_cover and plan_readings.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { googlePlanData } from '../../tools/plan_update/google_metadata.mjs';
import { jsPlanData } from '../../tools/plan_update/js_metadata.mjs';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const program = (name) => join(process.env.BUILD_DIR ?? join(PROJECT, 'build'), name);
const CHECKED_IN = join(PROJECT, 'extension/core/numbering/plan_data/numbering_plan.txt');
const DIFFERENCES_SHOWN = 20;

const require = createRequire(import.meta.url);

const library = require('google-libphonenumber');
const util = new library.PhoneNumberUtil();

/** What the library says of a number, in the form of plan_cover. */
function judge(digits) {
  const { PhoneNumberUtil, PhoneNumberFormat, PhoneNumberType } = library;
  const refused = `${digits} 0 - -`;
  let number;
  try {
    number = util.parse(`+${digits}`);
  } catch (error) {
    // The library throws its refusals as Error with one of these messages; anything else is a fault.
    const known = /^(Invalid country calling code|The string supplied|Phone number too short|The phone number)/;
    if (!known.test(error.message)) throw error;
    return refused;
  }
  if (util.format(number, PhoneNumberFormat.E164) !== `+${digits}`) return refused;
  if (util.isValidNumber(number)) {
    const type = Object.entries(PhoneNumberType).find(([, value]) => value === util.getNumberType(number))[0];
    return `${digits} 1 ${util.getRegionCodeForNumber(number)} ${type.toLowerCase()}`;
  }
  const possible = util.isPossibleNumberWithReason(number) === PhoneNumberUtil.ValidationResult.IS_POSSIBLE;
  return `${digits} ${possible ? 1 : 0} - -`;
}

test('its metadata is the checked-in plan, and libphonenumber-js decides on validity alike', () => {
  const { version } = require('google-libphonenumber/package.json');
  const source = `source google-libphonenumber ${version}`;
  const lines = (text) => text.split('\n').filter((line) => !line.startsWith('#'));
  assert.deepEqual(lines(googlePlanData(library.metadata, source)), lines(readFileSync(CHECKED_IN, 'utf8')).slice(1));
  const second = jsPlanData(require('libphonenumber-js/metadata.max.json'), source);
  assert.deepEqual(lines(second), lines(googlePlanData(library.metadata, source, { validityOnly: true })));
});

test('the verdicts on every transition of the plan', (t) => {
  const options = { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 };
  const lines = execFileSync(program('plan_cover'), [CHECKED_IN], options).trimEnd().split('\n');
  const different = [];
  let valid = 0;
  for (const line of lines) {
    const judgement = judge(line.slice(0, line.indexOf(' ')));
    if (!judgement.endsWith(' - -')) valid += 1;
    if (judgement !== line) different.push(`plan ${line}, library ${judgement}`);
  }
  t.diagnostic(`${lines.length} numbers, ${valid} of them valid, ${different.length} differences`);
  assert.deepEqual(different.slice(0, DIFFERENCES_SHOWN), []);
  assert.ok(valid > lines.length / 5, 'too few valid numbers to mean anything');
});

// ---------------------------------------------------------------------------------------------- reading and writing

const KIND = {
  'Invalid country calling code': 'country_code',
  'The string supplied did not seem to be a phone number': 'not_a_number',
  'Phone number too short after IDD': 'short_after_prefix',
  'The string supplied is too short to be a phone number': 'too_short',
  'The string supplied is too long to be a phone number': 'too_long',
};

/** What the library reads in a text: kind of refusal, or E.164 form, extension and the three forms. */
function read(text, region) {
  let number;
  try {
    number = util.parse(text, region || undefined);
  } catch (error) {
    if (!KIND[error.message]) throw error;
    return { kind: KIND[error.message] };
  }
  const { PhoneNumberFormat } = library;
  const extension = (number.getExtension() ?? '')
    .normalize('NFKC')
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (c) => c.charCodeAt(0) & 15);
  number.clearExtension();
  const [e164, national, international, rfc3966] = ['E164', 'NATIONAL', 'INTERNATIONAL', 'RFC3966']
    .map((style) => util.format(number, PhoneNumberFormat[style]));
  return { kind: '-', e164, extension, national, international, rfc3966, valid: util.isValidNumber(number) };
}

const KEYS = ['kind', 'e164', 'extension', 'national', 'international', 'rfc3966'];
const same = (a, b) => KEYS.every((key) => a[key] === b[key]);
const isValid = ({ kind, e164, valid }) => kind === '-' && valid && e164.length <= 16;

/** `ours` is the library's reading, or what comes of it by a deviation that texts of any kind can have. */
function follows(ours, theirs) {
  if (same(ours, theirs) || (ours.kind === theirs.kind && ours.e164 === theirs.e164)) return 'same number';
  if (ours.kind === 'longer_than_e164') return theirs.e164?.length > 16 && 'longer than E.164';
  const [, , mexican] = /^\+52(1|01|044|045)(\d{10})$/.exec(theirs.e164 ?? '') ?? [];
  if (mexican && !isValid(theirs) && ours.e164 === `+52${mexican}` && isValid(read(ours.e164))) return 'Mexico';
  const [, gabonese] = /^\+241([1-7]\d{6})$/.exec(theirs.e164 ?? '') ?? [];
  if (gabonese && ours.e164 === `+2410${gabonese}`) return 'Gabon';
  if (theirs.kind !== '-' || isValid(theirs)) return undefined;
  let last = theirs;
  for (let rounds = 0; rounds < 15 && last.kind === '-'; rounds += 1) {
    const again = read(last.e164);
    if (again.e164 === last.e164) break;
    last = again;
  }
  return (last.kind === '-' ? ours.e164 === last.e164 : ours.kind === last.kind) && 'trunk prefix twice';
}

const LETTER = /\p{L}/u;
/** Texts that a label may have been cut from to get what the number is. */
function* withoutLabel(text) {
  yield text.replace(/[^\p{Nd}]*$/u, '');
  for (let at = 0; at < text.length; at += 1) {
    if (!LETTER.test(text[at])) continue;
    yield text.slice(0, at);
    yield text.slice(0, at).replace(/[^\p{Nd}]*$/u, '');
  }
  const context = text.indexOf(';phone-context=');
  if (context >= 0) yield text.slice(0, context).replace(/[A-Za-z]/g, '') + text.slice(context);
}

/** Without the .0 or .00 of a spreadsheet; undefined where there is none. */
function withoutFraction(digits) {
  const [, whole, rest] = /^([^.]*\d[^.]*)\.00?(|[^0-9.].*|\.[^0-9]*)$/s.exec(digits) ?? [];
  return whole?.match(/\d/g).length >= 7 ? whole + rest : undefined;
}

/** Letters as the digits of a telephone's keys. */
const withKeys = (digits) =>
  digits.replace(/[a-z]/gi, (c) => '22233344455566677778889999'[c.toLowerCase().charCodeAt(0) - 97]);

/**
 * The text, and what of it counts where something at its end does not: a fraction, a second number, letters, or letters
 * as keys.
 */
function shortened(digits) {
  const whole = withoutFraction(digits) ?? digits;
  return [digits, whole, withKeys(digits), digits.replace(/[\\/] *x.*/s, ''), ...withoutLabel(digits)];
}

/**
 * The number is the digits of the text but for a calling code, what is dialled before that, and one national prefix;
 * the library takes them apart otherwise and ends with no number of the plan.
 */
function isLiteral(digits, region, ours) {
  if (ours.kind !== '-' || !isValid(read(ours.e164))) return false;
  const code = String(util.parse(ours.e164).getCountryCode());
  const national = ours.e164.slice(1 + code.length) + ours.extension;
  const prefix = util.getNddPrefixForRegion(util.getRegionCodeForCountryCode(Number(code)), true) ?? '';
  return shortened(digits).some((part) => {
    const theirs = read(part, region);
    if (isValid(theirs) || (theirs.kind === '-' && isValid(read(theirs.e164)))) return false;
    const text = part.replace(/;isub=.*/s, '').replace(/[^0-9]/g, '');
    if (!text.endsWith(national)) return false;
    const heads = [text.slice(0, text.length - national.length)];
    if (heads[0].endsWith(prefix)) heads.push(heads[0].slice(0, heads[0].length - prefix.length));
    return heads.some((head) => head === '' || head.endsWith(code));
  });
}

/** What looks like a number and is something else. */
const SHAPES = {
  dial_code: /^ *([*#]+\d{1,3}[*#]|\*\d\d[- (])/,
  date: /^ *((19|20)\d\d([-./])\d\d?\3\d\d?|\d\d?([-./])\d\d?\4((19|20)\d\d|\d\d)) *$/,
  decimals: /^( *\+?\d{7,}\.\d\d? *|[^0-9]*\d{1,3}((\.\d{3}){2,},|(,\d{3}){2,}\.)\d\d?)$/,
};

/** One letter or two between two digits, or between plus and digit; letters right before the first digit. */
const STRAY = /[+\uff0b0-9]([^a-z0-9]*[a-z]){1,2}[^a-z0-9]*[0-9]|^[^+\uff0b0-9]*[a-z][0-9]/i;

/** Fewer than seven digits before letters. */
const FEW = /^[^0-9]*([0-9][^a-z0-9]*){1,6}[a-z]/i;

/** A word of those that stand behind numbers of any kind stands behind the digits, by no hyphen. */
const LABEL_WORD = new RegExp(
  '[0-9][^-a-z0-9]+(cell(ular)?|direct|fax|festnetz|fixe|fon|handy|home|main|mobile?|mobiltelefon|office|phone|pager|' +
    'private?|tel(efax|efono?|ephone)?|voicemail|whatsapp|work)(?![a-wyz])',
  'i',
);

/** What stands before a number in a list, or hours, and that number. */
const MARK = /^[^0-9]*(\d\d?[).]|\d|\d\d?[-/]\d\d?) +([^0-9]*[0-9].*)$/s;

/**
 * Two texts that the library does not read as one, two whole numbers, one and another ending of it, or one behind a
 * mark of a list.
 */
function isTwoNumbers(text, region, theirs) {
  const toLastDigit = (part) => part.replace(/[^0-9]*$/, '');
  const isWhole = (part) => [part, toLastDigit(part)].some((whole) => {
    const number = read(whole, region);
    return isValid(number) || (number.kind === '-' && isValid(read(number.e164)));
  });
  const digits = (part) => part.replace(/[^0-9]/g, '').length;
  const [, , listed] = MARK.exec(text) ?? [];
  if (listed && isWhole(listed)) return true;
  for (const { 0: separator, index } of text.matchAll(/[ ,;|/([*]/g)) {
    if (theirs.kind !== '-' || theirs.extension.length >= 7 || theirs.e164.length > 16) return true;
    const [left, right] = [text.slice(0, index), text.slice(index + 1)];
    const longEnough = digits(left) >= 7 && digits(right) >= 7;
    if (separator === ' ' ? isWhole(left) && isWhole(right) : longEnough && !'([*'.includes(separator)) return true;
    if ('/([*'.includes(separator) && isWhole(left)) return true;
  }
  return false;
}

/** The deviation of docs/numbers.md by which `ours` differs from the library, if there is one. */
function deviation(text, region, ours) {
  const plain = text.replace(/[\t\u202f\u00a0\u3000]/g, ' ').replace(/[\ufeff\u202a\u202c]/g, '');
  const theirs = read(plain, region);
  if (same(ours, theirs)) return 'white space and invisible characters';
  if (ours.kind !== '-' || ours.extension === (theirs.extension ?? '')) {
    const kind = follows(ours, theirs);
    if (kind) return kind;
  }
  const digits = plain.replace(/\p{Nd}/gu, (c) => {
    if ('0123456789'.includes(c)) return c;
    const code = c.charCodeAt(0);
    const devanagari = code >= 0x966 && code < 0x966 + 10;
    return String(((code & 15) - (devanagari ? 6 : 0) + 10) % 10);
  });
  if (isLiteral(digits, region, ours)) return 'as it stands';
  if (ours.kind === 'scientific') {
    return /^[^0-9]*\d+([.,]\d+)?[eE][-+]?\d{1,2}[^0-9]*$/.test(digits) && 'scientific notation';
  }
  const shape = SHAPES[ours.kind];
  if (shape) return shape.test(digits) && ours.kind;
  if (ours.kind === 'two_numbers') {
    return shortened(digits).some((part) => isTwoNumbers(part, region, theirs)) && 'two numbers';
  }
  const whole = withoutFraction(digits);
  if (whole && follows(ours, read(whole, region))) return 'fraction';
  if (!LETTER.test(plain)) return undefined;
  if (ours.kind === 'letters') {
    const hidden = () => [...withoutLabel(plain)].some((head) => read(head, region).extension);
    const told = [FEW, STRAY, LABEL_WORD].some((shape) => shape.test(digits));
    return (!isValid(theirs) || told || hidden()) && 'letters';
  }
  for (const head of withoutLabel(plain)) if (follows(ours, read(head, region))) return 'label';
  return undefined;
}

// Digits that the JavaScript port does not read, and what it trims from the end that the others keep, are for the C++
// port to judge.
const OTHER_PORT = /(?![0-9\uff10-\uff19\u0660-\u0669\u06f0-\u06f9])\p{N}|\P{ASCII}\P{N}*$/u;

test('reading and writing', (t) => {
  const count = process.env.NOTATIONS ?? '60000';
  const seed = process.env.SEED ?? '20260731';
  const options = { encoding: 'utf8', maxBuffer: 1024 * 1024 * 1024 };
  const lines = execFileSync(program('plan_readings'), [CHECKED_IN, count, seed], options).trimEnd().split('\n');
  const different = [];
  const deviations = {};
  let readings = 0;
  let texts = 0;
  for (const line of lines) {
    const [region, text, kind, e164, extension, , national, international, rfc3966] = line.split('\t');
    if (OTHER_PORT.test(text) || text.includes('\ufffd')) continue; // half a character is for the C++ port too
    texts += 1;
    if (kind === '-') readings += 1;
    const ours = { kind, e164, extension, national, international, rfc3966 };
    if (same(ours, read(text, region))) continue;
    const known = deviation(text, region, ours);
    if (known) deviations[known] = (deviations[known] ?? 0) + 1;
    else different.push(`${line}: library ${JSON.stringify(read(text, region))}`);
  }
  t.diagnostic(`${texts} texts, ${readings} of them read, ${different.length} differences; deviations: ${JSON.stringify(deviations)}`);
  assert.deepEqual(different.slice(0, DIFFERENCES_SHOWN), []);
  assert.ok(readings > texts / 3, 'too few numbers read to mean anything');
});
