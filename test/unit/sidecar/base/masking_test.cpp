// What logs and alerts show of texts of others.
#include "base/masking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telephony::sidecar {
namespace {

TEST(MaskedExcerpt, MasksAndCuts) {
    EXPECT_EQ(masked_excerpt("The number +12025550123 is gone"), "The number +1******0123 is gone");
    EXPECT_EQ(masked_excerpt(std::string(10000, 'x')), std::string(300, 'x'));
}

TEST(MaskedExcerpt, ANumberAtTheCutIsMasked) {
    for (std::size_t before = 280; before <= 300; ++before) {
        const std::string excerpt = masked_excerpt(std::string(before, 'x') + "+12025550123 is gone");
        EXPECT_EQ(excerpt.size(), 300u);
        EXPECT_THAT(excerpt, ::testing::Not(::testing::HasSubstr("202")));
    }
}

}  // namespace
}  // namespace telephony::sidecar
