// Classes of characters, over all of them; UUIDs and what is none.
#include "text/characters.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "text/uuid.hpp"

namespace telephony::text {
namespace {

TEST(Characters, ClassesHoldTheirCharactersAndNoOther) {
    constexpr std::string_view digits = "0123456789";
    constexpr std::string_view lower_hex = "0123456789abcdef";
    constexpr std::string_view hex = "0123456789abcdefABCDEF";
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (int value = 0; value < 256; ++value) {
        const char c = static_cast<char>(value);
        EXPECT_EQ(is_digit(c), digits.find(c) != digits.npos) << value;
        EXPECT_EQ(is_letter(c), letters.find(c) != letters.npos) << value;
        EXPECT_EQ(is_hex_digit(c), hex.find(c) != hex.npos) << value;
        EXPECT_EQ(is_lower_hex_digit(c), lower_hex.find(c) != lower_hex.npos) << value;
    }
}

TEST(Characters, HexadecimalDigitsHaveTheirValueInEitherCase) {
    for (int value = 0; value < 16; ++value) {
        EXPECT_EQ(hex_value("0123456789abcdef"[value]), value);
        EXPECT_EQ(hex_value("0123456789ABCDEF"[value]), value);
    }
    EXPECT_EQ(hex_value('g'), -1);
}

TEST(Uuid, IsReadInEitherCase) {
    constexpr UuidBytes bytes = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0x4c, 0xde,
                                 0x8f, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd};
    EXPECT_EQ(parse_uuid("01234567-89ab-4cde-8f01-23456789abcd"), bytes);
    EXPECT_EQ(parse_uuid("01234567-89AB-4CDE-8F01-23456789ABCD"), bytes);
}

TEST(Uuid, IsRefusedInAnyOtherForm) {
    for (const char* text : {"", "0123456789ab4cde8f0123456789abcd", "01234567-89ab-4cde-8f01-23456789abc",
                             "01234567-89ab-4cde-8f01-23456789abcde", "{1234567-89ab-4cde-8f01-23456789abc}",
                             "01234567x89ab-4cde-8f01-23456789abcd", "01234567-89ab-4cde-8f01-23456789abcg",
                             "0-234567-89ab-4cde-8f01-23456789abcd"})
        EXPECT_EQ(parse_uuid(text), std::nullopt) << text;
    EXPECT_EQ(parse_uuid(std::string("01234567-89ab-4cde-8f01-23456789ab\0d", 36)), std::nullopt);
}

}  // namespace
}  // namespace telephony::text
