// The texts and error codes are Twilio's.
#include "purchase_rules.hpp"

#include <algorithm>
#include <cctype>

#include "api_error.hpp"

namespace telephony::simulator {
namespace {

std::string upper_case(std::string_view text) {
    std::string upper(text);
    std::ranges::transform(upper, upper.begin(),
                           [](unsigned char character) { return std::toupper(character); });
    return upper;
}

}  // namespace

bool is_e164(std::string_view text) {
    constexpr std::size_t shortest = 3;
    constexpr std::size_t longest = 16;
    return text.size() >= shortest && text.size() <= longest && text[0] == '+' && text[1] != '0' &&
           text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

void check_regulations(const Offer& offer, const NumberSettings& settings, const std::string& number,
                       const std::map<std::string, std::string>& address_areas) {
    if (offer.address_requirements != "none" && settings.value("address_sid").is_null()) {
        throw ApiError{
            400, 21631,
            "Unable to create record: Phone Number Requires an Address but the 'AddressSid' parameter was "
            "empty."};
    }
    const Json address = settings.value("address_sid");
    if (offer.address_requirements != "none") {
        const auto area = address_areas.find(address.get<std::string>());
        if (area != address_areas.end() && !number.starts_with(area->second)) {
            throw ApiError{400, 21615,
                           "Unable to create record: No valid address created for: " + area->second};
        }
    }
    if (offer.bundle_required && settings.value("bundle_sid").is_null()) {
        throw ApiError{400, 21649,
                       "Unable to create record: Bundle required and not provided for country: [" +
                           std::string(offer.country) + "] and numberType: [" + upper_case(offer.type) + "]"};
    }
}

}  // namespace telephony::simulator
