// Seconds that come from outside.
#include "base/clock.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace telephony::sidecar {
namespace {

TEST(Seconds, BeyondWhatADurationHoldsAreItsLimits) {
    using Limits = std::numeric_limits<double>;
    EXPECT_EQ(from_seconds(2.5), std::chrono::milliseconds(2500));
    EXPECT_EQ(from_seconds(-2.5), std::chrono::milliseconds(-2500));
    for (const double seconds : {1e10, 1e300, Limits::infinity(), Limits::quiet_NaN()})
        EXPECT_EQ(from_seconds(seconds), Duration::max()) << seconds;
    for (const double seconds : {-1e10, -Limits::infinity()})
        EXPECT_EQ(from_seconds(seconds), Duration::min()) << seconds;
    EXPECT_EQ(after(from_seconds(1e10)), no_deadline);
}

}  // namespace
}  // namespace telephony::sidecar
