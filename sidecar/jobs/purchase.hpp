// A purchase, state by state: what an attempt does at Twilio for it. run_attempt() calls the step of the
// state that the database last returned, so that a rescuer enters anywhere with the same code.
#pragma once

#include <optional>

#include "io/task.hpp"
#include "jobs/candidates.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {

class Attempt;

/// What this attempt has seen and done so far. It need not survive: a rescuer starts with an empty one.
struct Purchase {
    bool own_tag_listed = false;
    bool posted = false;  ///< an attempt sends the purchase of a number at most once
    CandidateSearch search;
    std::optional<IncomingNumber> bought;  ///< as Twilio answered our own purchase, voice settings included
};

/// `searching`: finds a number that Twilio sells and that no other job holds, and reports it as the
/// candidate.
Task<void> find_candidate(Attempt& attempt, Purchase& purchase);
/// `intended`: sends the purchase of the candidate, unless the account has the number already.
Task<void> buy_candidate(Attempt& attempt, Purchase& purchase);
/// `buying`, where an attempt begins: the one before may have sent the purchase or not.
Task<void> report_unfinished_purchase(Attempt& attempt);
/// `in_doubt`: looks for the number. Sends the purchase once more only where that cannot buy twice.
Task<void> resolve_doubt(Attempt& attempt, Purchase& purchase);
/// `bought`: sees to the voice settings, then the number is the organization's.
Task<void> settle_purchase(Attempt& attempt, Purchase& purchase);

}  // namespace telephony::sidecar
