// Upkeep: what all running sidecars do by themselves, once between all of them. The database says which task
// is due and gives it to one of them; this asks, has it done, keeps the lease and reports the end.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "contract/upkeep.hpp"
#include "io/event_loop.hpp"
#include "jobs/lease.hpp"

namespace telephony::sidecar {

class Contract;
class Metrics;

/// One run of a task under one lease.
struct UpkeepRun {
    UpkeepLease held;
    Lease lease;
    bool lost = false;  ///< the database says that the task is no longer ours
};

/// What a task is: its row in telephony_internal.upkeep, and what a sidecar does for it.
struct UpkeepTask {
    std::string name;
    /// Does it once; asks `may_go_on` between steps and ends interrupted where it says no.
    std::function<Task<UpkeepEnd>(const std::function<bool()>& may_go_on)> run;
    /// Shows the result of the last run, whichever sidecar it was; empty: there is nothing to show.
    std::function<void(const std::string& result)> show;
};

struct UpkeepSettings {
    std::string worker;
    Duration lease{};
    Duration database_timeout{};
};

class Upkeep {
  public:
    Upkeep(EventLoop& loop, Contract& contract, Metrics& metrics, UpkeepSettings settings,
           std::vector<UpkeepTask> tasks);
    Upkeep(const Upkeep&) = delete;
    Upkeep& operator=(const Upkeep&) = delete;

    /// Asks for what is due when the database said it would be, until drain().
    Task<void> run();
    /// Renews the leases of what is being done, until the loop ends.
    Task<void> keep_leases();

    /// Asks at once: the database is back, or out of recovery mode.
    void look();
    /// Takes nothing more; what is under way ends its lease at its next step.
    void drain();
    /// Nothing is under way.
    bool idle() const noexcept { return !taking_ && running_.empty(); }
    /// Called when the last run has ended.
    std::function<void()> on_idle;

  private:
    Task<void> take();
    Task<void> work(std::shared_ptr<UpkeepRun> run);
    Task<UpkeepEnd> end_of(const UpkeepRun& run);
    Task<void> report(UpkeepRun& run, const UpkeepEnd& end);
    Task<void> renew(UpkeepRun& run);
    bool may_go_on(const UpkeepRun& run) const;
    std::vector<std::string> free_tasks() const;
    const UpkeepTask& task_named(const std::string& name) const;
    void miss(const std::vector<std::string>& names, const std::vector<UpkeepStanding>& standings);
    void note(const UpkeepStanding& standing);
    void ask_after(Duration wait);

    EventLoop& loop_;
    Contract& contract_;
    Metrics& metrics_;
    const UpkeepSettings settings_;
    const std::vector<UpkeepTask> tasks_;
    Wakeup wakeup_;
    Deadline next_ = no_deadline;
    std::vector<std::shared_ptr<UpkeepRun>> running_;
    std::vector<std::string> overdue_;  ///< alerted
    std::vector<std::string> missed_;   ///< not listed by the database, and said so
    bool taking_ = false;
    bool draining_ = false;
};

}  // namespace telephony::sidecar
