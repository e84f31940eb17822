// A sweep: one account after the other is compared with the database, and what is provable is mended.
#pragma once

#include <functional>
#include <string>

#include "base/clock.hpp"
#include "io/task.hpp"

namespace telephony::sidecar {

class Contract;
class Metrics;
class OpenCredentials;

struct SweepSettings {
    Duration database_timeout{};
    /// Asked before every account: false ends the sweep.
    std::function<bool()> may_go_on;
};

struct SweepResult {
    std::string problem;    ///< why the accounts could not even be listed; empty: they were
    bool complete = false;  ///< every account had its turn
    int accounts = 0;       ///< that there are
    int not_compared = 0;   ///< of them: Twilio or the database did not answer, or refused
    int differences = 0;    ///< numbers that an operator must look at
};

/// Asks for the release of orphans and gives renamed live numbers their tag back, as `reconcile --repair`
/// does; what only an operator can mend is alerted.
Task<SweepResult> sweep_accounts(const SweepSettings& settings, Contract& contract,
                                 OpenCredentials& credentials, Metrics& metrics);

}  // namespace telephony::sidecar
