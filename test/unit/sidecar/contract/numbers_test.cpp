// The verdicts on numbers.
#include "contract/numbers.hpp"

#include <gtest/gtest.h>

namespace telephony::sidecar {
namespace {

TEST(ReconcileVerdict, NamesReadBackAsTheVerdictTheyName) {
    for (int i = 0; i <= static_cast<int>(ReconcileVerdict::conflict); ++i) {
        const auto verdict = static_cast<ReconcileVerdict>(i);
        EXPECT_EQ(reconcile_verdict_of(name_of(verdict)), verdict);
    }
    EXPECT_EQ(name_of(ReconcileVerdict::live), "live");
    EXPECT_EQ(name_of(ReconcileVerdict::unknown_job), "unknown_job");
    EXPECT_EQ(name_of(ReconcileVerdict::conflict), "conflict");
    EXPECT_FALSE(reconcile_verdict_of("lost"));
    EXPECT_FALSE(reconcile_verdict_of(""));
}

TEST(ReconcileVerdict, WhatIsOursAndNotAsItShouldBeIsADifference) {
    using Verdict = ReconcileVerdict;
    for (const Verdict fine :
         {Verdict::live, Verdict::pending, Verdict::untagged, Verdict::foreign_installation})
        EXPECT_FALSE(is_difference(fine)) << name_of(fine);
    for (const Verdict different : {Verdict::retag, Verdict::moved, Verdict::voice_changed, Verdict::missing,
                                    Verdict::orphan, Verdict::unknown_job, Verdict::conflict})
        EXPECT_TRUE(is_difference(different)) << name_of(different);
    for (int i = 0; i <= static_cast<int>(Verdict::conflict); ++i) {
        const auto verdict = static_cast<Verdict>(i);
        EXPECT_TRUE(!is_repairable(verdict) || is_difference(verdict)) << name_of(verdict);
    }
}

}  // namespace
}  // namespace telephony::sidecar
