// Phone numbers in texts of others.
#include "numbering/masking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telephony::numbering {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Masking, TakesNumbersOutOfForeignTexts) {
    EXPECT_EQ(mask_numbers("The number +12025550123 is gone"), "The number +1******0123 is gone");
    EXPECT_EQ(mask_numbers("call (415) 555-1234 or +1 415.555.1234"), "call (******1234 or +1******1234");
    EXPECT_EQ(mask_numbers("tel:**21*%2B12025550123%23"), "tel:**21*%2B*******0123%23");
    for (const char* text :
         {"+1 (202) 555-0123", "12025550123", "tel:+44 7911 123456!", "(+12025550123)", "202.555.0123",
          "2026-11-22 2025550123", "2026-11-22T2025550123", "12025550123T12:00:00"}) {
        EXPECT_THAT(mask_numbers(text), Not(HasSubstr("555"))) << text;
        EXPECT_THAT(mask_numbers(text), Not(HasSubstr("7911"))) << text;
    }
    EXPECT_THAT(mask_numbers("x12025550123"), Not(HasSubstr("202555")));
}

TEST(Masking, TakesOutWhateverIsReadAsANumber) {
    for (const char* text :
         {"tel ０３－１２３４－５６７８ x", "رقم ٠٢٠٧٩٤٦٠٠١٨", "रकम ०९८७६५४३२१०", "＋１２０２５５５０１２３",
          "𝟐𝟎𝟐𝟓𝟓𝟓𝟎𝟏𝟐𝟑", "202\u00A0555\u00A00123", "202\u2013555\u20130123", "2\u200B0\u200B2\u200B5550123",
          "1️⃣2️⃣0️⃣2️⃣5️⃣5️⃣5️⃣0️⃣1️⃣2️⃣3️⃣", "[202] 555~0123"})
        EXPECT_THAT(mask_numbers(text), HasSubstr("****")) << text;
    EXPECT_EQ(mask_numbers("tel ０３－１２３４－５６７８ x"), "tel ******5678 x");
    for (const char* text : {"日本 ０３ 語", "1 – 2", "\xFF\xFE 12", "café 2 × 3", "\u200B"})
        EXPECT_EQ(mask_numbers(text), text);
}

TEST(Masking, LeavesWhatIsNoNumber) {
    for (const char* text :
         {"", "error 21422 in 30 s", "organization 00010203-0405-0607-0809-000000000000 has one",
          "PN12345678901234567890123456789012",
          "not PN00000000000000000000000000001234 of 2026-11-22T12:00:00Z",
          "2026-11-22T12:00:00.123456+00:00", "at 2026-11-22 12:00:00.123456+00, later",
          "2026-11-22T12:00:00"})
        EXPECT_EQ(mask_numbers(text), text);
}

TEST(Masking, ADigitRunBesideATimeIsANumber) {
    EXPECT_THAT(mask_numbers("2026-11-22T12:00:00.12025550123"), Not(HasSubstr("2555")));
    EXPECT_THAT(mask_numbers("2026-11-22T12:00:001202555"), Not(HasSubstr("1202")));
}

}  // namespace
}  // namespace telephony::numbering
