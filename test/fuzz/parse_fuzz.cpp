// libFuzzer: reading numbers as people write them. Any bytes give a number, which reads as itself in every
// style, or a reason that shows no number.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "numbering/format.hpp"
#include "numbering/parse.hpp"

namespace {

using namespace telephony::numbering;

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
    const Plan plan = built_in_plan();
    const Parsed parsed = parse(plan, text, region);
    if (!parsed) {
        require(!describe(parsed.problem).empty() && !advice(parsed.problem).empty(), "no reason", text);
        require(describe_loss(parsed).empty(), "a loss without a number", text);
        return 0;
    }
    require(E164::from_bits(parsed.number.bits()).has_value(), "not a number", text);
    require(describe_loss(parsed).empty() == (parsed.extension.empty() && !parsed.label), "a loss untold",
            text);
    const std::string number = parsed.number.str();
    require(parse(plan, number, std::nullopt).number == parsed.number, "not canonical", text);
    require(parse(plan, number, "US").number == parsed.number, "the region changes a canonical number", text);
    for (const FormatStyle style : {FormatStyle::e164, FormatStyle::international, FormatStyle::rfc3966}) {
        const std::string shown(format_number(plan, parsed.number, style).view());
        require(digits_of(shown) == number.substr(1), "a style changes digits", text);
        require(parse(plan, shown, std::nullopt).number == parsed.number, "a style does not read back", text);
    }
    require(!format_number(plan, parsed.number, FormatStyle::national).empty(), "nothing to show", text);
    return 0;
}
