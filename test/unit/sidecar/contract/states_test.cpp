// What the state machine promises; that it is well-formed is checked when the table is made.
#include <gtest/gtest.h>

#include <set>

#include "contract/states.hpp"

namespace telephony::sidecar {
namespace {

TEST(JobStates, NamesReadBackAsTheStateTheyName) {
    for (std::size_t i = 0; i < job_state_count; ++i) {
        const auto state = static_cast<JobState>(i);
        EXPECT_EQ(job_state_of(name_of(state)), state);
    }
    EXPECT_FALSE(job_state_of("asleep"));
    EXPECT_FALSE(job_state_of(""));
}

TEST(JobStates, EveryEventIsUsedAndNamedOnce) {
    std::set<std::string_view> names;
    for (const JobTransition& t : job_transitions) names.insert(name_of(t.event));
    EXPECT_EQ(names.size(), job_event_count);
}

// Money is spent only after the intent: nothing leads to `buying` but `send` and `resend`, and nothing to
// `bought` but `purchased`.
TEST(JobStates, BuyingAndBoughtHaveTheirOneWayIn) {
    for (const JobTransition& t : job_transitions) {
        if (t.to == JobState::buying) {
            EXPECT_TRUE(t.event == JobEvent::send || t.event == JobEvent::resend);
        }
        if (t.to == JobState::bought && t.from != JobState::bought) {
            EXPECT_EQ(t.event, JobEvent::purchased);
        }
    }
}

// Putting a job back asks nothing of Twilio, so it must not end a cancelled one.
TEST(JobStates, ACancelledJobIsNotEndedByPuttingItBack) {
    for (const JobTransition& t : job_transitions) {
        if (t.event != JobEvent::postpone && t.event != JobEvent::start) continue;
        EXPECT_FALSE(is_terminal(t.to_if_cancelled.value_or(t.to))) << name_of(t.from);
    }
}

// A cancelled purchase that may have been made is never simply given up, but by an operator.
TEST(JobStates, ACancelNeverLosesANumberThatMayBeBought) {
    for (const JobTransition& t : job_transitions) {
        if (t.event == JobEvent::write_off) continue;
        const JobState cancelled = t.to_if_cancelled.value_or(t.to);
        if (t.from == JobState::bought && t.event != JobEvent::gone) {
            EXPECT_EQ(cancelled, JobState::releasing);
        }
        if (t.event == JobEvent::purchased) {
            EXPECT_EQ(cancelled, JobState::releasing);
        }
        if (t.event == JobEvent::ambiguous || t.event == JobEvent::not_seen) {
            EXPECT_EQ(cancelled, JobState::in_doubt);
        }
    }
}

// Why the model of purchases and releases can leave such jobs out.
TEST(JobStates, AJobThatSetsANumberNeitherBuysNorReleases) {
    for (const JobTransition& t : job_transitions) {
        if (t.from == JobState::configuring) {
            EXPECT_TRUE(t.to == JobState::configuring || is_terminal(t.to)) << name_of(t.event);
            EXPECT_NE(t.to, JobState::released);
        } else {
            EXPECT_NE(t.to, JobState::configuring) << name_of(t.from);
        }
    }
}

}  // namespace
}  // namespace telephony::sidecar
