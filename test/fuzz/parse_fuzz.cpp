// libFuzzer: reading numbers as people write them. Any bytes give a canonical number, which reads as itself
// in every style, or a reason that shows no number.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "pg/libphonenumber/library.hpp"

namespace {

using namespace telephony::libphonenumber;

void require(bool holds, const char* what, std::string_view text) {
    if (holds) return;
    std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()), text.data());
    std::abort();
}

/// The digits of a text, in order.
std::string digits_of(std::string_view text) {
    std::string digits;
    for (const char c : text)
        if (c >= '0' && c <= '9') digits += c;
    return digits;
}

/// The first byte chooses the region: none, one of these, or the next two bytes.
constexpr std::string_view regions[] = {"US", "GB", "TR", "NG", "IN", "MX", "BR", "CA", "it", "001"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
    std::optional<std::string_view> region;
    const std::size_t choice = data[0] % 16;
    if (choice < std::size(regions)) {
        region = regions[choice];
    } else if (choice == std::size(regions)) {
        region = text.substr(0, 2);
        text.remove_prefix(region->size());
    }
    const Parsed parsed = parse(text, region);
    if (!parsed.number) {
        require(!describe(parsed.problem).empty() && !advice(parsed.problem).empty(), "no reason", text);
        return 0;
    }
    const std::string number = parsed.number->str();
    require(parse(number, std::nullopt).number == parsed.number, "not canonical", text);
    require(parse(number, "US").number == parsed.number, "the region changes a canonical number", text);
    for (const Style style : {Style::e164, Style::international, Style::rfc3966}) {
        const std::string shown = format(*parsed.number, style);
        require(digits_of(shown) == number.substr(1), "a style changes digits", text);
    }
    require(!format(*parsed.number, Style::national).empty(), "nothing to show", text);
    return 0;
}
