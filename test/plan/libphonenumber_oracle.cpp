// Calls into the linked libphonenumber.
#include "libphonenumber_oracle.hpp"

#include <phonenumbers/phonenumberutil.h>

// Exported by libphonenumber, declared in a header that it does not install.
namespace i18n::phonenumbers {
int metadata_size();
const void* metadata_get();
}  // namespace i18n::phonenumbers

namespace telephony::numbering::test {

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

std::string_view type_name(PhoneNumberUtil::PhoneNumberType type) {
    switch (type) {
        case PhoneNumberUtil::FIXED_LINE:
            return "fixed_line";
        case PhoneNumberUtil::MOBILE:
            return "mobile";
        case PhoneNumberUtil::FIXED_LINE_OR_MOBILE:
            return "fixed_line_or_mobile";
        case PhoneNumberUtil::TOLL_FREE:
            return "toll_free";
        case PhoneNumberUtil::PREMIUM_RATE:
            return "premium_rate";
        case PhoneNumberUtil::SHARED_COST:
            return "shared_cost";
        case PhoneNumberUtil::VOIP:
            return "voip";
        case PhoneNumberUtil::PERSONAL_NUMBER:
            return "personal_number";
        case PhoneNumberUtil::PAGER:
            return "pager";
        case PhoneNumberUtil::UAN:
            return "uan";
        case PhoneNumberUtil::VOICEMAIL:
            return "voicemail";
        case PhoneNumberUtil::UNKNOWN:
            break;
    }
    return "";
}

}  // namespace

std::string describe(const Judgement& judgement) {
    return std::string(judgement.valid ? "valid " : "invalid ") +
           (judgement.possible ? "possible " : "impossible ") + judgement.region + ' ' + judgement.type;
}

Judgement judge(const Plan& plan, const E164& number) {
    const PlanVerdict verdict = match(plan, number);
    return {verdict.valid(), verdict.possible(), std::string(region(plan, verdict)),
            std::string(name(verdict.type()))};
}

Judgement judge_by_libphonenumber(const E164& number) {
    const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
    const std::string text = number.str();
    PhoneNumber parsed;
    Judgement judgement;
    if (util.Parse(text, "ZZ", &parsed) != PhoneNumberUtil::NO_PARSING_ERROR) return judgement;
    std::string formatted;
    util.Format(parsed, PhoneNumberUtil::E164, &formatted);
    if (formatted != text) return judgement;
    judgement.valid = util.IsValidNumber(parsed);
    judgement.possible =
        judgement.valid || util.IsPossibleNumberWithReason(parsed) == PhoneNumberUtil::IS_POSSIBLE;
    if (judgement.valid) {
        util.GetRegionCodeForNumber(parsed, &judgement.region);
        judgement.type = type_name(util.GetNumberType(parsed));
    }
    return judgement;
}

std::string_view linked_metadata() {
    return {static_cast<const char*>(i18n::phonenumbers::metadata_get()),
            static_cast<std::size_t>(i18n::phonenumbers::metadata_size())};
}

}  // namespace telephony::numbering::test
