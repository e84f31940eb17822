// The countries and carriers that are shipped and offered: the one list that tests expect (shipped.json, which pgTAP
// reads as well).

import { readFileSync } from 'node:fs';

const rows = JSON.parse(readFileSync(new URL('shipped.json', import.meta.url), 'utf8'));

/** Codes of the countries that can be chosen, in the order in which supported_countries() lists them: by name. */
export const SUPPORTED = rows.map(({ country_code }) => country_code);

/** Their names by code. */
export const COUNTRY_NAMES = Object.fromEntries(
  rows.map(({ country_code, country_name }) => [country_code, country_name]),
);

/** The carriers that are offered, by country code, in the order in which carriers_of() lists them. */
export const CARRIERS = Object.fromEntries(rows.map(({ country_code, carriers }) => [country_code, carriers]));
