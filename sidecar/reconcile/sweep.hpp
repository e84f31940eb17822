// Periodically compares all accounts with the database, and repairs what is provable.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "io/event_loop.hpp"
#include "io/task.hpp"

namespace telephony::sidecar {

class Contract;
class Metrics;
class OpenCredentials;
struct AccountToOpen;

struct SweepSettings {
    std::string installation;
    Duration interval{};  ///< between two sweeps, jittered; zero: never
    Duration database_timeout{};
};

class Sweep {
  public:
    Sweep(EventLoop& loop, Contract& contract, OpenCredentials& credentials, Metrics& metrics,
          SweepSettings settings);
    Sweep(const Sweep&) = delete;
    Sweep& operator=(const Sweep&) = delete;

    /// Until the loop ends: once an interval, one account after the other is compared with the database and
    /// repaired as by `reconcile --repair`; other differences are alerted. Pauses in recovery mode,
    /// and while the database is away or the process drains.
    Task<void> run();

  private:
    Task<void> sweep();
    Task<void> sweep_account(const AccountToOpen& account);

    EventLoop& loop_;
    Contract& contract_;
    OpenCredentials& credentials_;
    Metrics& metrics_;
    const SweepSettings settings_;
};

}  // namespace telephony::sidecar
