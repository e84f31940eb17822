// Entries end by themselves.
#include "jobs/environment.hpp"

namespace telephony::sidecar {

AttemptMemory::Job& AttemptMemory::of(const std::string& job_id) {
    Job& job = jobs[job_id];
    job.touched = Clock::now();
    return job;
}

void AttemptMemory::prune() {
    const Deadline limit = Clock::now() - std::chrono::hours(24);
    std::erase_if(jobs, [limit](const auto& entry) { return entry.second.touched < limit; });
}

bool NumbersInPlay::contains(const numbering::E164& number) const {
    const auto found = until_.find(number);
    return found != until_.end() && found->second > Clock::now();
}

void NumbersInPlay::add(const numbering::E164& number) {
    until_[number] = after(std::chrono::minutes(1));
}

void NumbersInPlay::prune() {
    const Deadline now = Clock::now();
    std::erase_if(until_, [now](const auto& entry) { return entry.second <= now; });
}

}  // namespace telephony::sidecar
