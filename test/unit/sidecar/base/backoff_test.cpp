// Random waits.
#include "base/backoff.hpp"

#include <gtest/gtest.h>

namespace telephony::sidecar {
namespace {

TEST(Backoff, StaysBetweenNothingAndItsCeiling) {
    const Backoff backoff{std::chrono::seconds(1), std::chrono::seconds(10)};
    for (int i = 0; i < 1000; ++i) {
        EXPECT_LE(backoff.delay(0), std::chrono::seconds(1));
        EXPECT_LE(backoff.delay(2), std::chrono::seconds(4));
        EXPECT_LE(backoff.delay(1000000), std::chrono::seconds(10));
        EXPECT_GE(backoff.delay(i), Duration::zero());
    }
}

}  // namespace
}  // namespace telephony::sidecar
