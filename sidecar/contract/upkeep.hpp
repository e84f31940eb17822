// Tasks of upkeep as take_upkeep() gives them out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace telephony::sidecar {

/// One task as it stands in the database.
struct UpkeepStanding {
    std::string task;
    std::optional<std::int64_t> token;  ///< fencing token, if the caller was given the task
    Duration wait{};                    ///< after which it is worth asking for it again
    Duration late{};                    ///< how long it has been due without being done
    int failures = 0;                   ///< since it was last done
    bool overdue = false;               ///< so late that an operator should look
    std::string result;  ///< what was found when it was last done, as JSON; empty: not done yet
};

/// How a run ended.
enum class UpkeepOutcome {
    done,
    failed,      ///< to be tried again after a pause
    interrupted  ///< its lease ends: the next sidecar takes it at once
};

std::string_view name_of(UpkeepOutcome outcome);

struct UpkeepEnd {
    UpkeepOutcome outcome = UpkeepOutcome::done;
    std::string problem;  ///< why it failed, numbers masked
    std::string result;   ///< what was found, as JSON; empty: nothing to tell
};

/// A lease on a task.
struct UpkeepLease {
    std::string task;
    std::int64_t token = 0;
};

}  // namespace telephony::sidecar
