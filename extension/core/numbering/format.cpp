// From a number and a style to text: one walk chooses the layout, which is then filled in.
#include "format.hpp"

#include <cstdint>

#include "layout_writer.hpp"

namespace telephony::numbering {

namespace {

/// The characters of the eight digits in `decimals`, first digit first.
void write_eight(std::uint32_t decimals, char* text) noexcept {
    // Each step halves what stands together, until every digit has a byte.
    std::uint64_t bytes = decimals;
    bytes = (bytes | bytes << 16) & 0x0000FFFF0000FFFF;
    bytes = (bytes | bytes << 8) & 0x00FF00FF00FF00FF;
    bytes = (bytes | bytes << 4) & 0x0F0F0F0F0F0F0F0F;
    bytes += 0x3030303030303030;
    for (int i = 0; i < 8; ++i) text[i] = static_cast<char>(bytes >> (56 - 8 * i));
}

struct Digits {
    char text[16];
    std::size_t count;

    explicit Digits(const E164& number) noexcept : count(static_cast<std::size_t>(number.digit_count())) {
        static_assert(E164::max_digits < sizeof text);
        write_eight(static_cast<std::uint32_t>(number.bits() >> 32), text);
        write_eight(static_cast<std::uint32_t>(number.bits()), text + 8);
    }
};

PlanFormat choose_format(const Plan& plan, const PlanCallingCode& code, std::string_view national) noexcept {
    unsigned state = code.formats;
    for (const char digit : national) state = plan.rules[state].next[digit - '0'];
    return plan.formats[plan.rules[state].verdict];
}

}  // namespace

const PlanCallingCode* calling_code_of(const Plan& plan, const E164& number) noexcept {
    const unsigned index = plan.code_by_three_digits[number.bits() >> 52];
    if (index == 0) return nullptr;
    const PlanCallingCode& code = plan.calling_codes[index - 1];
    return static_cast<std::size_t>(number.digit_count()) > code.length() ? &code : nullptr;
}

FormattedNumber format_number(const Plan& plan, const E164& number, FormatStyle style) noexcept {
    FormattedNumber text;
    if (style == FormatStyle::rfc3966) text.append("tel:");
    const Digits digits(number);
    const std::string_view all(digits.text, digits.count);
    const PlanCallingCode* code = style == FormatStyle::e164 ? nullptr : calling_code_of(plan, number);
    if (code == nullptr) {
        text.append('+').append(all);
        return text;  // itself, which the caller's place holds already
    }
    const std::size_t length = code->length();
    const std::string_view national = all.substr(length);
    const PlanFormat format = choose_format(plan, *code, national);
    if (style == FormatStyle::national) {
        write_layout(plan, format.national, national, text);
        return text;
    }
    text.append('+').append(all.substr(0, length)).append(style == FormatStyle::rfc3966 ? '-' : ' ');
    write_layout(plan, style == FormatStyle::rfc3966 ? format.rfc3966 : format.international, national, text);
    return text;
}

FormattedNumber national_dialling(const Plan& plan, const E164& number) noexcept {
    FormattedNumber dialled;
    const Digits digits(number);
    std::string_view national(digits.text, digits.count);
    const PlanCallingCode* code = calling_code_of(plan, number);
    if (code == nullptr) return dialled.append(national);
    national.remove_prefix(code->length());
    const PlanFormat format = choose_format(plan, *code, national);
    constexpr unsigned north_america =
        1;  // its mobile phones dial no 1 before national numbers, and no form has one
    if (format == PlanFormat{}) {
        if (code->calling_code != north_america) dialled.append(std::string_view(code->trunk_prefix));
        return dialled.append(national);
    }
    FormattedNumber form;
    write_layout(plan, format.national, national, form);
    for (const char c : form.view())
        if (c >= '0' && c <= '9') dialled.append(c);
    return dialled;
}

}  // namespace telephony::numbering
