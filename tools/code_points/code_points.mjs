// Writes extension/core/numbering/code_point_tables.cpp from the Unicode data that this Node carries.
//
// Run by hand for a newer Unicode: node tools/code_points/code_points.mjs

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const TARGET = fileURLToPath(new URL('../../extension/core/numbering/code_point_tables.cpp', import.meta.url));
const WIDTH = 110;

/** Ranges of the code points beyond ASCII that `wanted` matches; what is not assigned may lie in a range or not. */
function ranges(wanted) {
  const found = [];
  for (let point = 0x80; point < 0x110000; point += 1) {
    if (point >= 0xd800 && point < 0xe000) continue;
    const text = String.fromCodePoint(point);
    if (wanted.test(text)) {
      if (found.at(-1)?.open) found.at(-1).last = point;
      else found.push({ first: point, last: point, open: true });
    } else if (!/\p{Cn}|\p{Co}/u.test(text) && found.at(-1)?.open) found.at(-1).open = false;
  }
  return found;
}

const hex = (point) => `0x${point.toString(16).toUpperCase()}`;

function lines(items) {
  const result = ['   '];
  for (const item of items) {
    if (result.at(-1).length + item.length + 2 > WIDTH) result.push('   ');
    result[result.length - 1] += ` ${item},`;
  }
  return result.join('\n');
}

const zeros = [];
for (let point = 0x80; point < 0x110000; point += 1) {
  if (point < 0xd800 || point >= 0xe000) {
    if (/\p{Nd}/u.test(String.fromCodePoint(point))) {
      zeros.push(point);
      point += 9;
    }
  }
}
const rangeItems = (wanted) => lines(ranges(wanted).map(({ first, last }) => `{${hex(first)}, ${hex(last)}}`));

const UNICODE = process.versions.unicode;
writeFileSync(TARGET, `// Digits, letters and other numbers of Unicode ${UNICODE} beyond ASCII, ascending: written by
// tools/code_points/code_points.mjs.
// clang-format off
#include "code_points.hpp"

namespace telephony::numbering::code_points {

constinit const char32_t digit_zeros[] = {
${lines(zeros.map(hex))}
};
constinit const std::size_t digit_zero_count = sizeof digit_zeros / sizeof digit_zeros[0];

constinit const Range letters[] = {
${rangeItems(/\p{L}|\p{M}/u)}
};
constinit const std::size_t letter_range_count = sizeof letters / sizeof letters[0];

constinit const Range other_numbers[] = {
${rangeItems(/\p{Nl}|\p{No}/u)}
};
constinit const std::size_t other_number_range_count = sizeof other_numbers / sizeof other_numbers[0];

}  // namespace telephony::numbering::code_points
`);
