// Which number to try next: what Twilio offers, less what is known to be taken.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "job_run.hpp"
#include "task.hpp"

namespace telephony::sidecar {

/// The candidates of one attempt at one purchase.
class CandidateSearch {
  public:
    /// The next number to claim; nothing when there is none left, or when the attempt has ended over a search
    /// that failed.
    Task<std::optional<numbering::E164>> next(JobRun& run);

    /// The candidate given last was claimed by another job.
    void claimed_by_another() { ++contested_; }
    /// The candidate given last cannot be bought, for `reason`.
    void refused(const std::string& reason) {
        ++refused_;
        last_refusal_ = reason;
    }

    /// True when numbers are offered, but others are after all of them: worth trying again soon.
    bool is_contested(const FlowSettings& settings) const {
        return contested_ > 0 && refused_ < settings.max_candidates;
    }
    /// Why there is no number, and what to do, for the tenant.
    std::string no_number_reason(const ClaimedJob& job) const;

  private:
    Task<void> search_everywhere(JobRun& run);
    Task<void> search_elsewhere(JobRun& run);
    void take_offers(const std::vector<AvailableNumber>& offers, const NumbersInPlay& in_play);

    std::string country_, type_;  // where Twilio offers numbers, once found
    std::deque<numbering::E164> candidates_;
    std::set<numbering::E164> tried_;
    std::string last_refusal_;
    int searches_ = 0;
    int refused_ = 0;
    int contested_ = 0;
};

}  // namespace telephony::sidecar
