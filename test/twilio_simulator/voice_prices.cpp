// Prices by prefix, as Twilio had them; they are not kept up to date.
#include "voice_prices.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace telephony::simulator {
namespace {

struct PrefixPrice {
    std::string_view prefix;
    double price;
};

/// The first that fits counts.
constexpr std::array<PrefixPrice, 10> prices{{
    {"+1907", 0.09},
    {"+1", 0.013},
    {"+447", 0.0305},
    {"+449", 1.2},
    {"+44", 0.0147},
    {"+2348", 0.1377},
    {"+234", 0.1577},
    {"+905", 0.2095},
    {"+90", 0.0955},
    {"+88", 8.5},
}};

}  // namespace

std::optional<double> VoicePrices::of(std::string_view number) const {
    const std::pair<const std::string, std::optional<double>>* best = nullptr;
    for (const auto& each : set_)
        if (number.starts_with(each.first) && (!best || each.first.size() > best->first.size())) best = &each;
    if (best != nullptr) return best->second;
    const auto* found = std::ranges::find_if(
        prices, [&](const PrefixPrice& each) { return number.starts_with(each.prefix); });
    return found == prices.end() ? std::nullopt : std::optional(found->price);
}

Json price_text(std::optional<double> price) {
    if (!price) return nullptr;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.4f", *price);
    return text.data();
}

}  // namespace telephony::simulator
