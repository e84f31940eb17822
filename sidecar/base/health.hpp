// What /healthz and /readyz answer from.
#pragma once

#include <atomic>

#include "base/clock.hpp"

namespace telephony::sidecar {

/// Written by the loop, read by the status thread.
struct Health {
    std::atomic<Clock::rep> last_turn{0};  ///< Clock time of the last sign of life of the loop
    std::atomic<bool> database_ready{false};
    std::atomic<bool> paused{false};  ///< the database answers, but does not speak our contract
    std::atomic<bool> recovery_mode{false};
    std::atomic<bool> draining{false};

    /// True if periodic work may begin: the database is ready, not in recovery mode, and the process does not
    /// drain.
    bool may_work() const { return database_ready && !recovery_mode && !draining; }
};

}  // namespace telephony::sidecar
