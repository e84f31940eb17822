// Phone numbers in texts of others.
#include "base/masking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telephony::sidecar {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Masking, TakesNumbersOutOfForeignTexts) {
    EXPECT_EQ(mask_numbers("The number +12025550123 is gone"), "The number +1******0123 is gone");
    for (const char* text :
         {"+1 (202) 555-0123", "12025550123", "tel:+44 7911 123456!", "(+12025550123)", "202.555.0123"}) {
        EXPECT_THAT(mask_numbers(text), Not(HasSubstr("555"))) << text;
        EXPECT_THAT(mask_numbers(text), Not(HasSubstr("7911"))) << text;
    }
    EXPECT_EQ(mask_numbers("error 21422 in 30 s"), "error 21422 in 30 s");
    EXPECT_LE(mask_numbers(std::string(10000, 'x')).size(), 300u);
    EXPECT_EQ(mask_numbers("organization 00010203-0405-0607-0809-000000000000 has one"),
              "organization 00010203-0405-0607-0809-000000000000 has one");
    EXPECT_EQ(mask_numbers("PN12345678901234567890123456789012"), "PN12345678901234567890123456789012");
    EXPECT_THAT(mask_numbers("x12025550123"), Not(HasSubstr("202555")));
}

}  // namespace
}  // namespace telephony::sidecar
