// What all attempts of a sidecar share.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "jobs/settings.hpp"
#include "numbering/e164.hpp"

namespace telephony::sidecar {

class Contract;
class EventLoop;
class Metrics;

/// What this process remembers of jobs between attempts: how long to wait, and whether it has looked once
/// already. Losing it costs time, but no number.
struct AttemptMemory {
    struct Job {
        int failures = 0;  ///< attempts in a row that ended without progress
        /// The number to be released was not found, for the first time.
        std::optional<Deadline> absent_since;
        Deadline touched{};
    };
    std::unordered_map<std::string, Job> jobs;

    Job& of(const std::string& job_id);
    void forget(const std::string& job_id) { jobs.erase(job_id); }
    /// Drops entries that were not touched for a day, of jobs that another sidecar finished.
    void prune();
};

/// Numbers that jobs of this process try to buy, or have found held: other jobs skip them. Only a hint that
/// saves calls: the database decides.
class NumbersInPlay {
  public:
    bool contains(const numbering::E164& number) const;
    /// For a minute. By then the number is bought and no longer offered, or refused.
    void add(const numbering::E164& number);
    void prune();

  private:
    std::map<numbering::E164, Deadline> until_;
};

/// What all jobs of a sidecar share.
struct JobEnvironment {
    EventLoop& loop;
    Contract& contract;
    Metrics& metrics;
    AttemptSettings settings;
    Duration absence_poll{};  ///< as hello() said
    bool draining = false;
    std::function<void(Deadline)> expect_work;  ///< a job can be claimed again at this time
    AttemptMemory memory;
    NumbersInPlay numbers_in_play;
};

}  // namespace telephony::sidecar
