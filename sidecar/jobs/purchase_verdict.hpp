// What the answer to a purchase proves: maps it to an event. Pure functions.
#pragma once

#include <nlohmann/json.hpp>

#include "contract/jobs.hpp"
#include "contract/states.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {

struct PurchaseVerdict {
    JobEvent event;
    nlohmann::json data;  ///< as advance() takes it for this event
};

/// The data of a `purchased` or `foreign` event.
nlohmann::json sighting(const IncomingNumber& number, const std::string& account_sid);

/// Judges the answer to the purchase of `job.number`, of which this was number `job.posts_sent` (counted from
/// 1): purchased, foreign, unavailable, refused, repeat_refused, throttled or ambiguous. Only an error code
/// of Twilio counts as a refusal, and only for the first purchase sent: a repetition may be refused because
/// the first one took effect (twilio.com/docs/api/errors/20500).
PurchaseVerdict judge_purchase(const TwilioAnswer<IncomingNumber>& answer, const ClaimedJob& job,
                               const std::string& account_sid);

/// True if a number was changed after it was created. A late purchase may take effect as an update of a
/// number that somebody else bought in the meantime. Such a number has our tag and is not older than the
/// intent; only this distinguishes it from one that the purchase created.
bool was_changed_since_created(const IncomingNumber& number);

/// False if a number cannot come from this job's purchase (rule PROVE_OURS): it is older than the intent by
/// more than clocks at Twilio differ, or older at all and was changed since.
bool is_not_older_than_intent(const IncomingNumber& number, const ClaimedJob& job);

/// Why Twilio refused and what to do, for the tenant; numbers masked.
std::string refusal_reason(const TwilioProblem& problem);

}  // namespace telephony::sidecar
