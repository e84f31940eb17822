// Numbers as people write them, from the plan.
#pragma once

#include <cstdint>

#include "plan.hpp"
#include "text/fixed_text.hpp"

namespace telephony::numbering {

enum class FormatStyle : std::uint8_t { e164, international, national, rfc3966 };

/// `tel:+`, a calling code, what parts it from the national number, and that.
using FormattedNumber = text::FixedText<64>;
static_assert(FormattedNumber::capacity() >= 5 + 3 + 1 + longest_layout);

/// The number in a style, as libphonenumber writes it. But for the national style, which may need a trunk
/// prefix or lack a digit that is dialled from abroad only, no digit is ever changed. A number of a calling
/// code that the plan does not have is written in E.164 form (after `tel:` for rfc3966).
FormattedNumber format_number(const Plan& plan, const E164& number, FormatStyle style) noexcept;

/// The digits dialled for the number inside its country: those of the national form, which has a trunk prefix
/// where numbers of this kind take one. A number that no format of the plan fits gets that of its calling
/// code.
FormattedNumber national_dialling(const Plan& plan, const E164& number) noexcept;

/// The calling code at the beginning of the number, or nullptr where the plan has none or nothing follows it.
const PlanCallingCode* calling_code_of(const Plan& plan, const E164& number) noexcept;

}  // namespace telephony::numbering
