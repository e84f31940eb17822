// Look-ups in a compiled numbering plan that are not the walk itself: names, calling codes, trunk prefixes.
#include "plan.hpp"

#include <algorithm>
#include <array>

namespace telephony::numbering {

std::string_view name(NumberType type) noexcept {
    switch (type) {
        case NumberType::none:
            return "";
        case NumberType::fixed_line:
            return "fixed_line";
        case NumberType::mobile:
            return "mobile";
        case NumberType::fixed_line_or_mobile:
            return "fixed_line_or_mobile";
        case NumberType::toll_free:
            return "toll_free";
        case NumberType::premium_rate:
            return "premium_rate";
        case NumberType::shared_cost:
            return "shared_cost";
        case NumberType::voip:
            return "voip";
        case NumberType::personal_number:
            return "personal_number";
        case NumberType::pager:
            return "pager";
        case NumberType::uan:
            return "uan";
        case NumberType::voicemail:
            return "voicemail";
    }
    return "";
}

const PlanCallingCode* find_calling_code(const Plan& plan, unsigned calling_code) noexcept {
    const auto found =
        std::ranges::lower_bound(plan.calling_codes, calling_code, {}, &PlanCallingCode::calling_code);
    return found != plan.calling_codes.end() && found->calling_code == calling_code ? &*found : nullptr;
}

std::string_view trunk_prefix(const Plan& plan, unsigned calling_code) noexcept {
    const PlanCallingCode* entry = find_calling_code(plan, calling_code);
    return entry == nullptr ? std::string_view{} : entry->trunk_prefix;
}

}  // namespace telephony::numbering
