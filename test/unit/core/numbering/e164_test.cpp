// E.164 values against slow references: shape, bits, order, prefixes, hash, calling codes, masks.
#include "numbering/e164.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using telephony::numbering::calling_code;
using telephony::numbering::calling_code_length;
using telephony::numbering::E164;
using telephony::numbering::E164Problem;
using telephony::numbering::E164Range;
using telephony::numbering::hash_bits;
using telephony::numbering::mask;
using telephony::numbering::prefix_range;

E164 number(std::string_view text) {
    E164 result;
    EXPECT_EQ(E164::parse(text, result), E164Problem::none) << text;
    return result;
}

E164Problem problem(std::string_view text) {
    E164 ignored;
    return E164::parse(text, ignored);
}

/// Shape by the letter of the rule, written without regard for speed.
bool is_e164_by_rule(std::string_view text) {
    if (text.size() < 3 || text.size() > 16 || text[0] != '+' || text[1] == '0') return false;
    return std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

/// The text that bits stand for by the letter of the layout, or nullopt.
std::optional<std::string> text_by_layout(std::uint64_t bits) {
    const auto nibble = [bits](int i) { return static_cast<int>((bits >> (4 * i)) & 15); };
    const int count = nibble(0);
    std::string text = "+";
    for (int i = 1; i <= 15; ++i) {
        const int digit = nibble(16 - i);
        if (i <= count && digit > 9) return std::nullopt;
        if (i > count && digit != 0) return std::nullopt;
        if (i <= count) text += static_cast<char>('0' + digit);
    }
    if (!is_e164_by_rule(text)) return std::nullopt;
    return text;
}

std::mt19937_64 random_engine(20240229);

std::string random_text() {
    const std::size_t digits = 2 + random_engine() % 14;
    std::string text = "+";
    text += static_cast<char>('1' + random_engine() % 9);
    // A small alphabet now and then, so that numbers share long prefixes.
    const std::uint64_t alphabet = random_engine() % 3 == 0 ? 2 : 10;
    while (text.size() <= digits) text += static_cast<char>('0' + random_engine() % alphabet);
    return text;
}

std::size_t count_digits(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; }));
}

TEST(E164, KeepsTheBitsThatTablesStore) {
    EXPECT_EQ(number("+12025550123").bits(), 0x120255501230000B);
    EXPECT_EQ(number("+999999999999999").bits(), 0x999999999999999F);
    EXPECT_EQ(number("+10").bits(), 0x1000000000000002);
    EXPECT_EQ(E164().bits(), E164::lowest().bits());
    EXPECT_EQ(E164::lowest(), number("+10"));
    EXPECT_EQ(E164::highest(), number("+999999999999999"));
    static_assert(E164::from_bits(0x120255501230000B)->digit_count() == 11);
    static_assert(E164::from_bits(0x120255501230000B)->digit(10) == 3);
}

TEST(E164, SaysWhatIsWrong) {
    EXPECT_EQ(problem(""), E164Problem::empty);
    EXPECT_EQ(problem("12025550123"), E164Problem::missing_plus);
    EXPECT_EQ(problem(" +12025550123"), E164Problem::missing_plus);
    EXPECT_EQ(problem("+"), E164Problem::too_short);
    EXPECT_EQ(problem("+1"), E164Problem::too_short);
    EXPECT_EQ(problem("+0"), E164Problem::leading_zero);
    EXPECT_EQ(problem("+0123456789012345678"), E164Problem::leading_zero);
    EXPECT_EQ(problem("+1202555012 "), E164Problem::not_a_digit);
    EXPECT_EQ(problem("++12025550123"), E164Problem::not_a_digit);
    EXPECT_EQ(problem("+1234567890123456"), E164Problem::too_long);
    EXPECT_EQ(problem(std::string_view("+12\0", 4)), E164Problem::not_a_digit);
    std::set<std::string_view> reasons;
    for (const auto p : {E164Problem::empty, E164Problem::missing_plus, E164Problem::not_a_digit,
                         E164Problem::leading_zero, E164Problem::too_short, E164Problem::too_long})
        reasons.insert(describe(p));
    EXPECT_EQ(reasons.size(), 6U) << "every problem has a reason of its own";
}

TEST(E164, LeavesItsTargetAloneOnFailure) {
    E164 target = number("+442079460018");
    EXPECT_NE(E164::parse("+44 20", target), E164Problem::none);
    EXPECT_EQ(target, number("+442079460018"));
}

TEST(E164, ReadsAndWritesEveryShortNumberInTextOrder) {
    std::vector<std::string> texts;
    for (int n = 10; n < 200000; ++n) texts.push_back('+' + std::to_string(n));
    std::ranges::sort(texts);
    std::uint64_t previous = 0;
    for (const std::string& text : texts) {
        const E164 value = number(text);
        ASSERT_EQ(value.str(), text);
        ASSERT_EQ(value.digits(), text.substr(1));
        ASSERT_EQ(value.digit_count(), static_cast<int>(text.size()) - 1);
        ASSERT_GT(value.bits(), previous) << text;
        previous = value.bits();
    }
}

TEST(E164, OrdersAsTheTextsDo) {
    for (int i = 0; i < 300000; ++i) {
        const std::string a = random_text();
        std::string b = random_text();
        if (i % 2 == 0) b = a.substr(0, 1 + random_engine() % a.size()) + b.substr(1);  // a shared prefix
        b = b.substr(0, 16);
        ASSERT_EQ(number(a) <=> number(b), a <=> b) << a << ' ' << b;
        ASSERT_EQ(number(a) == number(b), a == b) << a << ' ' << b;
    }
}

TEST(E164, AgreesWithTheRuleOnDamagedText) {
    for (int i = 0; i < 300000; ++i) {
        std::string text = random_text();
        for (auto edits = random_engine() % 3; edits > 0 && !text.empty(); --edits) {
            const std::size_t at = random_engine() % text.size();
            const char c = random_engine() % 2 == 0 ? static_cast<char>(random_engine() % 256)
                                                    : "+0123456789 "[random_engine() % 12];
            switch (random_engine() % 3) {
                case 0:
                    text[at] = c;
                    break;
                case 1:
                    text.insert(at, 1, c);
                    break;
                default:
                    text.erase(at, 1);
            }
        }
        ASSERT_EQ(problem(text) == E164Problem::none, is_e164_by_rule(text)) << text;
    }
}

TEST(E164, TakesExactlyTheBitsThatEncodeANumber) {
    int good = 0;
    const auto check = [&good](std::uint64_t bits) {
        const auto value = E164::from_bits(bits);
        const auto text = text_by_layout(bits);
        ASSERT_EQ(value.has_value(), text.has_value()) << std::hex << bits;
        if (!value) return;
        ++good;
        ASSERT_EQ(value->bits(), bits);
        ASSERT_EQ(value->str(), *text);
        ASSERT_EQ(number(*text), *value);
    };
    for (int i = 0; i < 300000; ++i) check(random_engine());
    EXPECT_LT(good, 300000 / 100) << "random bits are hardly ever a number";
    good = 0;
    for (int i = 0; i < 300000; ++i) {
        const std::uint64_t bits = number(random_text()).bits();
        check(bits);
        check(bits ^ (random_engine() % 16) << (4 * (random_engine() % 16)));  // one nibble damaged
        check(bits & (~std::uint64_t{0} << (random_engine() % 64)));
    }
    EXPECT_GE(good, 300000);
    for (std::uint64_t count = 0; count < 16; ++count) {
        check(count);
        check(0x1000000000000000 | count);
        check(0x1111111111111110 | count);
    }
}

TEST(E164, PrefixRangeHoldsExactlyTheNumbersThatStartWithIt) {
    std::vector<std::string> prefixes = {"",
                                         "+",
                                         "+0",
                                         "+00",
                                         "1",
                                         "+1x",
                                         "x",
                                         "+1 ",
                                         " +1",
                                         "++",
                                         "+9",
                                         "+99999999999999",
                                         "+999999999999999",
                                         "+9999999999999999",
                                         "+123456789012345",
                                         "+1234567890123456"};
    std::vector<std::string> texts;
    for (int i = 0; i < 2000; ++i) texts.push_back(random_text());
    for (int i = 0; i < 500; ++i) {
        const std::string& text = texts[random_engine() % texts.size()];
        prefixes.push_back(text.substr(0, random_engine() % (text.size() + 1)));
    }
    for (const std::string& prefix : prefixes) {
        const E164Range range = prefix_range(prefix);
        for (const std::string& text : texts) {
            const E164 value = number(text);
            ASSERT_EQ(range.first <= value && value <= range.last, text.starts_with(prefix))
                << text << ' ' << prefix;
        }
        if (range.first <= range.last) {
            EXPECT_TRUE(range.first.str().starts_with(prefix)) << prefix;
            EXPECT_TRUE(range.last.str().starts_with(prefix)) << prefix;
        }
    }
}

TEST(E164, HashIsFixedForEver) {
    EXPECT_EQ(hash_bits(number("+12025550123").bits()), 0x825A402D5C78DB31);
    EXPECT_EQ(hash_bits(number("+12025550123").bits(), 1), 0xD0F0CDCCE0E7D264);
    // The finalizer is a bijection, so that different numbers have different 64-bit hashes.
    std::set<std::uint64_t> hashes;
    std::set<std::string> texts;
    for (int i = 0; i < 100000; ++i) texts.insert(random_text());
    for (const std::string& text : texts) hashes.insert(hash_bits(number(text).bits()));
    EXPECT_EQ(hashes.size(), texts.size());
}

TEST(E164, KnowsCallingCodesByTheItuList) {
    for (const auto& [text, length] : {std::pair{"+12025550123", 1U},
                                       {"+79161234567", 1U},
                                       {"+442079460018", 2U},
                                       {"+390612345678", 2U},
                                       {"+353861234567", 3U},
                                       {"+2348021234567", 3U},
                                       {"+80012345678", 3U},
                                       {"+883510000000000", 3U},
                                       {"+44", 2U},
                                       {"+35", 0U},
                                       {"+353", 3U},
                                       {"+9991234567", 0U},
                                       {"+2101234567", 0U},
                                       {"+8001", 3U}})
        EXPECT_EQ(calling_code_length(number(text)), length) << text;
    EXPECT_EQ(calling_code(number("+12025550123")), 1);
    EXPECT_EQ(calling_code(number("+442079460018")), 44);
    EXPECT_EQ(calling_code(number("+2348012345678")), 234);
    EXPECT_EQ(calling_code(number("+2101234567")), std::nullopt);
    EXPECT_EQ(calling_code(number("+35")), std::nullopt);
    // Zone by zone, how many codes are assigned (ITU-T list of E.164 country codes; zone 0 is not assigned).
    std::array<std::set<std::string>, 10> codes;
    for (int n = 100; n < 1000; ++n) {
        const std::string digits = std::to_string(n);
        const std::size_t length = calling_code_length(number('+' + digits + "5550123"));
        if (length > 0) codes[static_cast<std::size_t>(digits[0] - '0')].insert(digits.substr(0, length));
    }
    const std::array<std::size_t, 10> assigned{0, 1, 61, 35, 12, 28, 28, 1, 19, 31};
    for (std::size_t zone = 0; zone <= 9; ++zone)
        EXPECT_EQ(codes[zone].size(), assigned[zone]) << "zone " << zone;
    for (const auto& zone : codes)
        for (const std::string& code : zone)
            for (const std::string& other : zone)
                EXPECT_FALSE(code != other && other.starts_with(code)) << code << ' ' << other;
}

TEST(Mask, ShowsCallingCodeAndLastFourDigits) {
    EXPECT_EQ(mask(number("+14155552671")), "+1******2671");
    EXPECT_EQ(mask(number("+442079460018")), "+44******0018");
    EXPECT_EQ(mask(number("+353861234567")), "+353*****4567");
    EXPECT_EQ(mask(number("+999999999999999")), "+***********9999");
    EXPECT_EQ(mask(number("+12345678")), "+1****678");
    EXPECT_EQ(mask(number("+12345")), "+1****");
    EXPECT_EQ(mask(number("+1234")), "+****");
    EXPECT_EQ(mask(number("+10")), "+**");
}

TEST(Mask, OfAnyTextShowsNoMore) {
    EXPECT_EQ(mask("+1 (415) 555-2671"), "+1******2671");
    EXPECT_EQ(mask("(415) 555-2671"), "******2671");
    EXPECT_EQ(mask("\t+14155552671\n"), "+1******2671");
    EXPECT_EQ(mask("John Smith"), "****");
    EXPECT_EQ(mask("+"), "****");
    EXPECT_EQ(mask(""), "");
    EXPECT_EQ(mask("1234"), "****");
    EXPECT_EQ(mask("12345"), "****5");
    EXPECT_EQ(mask("1234567890123456789"), "***********6789");
    EXPECT_EQ(mask("+1234567890123456"), "+***********3456");
}

TEST(Mask, AlwaysHidesFourDigitsAndNeverInventsOne) {
    for (int i = 0; i < 100000; ++i) {
        std::string text = random_text();
        if (i % 2 == 0) {  // any bytes instead
            text.resize(random_engine() % 40);
            for (char& c : text)
                c = random_engine() % 2 == 0 ? static_cast<char>('0' + random_engine() % 10)
                                             : static_cast<char>(random_engine());
        }
        const std::string masked = i % 2 == 0 ? mask(std::string_view(text)) : mask(number(text));
        const std::size_t digits = count_digits(text), shown = count_digits(masked);
        ASSERT_LE(shown, 7U) << text;
        ASSERT_LE(masked.size(), 16U) << text;
        ASSERT_EQ(masked.find_first_not_of("+*0123456789"), std::string::npos) << text;
        ASSERT_LE(shown + std::min<std::size_t>(digits, 4), digits) << text << ' ' << masked;
        const std::string tail = masked.substr(masked.find_last_of("*+") + 1);
        std::string all;
        std::ranges::copy_if(text, std::back_inserter(all), [](char c) { return c >= '0' && c <= '9'; });
        ASSERT_TRUE(all.ends_with(tail)) << text << ' ' << masked;
        if (digits > 0 && digits <= 15) {
            ASSERT_EQ(shown + static_cast<std::size_t>(std::ranges::count(masked, '*')), digits) << text;
        }
    }
}

}  // namespace
