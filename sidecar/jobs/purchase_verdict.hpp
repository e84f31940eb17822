// What Twilio answered to a purchase, as an event. Pure functions. Whose the number is, and whether a refusal
// proves anything, the database judges.
#pragma once

#include <nlohmann/json.hpp>

#include "contract/jobs.hpp"
#include "contract/states.hpp"
#include "twilio/answer.hpp"

namespace telephony::sidecar {

struct IncomingNumber;

struct PurchaseVerdict {
    JobEvent event;
    nlohmann::json data;  ///< as advance() takes it for this event
};

/// The data of a `purchased` event: what Twilio shows of a number. `own_answer`: in its answer to the
/// purchase.
nlohmann::json sighting(const IncomingNumber& number, const std::string& account_sid, bool own_answer);

/// Reads the answer to the purchase of `job.number`: purchased, unavailable, refused, throttled or ambiguous.
/// Only an error code of Twilio counts as a refusal.
PurchaseVerdict judge_purchase(const TwilioAnswer<IncomingNumber>& answer, const ClaimedJob& job,
                               const std::string& account_sid);

/// True if the answer alone proves that the purchase made the number: our tag, and created no earlier than
/// the intent. Stricter than the database, which forgives the clocks of Twilio two seconds: only what is
/// proven without it may be undone without it (rules PROVE_OURS and ROLLBACK_IN_LEASE).
bool proves_our_purchase(const IncomingNumber& number, const ClaimedJob& job);

/// Puts into `data` why Twilio refused and what to do, for the tenant, in words of ours: `reason` and
/// `reason_code`.
void explain_refusal(const TwilioProblem& problem, nlohmann::json& data);

}  // namespace telephony::sidecar
