// What a running telephonyd does by itself every hour: sweeps of the accounts, and the database's self-check.
#pragma once

#include "base/metrics.hpp"
#include "commands/configuration.hpp"
#include "contract/contract.hpp"
#include "credentials/open.hpp"
#include "io/event_loop.hpp"
#include "reconcile/comparison.hpp"

namespace telephony::sidecar {

class Upkeep {
  public:
    Upkeep(EventLoop& loop, Contract& contract, OpenCredentials& credentials, Metrics& metrics,
           const Configuration& configuration);
    Upkeep(const Upkeep&) = delete;
    Upkeep& operator=(const Upkeep&) = delete;

    /// Until the loop ends: every sweep-interval, jittered, one account after the other is compared with the
    /// database and mended as by `reconcile --repair`; what only a person can mend is alerted. Nothing in
    /// recovery mode, or while the database is away or the process drains.
    Task<void> sweep_accounts();
    /// Until the loop ends: every hour the database checks itself; what it finds is alerted and shown as a
    /// metric.
    Task<void> check_database();

  private:
    Task<void> sweep();
    Task<void> sweep_account(const AccountToOpen& account);
    Task<void> check();
    bool may_work() const;

    EventLoop& loop_;
    Contract& contract_;
    OpenCredentials& credentials_;
    Metrics& metrics_;
    const Configuration& configuration_;
};

}  // namespace telephony::sidecar
