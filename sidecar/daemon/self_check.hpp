// Runs the self-check of the database every hour.
#pragma once

#include "base/clock.hpp"
#include "io/event_loop.hpp"
#include "io/task.hpp"

namespace telephony::sidecar {

class Contract;
class Metrics;

class SelfCheck {
  public:
    SelfCheck(EventLoop& loop, Contract& contract, Metrics& metrics, Duration database_timeout)
        : loop_(loop), contract_(contract), metrics_(metrics), database_timeout_(database_timeout) {}
    SelfCheck(const SelfCheck&) = delete;
    SelfCheck& operator=(const SelfCheck&) = delete;

    /// Until the loop ends. Failed checks are alerted and shown as a metric. Pauses in recovery
    /// mode, and while the database is away or the process drains.
    Task<void> run();

  private:
    Task<void> check();

    EventLoop& loop_;
    Contract& contract_;
    Metrics& metrics_;
    const Duration database_timeout_;
};

}  // namespace telephony::sidecar
