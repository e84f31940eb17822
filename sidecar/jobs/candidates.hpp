// Which number to try next: what Twilio offers, less what is known to be taken.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "io/task.hpp"
#include "jobs/attempt.hpp"

namespace telephony::sidecar {

/// The candidates of one attempt at one purchase: one kind of number after the other, in the job's order.
class CandidateSearch {
  public:
    struct Candidate {
        numbering::E164 number;
        const NumberKind& kind;  ///< of the job
    };
    /// The next number to claim; nothing when there is none left, or when the attempt has ended over a search
    /// that failed.
    Task<std::optional<Candidate>> next(Attempt& attempt);

    /// The candidate given last was claimed by another job.
    void claimed_by_another() { ++contested_; }
    /// The candidate given last cannot be bought, for `reason`.
    void refused(const std::string& reason) {
        ++refused_;
        ++refused_in_all_;
        last_refusal_ = reason;
    }

    /// After the last candidate: true when numbers are offered, but others are after all of them: worth
    /// trying again soon.
    bool is_contested() const { return contested_kinds_ > 0; }
    /// Why there is no number, and what to do, for the tenant.
    std::string no_number_reason(const ClaimedJob& job) const;

  private:
    Task<void> search(Attempt& attempt, const NumberKind& kind, const std::string& contains);
    Task<void> refill(Attempt& attempt, const NumberKind& kind);
    void take_offers(const std::vector<AvailableNumber>& offers, const NumbersInPlay& in_play);
    void next_kind(const AttemptSettings& settings);

    std::size_t kind_ = 0;  // of the job's kinds: the one being searched
    std::deque<numbering::E164> candidates_;
    int searches_ = 0;   // for this kind,
    int refused_ = 0;    // as these
    int contested_ = 0;  // two
    std::set<numbering::E164> tried_;
    int refused_in_all_ = 0;
    int contested_kinds_ = 0;
    std::string last_refusal_;
};

}  // namespace telephony::sidecar
