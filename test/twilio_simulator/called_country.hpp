// The countries that calls go to.
#pragma once

#include <optional>
#include <string_view>

namespace telephony::simulator {

struct CalledCountry {
    std::string_view prefix;  ///< calling code, as in +44
    std::string_view name;
    std::string_view iso;  ///< ISO 3166 alpha-2
    std::string_view continent;
};

/// The country of a number; nullopt for one that is not called.
std::optional<CalledCountry> called_country(std::string_view number);

std::optional<CalledCountry> country_with_code(std::string_view iso);

}  // namespace telephony::simulator
