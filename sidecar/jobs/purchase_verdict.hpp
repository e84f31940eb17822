// What the answer to a purchase proves: the one place where a POST's outcome becomes an event. Pure.
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
/// 1): purchased, foreign, unavailable, refused, repeat_refused, throttled or ambiguous. Only Twilio's own
/// words count as a refusal, and only for the first purchase sent: a repetition may be refused because the
/// first one was made (twilio.com/docs/api/errors/20500).
PurchaseVerdict judge_purchase(const TwilioAnswer<IncomingNumber>& answer, const ClaimedJob& job,
                               const std::string& account_sid);

/// True when Twilio says that a number was changed after it was created. A purchase that came late may have
/// taken effect as an update of a number that somebody bought since: it carries our tag then, is not older
/// than the intent, and only this tells it from one that the purchase created.
bool was_changed_since_created(const IncomingNumber& number);

/// True when a number can come from this job's purchase; false when it is older than the intent (rule 3) by
/// more than clocks at Twilio may differ, or at all if it was changed since.
bool is_not_older_than_intent(const IncomingNumber& number, const ClaimedJob& job);

/// Why Twilio refused, for the tenant, with what to do; numbers masked.
std::string refusal_reason(const TwilioProblem& problem);

}  // namespace telephony::sidecar
