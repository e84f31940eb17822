// The names of alerts, and their series.
#include "base/alert.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/metrics.hpp"

namespace telephony::sidecar {
namespace {

using ::testing::HasSubstr;

TEST(Alert, EachHasItsNameAndASeriesFromTheStart) {
    EXPECT_EQ(name_of(Alert::settle_unconfirmed), "settle_unconfirmed");
    EXPECT_EQ(name_of(Alert::upkeep_overdue), "upkeep_overdue");
    const std::string text = Metrics().render();
    for (const std::string_view name : alert_names)
        EXPECT_THAT(text, HasSubstr("telephonyd_alerts_total{alert=\"" + std::string(name) + "\"} 0"));
}

TEST(Metrics, SeriesAreThereFromTheStartOrFromTheirFirstCount) {
    constexpr std::array<std::string_view, 1> operations = {"buy"};
    constexpr std::array<std::string_view, 1> states = {"done"};
    constexpr std::array<std::string_view, 1> verdicts = {"verified"};
    Metrics metrics({operations, states, verdicts});
    for (const char* line : {"telephonyd_twilio_requests_total{operation=\"buy\",outcome=\"no_answer\"} 0",
                             "telephonyd_job_attempts_total{state=\"done\"} 0",
                             "telephonyd_credential_verdicts_total{verdict=\"verified\"} 0",
                             "telephonyd_self_checks{result=\"failed\"} 0"})
        EXPECT_THAT(metrics.render(), HasSubstr(line));
    metrics.job_ended("done");
    metrics.job_ended("failed");
    metrics.job_ended("failed");
    metrics.self_checked(9, 2);
    metrics.upkeep_standing("fold_counts", std::chrono::seconds(400), 3, true);
    metrics.upkeep_ended("fold_counts", "failed");
    for (const char* line :
         {"telephonyd_job_attempts_total{state=\"done\"} 1",
          "telephonyd_job_attempts_total{state=\"failed\"} 2", "telephonyd_self_checks{result=\"all\"} 9",
          "telephonyd_self_checks{result=\"failed\"} 2",
          "telephonyd_upkeep_late_seconds{task=\"fold_counts\"} 400",
          "telephonyd_upkeep_failures{task=\"fold_counts\"} 3",
          "telephonyd_upkeep_overdue{task=\"fold_counts\"} 1",
          "telephonyd_upkeep_runs_total{outcome=\"failed\",task=\"fold_counts\"} 1"})
        EXPECT_THAT(metrics.render(), HasSubstr(line));
}

}  // namespace
}  // namespace telephony::sidecar
