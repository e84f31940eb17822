// The numbers that a purchase tries: those that Twilio offers, without those known to be taken.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "io/task.hpp"
#include "numbering/e164.hpp"
#include "twilio/form.hpp"

namespace telephony::sidecar {

class Attempt;
class NumbersInPlay;
struct AttemptSettings;
struct AvailableNumber;
struct ClaimedJob;
struct NumberKind;

/// Of one attempt: one kind of number after the other, in the order of the job.
class CandidateSearch {
  public:
    struct Candidate {
        numbering::E164 number;
        const NumberKind& kind;  ///< of the job
    };
    /// The next number to try; nullopt if there is none left. Throws TwilioFailed if a search failed.
    Task<std::optional<Candidate>> next(Attempt& attempt);

    /// Another job holds the candidate that next() returned last.
    void held_by_another() { ++contested_; }
    /// The candidate that next() returned last cannot be bought, for `reason`.
    void refused(const std::string& reason) {
        ++refused_;
        ++refused_in_all_;
        last_refusal_ = reason;
    }

    /// After the last candidate: true if numbers are offered, but other jobs are after all of them. Then it
    /// is worth trying again soon.
    bool is_contested() const { return contested_kinds_ > 0; }
    /// Why there is no number, and what to do, for the tenant.
    std::string no_number_reason(const ClaimedJob& job) const;

  private:
    Task<void> search(Attempt& attempt, const NumberKind& kind, const FormParameters& filter);
    Task<void> refill(Attempt& attempt, const NumberKind& kind);
    void take_offers(const std::vector<AvailableNumber>& offers, const NumbersInPlay& in_play);
    void next_kind(const AttemptSettings& settings);

    // Of the kind that is being searched:
    std::size_t kind_ = 0;  // its index in the job's kinds
    std::deque<numbering::E164> candidates_;
    int searches_ = 0;
    int refused_ = 0;
    int contested_ = 0;
    // Of all kinds:
    std::set<numbering::E164> tried_;
    int refused_in_all_ = 0;
    int contested_kinds_ = 0;
    std::string last_refusal_;
};

}  // namespace telephony::sidecar
