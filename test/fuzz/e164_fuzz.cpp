// libFuzzer: the E.164 value. Text and bits that are taken come back unchanged, order and prefixes are those
// of the texts, equal values hash equal, and a mask shows no more than it may. The first byte chooses what
// the rest is.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "numbering/e164.hpp"

namespace {

using namespace telephony::numbering;

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

std::uint64_t take_bits(std::string_view& rest) {
    std::uint64_t bits = 0;
    const std::size_t size = std::min(rest.size(), sizeof bits);
    std::memcpy(&bits, rest.data(), size);
    rest.remove_prefix(size);
    return bits;
}

/// A number of any bits: each nibble brought into range, so that most inputs are of use.
E164 number_of(std::uint64_t bits) {
    const std::size_t count = 2 + (bits & 0xF) % 14;
    std::string text = "+";
    for (std::size_t i = 0; i < count; ++i) {
        const auto nibble = (bits >> (60 - 4 * i)) & 0xF;
        text += static_cast<char>('0' + (i == 0 ? 1 + nibble % 9 : nibble % 10));
    }
    E164 number;
    require(E164::parse(text, number) == E164Problem::none, "a number is refused");
    require(number.str() == text, "a number does not come back");
    return number;
}

long digits_in(std::string_view text) {
    return std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; });
}

void try_text(std::string_view text) {
    E164 number;
    if (E164::parse(text, number) == E164Problem::none) {
        require(number.str() == text, "a text does not come back");
        require(E164::from_bits(number.bits()) == number, "a number's own bits are refused");
    }
    const E164Range range = prefix_range(text);
    if (range.first <= range.last && !text.empty())
        require(range.first.str().starts_with(text) && range.last.str().starts_with(text),
                "a prefix range begins or ends elsewhere");
    const std::string masked = mask(text);
    require(masked.size() <= 16, "a mask is long");
    require(digits_in(text) < 8 || digits_in(masked) + 4 <= digits_in(text), "a mask shows too much");
}

void try_bits(std::string_view rest) {
    const std::uint64_t bits = take_bits(rest);
    const auto number = E164::from_bits(bits);
    if (!number) return;
    require(number->bits() == bits, "bits change");
    E164 again;
    require(E164::parse(number->str(), again) == E164Problem::none && again == *number,
            "bits that are no number are taken");
    require(calling_code_length(*number) <= 3, "a calling code is long");
    require(digits_in(mask(*number)) + std::min(4, number->digit_count()) <= number->digit_count(),
            "a mask shows too much");
}

void try_pair(std::string_view rest) {
    const E164 a = number_of(take_bits(rest)), b = number_of(take_bits(rest));
    require((a < b) == (a.str() < b.str()) && (a == b) == (a.str() == b.str()), "order is not that of texts");
    require(a != b || hash_bits(a.bits()) == hash_bits(b.bits()), "equal numbers hash apart");
    const std::string prefix = b.str().substr(0, 1 + rest.size() % 16);
    const E164Range range = prefix_range(prefix);
    require((range.first <= a && a <= range.last) == a.str().starts_with(prefix),
            "a prefix range holds the wrong numbers");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view rest{reinterpret_cast<const char*>(data) + 1, size - 1};
    switch (data[0] % 3) {
        case 0:
            try_text(rest);
            break;
        case 1:
            try_bits(rest);
            break;
        case 2:
            try_pair(rest);
            break;
    }
    return 0;
}
