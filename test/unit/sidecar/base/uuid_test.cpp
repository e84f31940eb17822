// UUIDs in both forms.
#include "base/uuid.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace telephony::sidecar {
namespace {

TEST(Uuid, IsReadInItsOneForm) {
    EXPECT_TRUE(is_uuid("00010203-0405-0607-0809-0a0b0c0d0e0f"));
    for (const char* bad : {"", "00010203-0405-0607-0809-0a0b0c0d0e0", "00010203-0405-0607-0809-0a0b0c0d0e0g",
                            "000102030405060708090a0b0c0d0e0f", "{0010203-0405-0607-0809-0a0b0c0d0e0f}",
                            "00010203x0405-0607-0809-0a0b0c0d0e0f", "0001020-30405-0607-0809-0a0b0c0d0e0f",
                            "00010203--405-0607-0809-0a0b0c0d0e0f"})
        EXPECT_FALSE(is_uuid(bad)) << bad;
}

TEST(Uuid, IsShortenedToBase64Url) {
    EXPECT_EQ(short_uuid("00010203-0405-0607-0809-0a0b0c0d0e0f"), "AAECAwQFBgcICQoLDA0ODw");
    EXPECT_EQ(short_uuid("FFFFFFFF-ffff-ffff-ffff-fffffffffffe"), "_____________________g");
    EXPECT_THROW(short_uuid("_____________________g"), std::invalid_argument);
}

}  // namespace
}  // namespace telephony::sidecar
