// The numbering plan against google-libphonenumber, Google's own JavaScript: unchanged on the metadata it ships with,
// and on the metadata of the checked-in plan. The numbers take the automaton through every transition.
//
// BUILD_DIR names the directory of the build (default: build), for its program plan_cover.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { KINDS, planData } from '../../tools/plan_update/plan_data.mjs';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const COVER = join(process.env.BUILD_DIR ?? join(PROJECT, 'build'), 'plan_cover');
const CHECKED_IN = join(PROJECT, 'extension/core/numbering/plan_data/numbering_plan.txt');
const DIFFERENCES_SHOWN = 20;

const require = createRequire(import.meta.url);

/** A google-libphonenumber of its own: the module keeps its metadata in one object. */
function freshLibrary() {
  delete require.cache[require.resolve('google-libphonenumber')];
  return require('google-libphonenumber');
}

// Numbers of the fields of the messages PhoneMetadata and PhoneNumberDesc, which are the places in their arrays.
const FIELD = {
  general: 1, fixed_line: 2, mobile: 3, toll_free: 4, premium_rate: 5, shared_cost: 6, personal_number: 7, voip: 8,
  pager: 21, uan: 25, voicemail: 28,
  id: 9, calling_code: 10, international_prefix: 11, national_prefix: 12, parse_prefix: 15, parse_rule: 16,
  same_mobile_and_fixed_line: 18, main_country: 22, leading_digits: 23, no_international_dialling: 24,
};
const PATTERN = 2;
const LENGTHS = 9;
const NO_NUMBERS = Object.assign([], { [LENGTHS]: [-1] });

/** The metadata of google-libphonenumber as plan data lines. */
function planDataOf({ countryCodeToRegionCodeMap, countryToMetadata }, source) {
  const lines = [source];
  for (const [code, regions] of Object.entries(countryCodeToRegionCodeMap)) {
    lines.push('', `code ${code} ${regions.join(' ')}`);
    for (const region of regions) {
      const entry = countryToMetadata[region === '001' ? code : region];
      const key = region === '001' ? `001:${code}` : region;
      const field = (name) => entry[FIELD[name]];
      const add = (...words) => lines.push([key, ...words].join(' '));
      if (field('national_prefix')) add('national_prefix', field('national_prefix'));
      if (field('parse_prefix') && field('parse_prefix') !== field('national_prefix'))
        add('parse_prefix', field('parse_prefix'));
      if (field('parse_rule')) add('parse_rule', field('parse_rule'));
      if (field('leading_digits')) add('leading_digits', field('leading_digits'));
      const general = field('general')[LENGTHS];
      for (const kind of ['general', ...KINDS]) {
        const numbers = field(kind) ?? NO_NUMBERS;
        const lengths = numbers[LENGTHS] ?? general;
        if (numbers[PATTERN] && lengths[0] !== -1) add(kind, lengths.join(','), numbers[PATTERN]);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Plan data lines as metadata of google-libphonenumber. */
function metadataOf(text) {
  const countryCodeToRegionCodeMap = {};
  const countryToMetadata = {};
  for (const words of text.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => line.split(' '))) {
    const [key, kind] = words;
    if (key === 'source') continue;
    if (key === 'code') {
      const [, code, ...regions] = words;
      countryCodeToRegionCodeMap[code] = regions;
      regions.forEach((region, i) => {
        const entry = [];
        for (const type of [...KINDS, 'no_international_dialling']) entry[FIELD[type]] = NO_NUMBERS;
        entry[FIELD.id] = region;
        entry[FIELD.calling_code] = Number(code);
        entry[FIELD.international_prefix] = '00';
        entry[FIELD.main_country] = regions.length > 1 && i === 0 ? 1 : undefined;
        countryToMetadata[region === '001' ? code : region] = entry;
      });
      continue;
    }
    const entry = countryToMetadata[key.replace('001:', '')];
    if (words.length === 3) [, , entry[FIELD[kind]]] = words;
    else {
      const numbers = [];
      numbers[PATTERN] = words[3];
      numbers[LENGTHS] = words[2].split(',').map(Number);
      entry[FIELD[kind]] = numbers;
    }
  }
  for (const entry of Object.values(countryToMetadata)) {
    entry[FIELD.parse_prefix] ??= entry[FIELD.national_prefix];
    if (entry[FIELD.fixed_line][PATTERN] === entry[FIELD.mobile][PATTERN]) entry[FIELD.same_mobile_and_fixed_line] = 1;
  }
  return { countryCodeToRegionCodeMap, countryToMetadata };
}

/** What the library says of a number, in the form of plan_cover. */
function judge({ PhoneNumberUtil, PhoneNumberFormat, PhoneNumberType }, util, digits) {
  const refused = `${digits} 0 - -`;
  let number;
  try {
    number = util.parse(`+${digits}`);
  } catch (error) {
    // The library throws its refusals as Error with one of these messages; anything else is a fault.
    if (
      !/^(Invalid country calling code|The string supplied|Phone number too short|The phone number)/.test(error.message)
    )
      throw error;
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

/** Judges the cover of the plan in `path` by `library`. */
function compare(t, path, library) {
  const util = new library.PhoneNumberUtil();
  const lines = execFileSync(COVER, [path], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 }).trimEnd().split('\n');
  const different = [];
  let valid = 0;
  for (const line of lines) {
    const judgement = judge(library, util, line.slice(0, line.indexOf(' ')));
    if (!judgement.endsWith(' - -')) valid += 1;
    if (judgement !== line) different.push(`plan ${line}, library ${judgement}`);
  }
  t.diagnostic(`${lines.length} numbers, ${valid} of them valid, ${different.length} differences`);
  assert.deepEqual(different.slice(0, DIFFERENCES_SHOWN), []);
  assert.ok(valid > lines.length / 5, 'too few valid numbers to mean anything');
}

test('google-libphonenumber as it is, and the plan of the same version of the metadata', (t) => {
  const { version } = require('libphonenumber-js/package.json');
  const ours = planData(require('libphonenumber-js/metadata.max.json'), version);
  const library = freshLibrary();
  assert.equal(planDataOf(library.metadata, ours.slice(0, ours.indexOf('\n'))), ours);
  const directory = mkdtempSync(join(tmpdir(), 'plan-test-'));
  try {
    const path = join(directory, 'plan.txt');
    writeFileSync(path, ours);
    compare(t, path, library);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('google-libphonenumber on the metadata of the checked-in plan', (t) => {
  const library = freshLibrary();
  Object.assign(library.metadata, metadataOf(readFileSync(CHECKED_IN, 'utf8')));
  compare(t, CHECKED_IN, library);
});
