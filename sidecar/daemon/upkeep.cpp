// One loop that asks, and a coroutine for each run.
#include "daemon/upkeep.hpp"

#include <algorithm>

#include "base/alert.hpp"
#include "base/logging.hpp"
#include "base/masking.hpp"
#include "base/metrics.hpp"
#include "contract/contract.hpp"

namespace telephony::sidecar {
namespace {

// How often is the database's: it says when to ask again. This only bounds what it may say, for an operator
// who makes a task due by hand.
constexpr Duration longest_wait = std::chrono::minutes(1);
// After a call that failed, or while the schema is changed.
constexpr Duration retry = std::chrono::seconds(5);

UpkeepEnd interrupted() {
    return {UpkeepOutcome::interrupted, "", ""};
}

}  // namespace

Upkeep::Upkeep(EventLoop& loop, Contract& contract, Metrics& metrics, UpkeepSettings settings,
               std::vector<UpkeepTask> tasks)
    : loop_(loop),
      contract_(contract),
      metrics_(metrics),
      settings_(std::move(settings)),
      tasks_(std::move(tasks)),
      wakeup_(loop) {}

void Upkeep::look() {
    ask_after(Duration::zero());
}

void Upkeep::drain() {
    draining_ = true;
    wakeup_.raise();
}

void Upkeep::ask_after(Duration wait) {
    const Deadline due = after(std::min(wait, longest_wait));
    if (due >= next_) return;
    next_ = due;
    wakeup_.raise();
}

Task<void> Upkeep::run() {
    while (!draining_) {
        co_await wakeup_.wait_until(next_);
        if (Clock::now() < next_ || draining_) continue;
        next_ = no_deadline;
        // Nothing is asked of a database that is away: look() is called when it is back.
        if (metrics_.health.database_ready) co_await take();
    }
}

// ---- taking

std::vector<std::string> Upkeep::free_tasks() const {
    std::vector<std::string> names;
    for (const UpkeepTask& task : tasks_) {
        // Not one that a run of ours is still at, even if its lease was lost meanwhile.
        const bool is_running = std::any_of(running_.begin(), running_.end(),
                                            [&task](const auto& run) { return run->held.task == task.name; });
        if (!is_running) names.push_back(task.name);
    }
    return names;
}

const UpkeepTask& Upkeep::task_named(const std::string& name) const {
    const auto found = std::find_if(tasks_.begin(), tasks_.end(),
                                    [&name](const UpkeepTask& task) { return task.name == name; });
    if (found == tasks_.end())
        throw ContractBroken("the database gave a task that was not asked for: " + name);
    return *found;
}

Task<void> Upkeep::take() {
    const std::vector<std::string> names = free_tasks();
    if (names.empty()) co_return;  // whichever ends first asks again
    const CallLimits limits{after(settings_.database_timeout), std::nullopt};
    taking_ = true;
    try {
        const ContractAnswer<std::vector<UpkeepStanding>> taken =
            co_await contract_.take_upkeep(settings_.worker, names, settings_.lease, limits);
        if (taken.outcome != CallOutcome::ok) log::warning("cannot take upkeep", {{"reason", taken.message}});
        if (taken.value.empty())
            ask_after(retry);
        else
            miss(names, taken.value);
        for (const UpkeepStanding& standing : taken.value) {
            note(standing);
            if (!standing.token) {
                ask_after(standing.wait);
                continue;
            }
            auto run = std::make_shared<UpkeepRun>(
                UpkeepRun{{standing.task, *standing.token}, Lease(taken.sent_at, settings_.lease), false});
            running_.push_back(run);
            loop_.spawn(work(std::move(run)));
        }
    } catch (const ContractBroken& problem) {
        log::error("cannot take upkeep", {{"reason", problem.what()}});
        ask_after(retry);
    }
    taking_ = false;
    if (idle() && on_idle) on_idle();
}

// A task without a row is done by nobody: said once.
void Upkeep::miss(const std::vector<std::string>& names, const std::vector<UpkeepStanding>& standings) {
    for (const std::string& name : names) {
        const bool is_listed = std::any_of(standings.begin(), standings.end(),
                                           [&name](const UpkeepStanding& s) { return s.task == name; });
        if (is_listed || std::find(missed_.begin(), missed_.end(), name) != missed_.end()) continue;
        missed_.push_back(name);
        log::error("the database does not list a task of upkeep", {{"task", name}});
    }
}

// What every sidecar shows of a task, whichever did it.
void Upkeep::note(const UpkeepStanding& standing) {
    metrics_.upkeep_standing(standing.task, standing.late, standing.failures, standing.overdue);
    if (const UpkeepTask& task = task_named(standing.task); task.show && !standing.result.empty())
        task.show(standing.result);
    const auto alerted = std::find(overdue_.begin(), overdue_.end(), standing.task);
    if (standing.overdue && alerted == overdue_.end()) {
        overdue_.push_back(standing.task);
        metrics_.alert(Alert::upkeep_overdue, "upkeep is not done in time",
                       {{"task", standing.task},
                        {"late", seconds_text(std::chrono::floor<std::chrono::seconds>(standing.late))},
                        {"failures", standing.failures}});
    } else if (!standing.overdue && alerted != overdue_.end()) {
        overdue_.erase(alerted);
        log::info("upkeep is done in time again", {{"task", standing.task}});
    }
}

// ---- runs

bool Upkeep::may_go_on(const UpkeepRun& run) const {
    return metrics_.health.may_work() && !run.lost && run.lease.remaining() > Duration::zero();
}

Task<void> Upkeep::work(std::shared_ptr<UpkeepRun> run) {
    const UpkeepEnd end = co_await end_of(*run);
    try {
        co_await report(*run, end);
    } catch (const std::exception& problem) {
        log::error("cannot report upkeep", {{"task", run->held.task}, {"reason", problem.what()}});
        ask_after(retry);
    }
    std::erase(running_, run);
    if (idle() && on_idle) on_idle();
}

Task<UpkeepEnd> Upkeep::end_of(const UpkeepRun& run) {
    UpkeepEnd end = interrupted();
    if (draining_) co_return end;  // told to stop while it was being taken
    const std::function<bool()> may = [this, &run] { return may_go_on(run); };
    try {
        end = co_await task_named(run.held.task).run(may);
    } catch (const std::exception& problem) {
        end = {UpkeepOutcome::failed, masked_excerpt(problem.what()), ""};
    }
    co_return end;
}

Task<void> Upkeep::report(UpkeepRun& run, const UpkeepEnd& end) {
    const CallLimits limits{after(settings_.database_timeout), std::nullopt};
    const ContractAnswer<std::optional<Duration>> reported =
        co_await contract_.finish_upkeep(run.held, end, limits);
    const bool is_reported = reported.outcome == CallOutcome::ok;
    run.lost = run.lost || (is_reported && !reported.value);
    if (end.outcome == UpkeepOutcome::failed)
        log::warning("upkeep failed", {{"task", run.held.task}, {"reason", end.problem}});
    if (run.lost)
        log::warning("upkeep fenced", {{"task", run.held.task}});
    else if (!is_reported)
        log::warning("cannot report upkeep", {{"task", run.held.task}, {"reason", reported.message}});
    else
        log::debug("upkeep", {{"task", run.held.task}, {"outcome", name_of(end.outcome)}});
    metrics_.upkeep_ended(run.held.task, run.lost ? "fenced" : name_of(end.outcome));
    ask_after(reported.value.value_or(retry));
}

// ---- leases

Task<void> Upkeep::keep_leases() {
    for (;;) {
        co_await loop_.sleep_until(after(settings_.lease / 6));
        const std::vector<std::shared_ptr<UpkeepRun>> runs = running_;  // the list changes during a renewal
        for (const std::shared_ptr<UpkeepRun>& run : runs)
            if (!run->lost && run->lease.due_for_renewal()) co_await renew(*run);
    }
}

Task<void> Upkeep::renew(UpkeepRun& run) {
    const CallLimits limits{run.lease.ends(), std::nullopt};
    const ContractAnswer<bool> renewed = co_await contract_.renew_upkeep(run.held, settings_.lease, limits);
    if (renewed.value)
        run.lease.renewed(renewed.sent_at);
    else if (renewed.outcome == CallOutcome::ok)
        run.lost = true;  // the task is told by may_go_on()
    else
        log::warning("cannot renew the lease of upkeep",
                     {{"task", run.held.task}, {"reason", renewed.message}});
}

}  // namespace telephony::sidecar
