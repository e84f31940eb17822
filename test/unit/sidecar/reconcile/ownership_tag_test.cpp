// The FriendlyName of what we buy.
#include "reconcile/ownership_tag.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace telephony::sidecar {
namespace {

constexpr const char* uuid_a = "00010203-0405-0607-0809-0a0b0c0d0e0f";
constexpr const char* uuid_b = "ffffffff-ffff-ffff-ffff-fffffffffffe";

TEST(OwnershipTag, IsTheBase64UrlOfBothIds) {
    const std::string text = ownership_tag(uuid_a, uuid_b);
    EXPECT_EQ(text, "telephony:AAECAwQFBgcICQoLDA0ODw:_____________________g");
    EXPECT_LE(text.size(), 64u);
}

TEST(OwnershipTag, UpperCaseIdsAreTheSameIds) {
    EXPECT_EQ(ownership_tag("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFE", uuid_a), ownership_tag(uuid_b, uuid_a));
}

TEST(OwnershipTag, IsOfUuidsAlone) {
    EXPECT_THROW(ownership_tag("", uuid_b), std::invalid_argument);
    EXPECT_THROW(ownership_tag(uuid_a, "00010203-0405-0607-0809-0a0b0c0d0e0"), std::invalid_argument);
}

}  // namespace
}  // namespace telephony::sidecar
