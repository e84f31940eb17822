// The state machine as telephonyd prints it.
#include "commands/states.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "contract/states.hpp"

namespace telephony::sidecar {
namespace {

using ::testing::HasSubstr;

// The row of `event` in state `from`.
nlohmann::json row_of(const nlohmann::json& rows, const char* from, const char* event) {
    const auto found = std::find_if(rows.begin(), rows.end(), [from, event](const nlohmann::json& row) {
        return row.at("from") == from && row.at("event") == event;
    });
    return found == rows.end() ? nlohmann::json() : *found;
}

TEST(States, EveryExportHoldsEveryTransition) {
    const auto rows = nlohmann::json::parse(states_as_json());
    ASSERT_EQ(rows.size(), job_transitions.size() + call_transitions.size());
    const auto start = row_of(rows, "queued", "start");
    EXPECT_EQ(start["to"], "searching");
    EXPECT_TRUE(start["to_if_cancelled"].is_null());
    EXPECT_EQ(row_of(rows, "searching", "candidate")["to_if_cancelled"], "cancelled");
    EXPECT_THAT(states_as_mermaid(),
                HasSubstr("    intended --> buying: send\n    intended --> cancelled: send (cancelled)\n"));
    EXPECT_THAT(states_as_table(), HasSubstr("in_doubt   resend"));
    for (const JobTransition& t : job_transitions) {
        const auto row =
            row_of(rows, std::string(name_of(t.from)).c_str(), std::string(name_of(t.event)).c_str());
        EXPECT_EQ(row["to"], name_of(t.to)) << name_of(t.from) << " " << name_of(t.event);
    }
    const auto send = row_of(rows, "preparing", "send");
    EXPECT_EQ(send["machine"], "call");
    EXPECT_EQ(send["to"], "placing");
    EXPECT_THAT(states_as_mermaid(), HasSubstr("    preparing --> placing: send\n"));
}

}  // namespace
}  // namespace telephony::sidecar
