// UUIDs as text.
#include "base/uuid.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace telephony::sidecar
