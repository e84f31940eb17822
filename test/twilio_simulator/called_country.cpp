// Countries by calling code.
#include "called_country.hpp"

#include <algorithm>
#include <array>

namespace telephony::simulator {
namespace {

constexpr CalledCountry canada{"+1", "Canada", "CA", "NORTH_AMERICA"};

constexpr std::array<CalledCountry, 5> countries{{
    {"+1", "United States", "US", "NORTH_AMERICA"},
    {"+44", "United Kingdom", "GB", "EUROPE"},
    {"+234", "Nigeria", "NG", "AFRICA"},
    {"+90", "Turkey", "TR", "ASIA"},
    {"+88", "Satellite networks", "XS", ""},
}};

/// Of the numbers of North America those that are Canadian; others count as of the United States.
constexpr std::array<std::string_view, 6> canadian{"+1403", "+1416", "+1514", "+1604", "+1613", "+1902"};

}  // namespace

std::optional<CalledCountry> called_country(std::string_view number) {
    if (std::ranges::any_of(canadian, [&](auto prefix) { return number.starts_with(prefix); })) return canada;
    const auto* found = std::ranges::find_if(
        countries, [&](const CalledCountry& each) { return number.starts_with(each.prefix); });
    return found == countries.end() ? std::nullopt : std::optional(*found);
}

std::optional<CalledCountry> country_with_code(std::string_view iso) {
    if (iso == canada.iso) return canada;
    const auto* found = std::ranges::find(countries, iso, &CalledCountry::iso);
    return found == countries.end() ? std::nullopt : std::optional(*found);
}

}  // namespace telephony::simulator
