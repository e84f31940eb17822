// Error codes of purchases: twilio.com/docs/api/errors.
#include "jobs/purchase_verdict.hpp"

#include <algorithm>
#include <array>

namespace telephony::sidecar {
namespace {

// Another number may do: not available, invalid, or not in the area of the address.
constexpr std::array unavailable_codes = {21421, 21422, 21451, 21452, 21613, 21615, 21628, 21629};

// Intent and date_created are whole seconds of different clocks at Twilio, so that our own purchase may seem
// this much older than its intent. That holds only if it has not been changed since: a purchase of a number
// that somebody else bought just before is a change of it. is_ours() of the database allows the same two
// seconds, but does not see changes.
constexpr Duration intent_tolerance = std::chrono::seconds(2);

// How far date_created and date_updated of one purchase may be apart.
constexpr Duration longest_creation = std::chrono::seconds(2);

// How long to wait after a 429 that does not say.
constexpr double default_throttle_seconds = 5;

bool another_number_may_do(int code) {
    return std::find(unavailable_codes.begin(), unavailable_codes.end(), code) != unavailable_codes.end();
}

PurchaseVerdict ambiguous(const std::string& detail) {
    PurchaseVerdict verdict{JobEvent::ambiguous, {}};
    verdict.data["detail"] = detail;
    return verdict;
}

PurchaseVerdict judge_created(const IncomingNumber& number, const ClaimedJob& job,
                              const std::string& account_sid) {
    if (number.number != *job.number) return ambiguous("Twilio answered with another number");
    PurchaseVerdict verdict{JobEvent::purchased, sighting(number, account_sid)};
    if (number.friendly_name != job.tag) {
        verdict.event = JobEvent::foreign;
        verdict.data["detail"] = "Twilio answered with another name than the purchase gave";
    } else if (!is_not_older_than_intent(number, job)) {
        verdict.event = JobEvent::foreign;
        verdict.data["detail"] = "the number was in the account before the purchase";
    }
    return verdict;
}

}  // namespace

nlohmann::json sighting(const IncomingNumber& number, const std::string& account_sid) {
    nlohmann::json data;
    data["sid"] = number.sid;
    data["number"] = number.number.str();
    data["tag"] = number.friendly_name;
    data["account_sid"] = account_sid;
    data["date_created"] = nullptr;
    if (number.date_created) data["date_created"] = iso8601(*number.date_created);
    return data;
}

bool was_changed_since_created(const IncomingNumber& number) {
    return number.date_created && number.date_updated &&
           *number.date_updated > *number.date_created + longest_creation;
}

bool is_not_older_than_intent(const IncomingNumber& number, const ClaimedJob& job) {
    if (!number.date_created || !job.intent_at) return false;
    if (*number.date_created >= *job.intent_at) return true;
    const bool changed = number.date_updated && *number.date_updated > *number.date_created;
    return !changed && *number.date_created >= *job.intent_at - intent_tolerance;
}

PurchaseVerdict judge_purchase(const TwilioAnswer<IncomingNumber>& answer, const ClaimedJob& job,
                               const std::string& account_sid) {
    if (answer.value) return judge_created(*answer.value, job, account_sid);
    const TwilioProblem& problem = answer.problem;
    using Kind = TwilioProblem::Kind;
    // Neither a 429 nor a 401 was processed; after a 401 the job waits for valid credentials.
    const bool unauthorized = problem.status == 401 && problem.code != 0;
    if (problem.kind == Kind::throttled || unauthorized) {
        PurchaseVerdict verdict{JobEvent::throttled, {}};
        verdict.data["delay_seconds"] =
            problem.retry_after ? in_seconds(*problem.retry_after) : default_throttle_seconds;
        verdict.data["reason"] =
            unauthorized ? "Twilio refuses the credentials: " + problem.text() : "Twilio asks to slow down";
        return verdict;
    }
    const bool definite =
        problem.code != 0 &&
        (problem.kind == Kind::refused || problem.kind == Kind::denied || problem.kind == Kind::not_found);
    if (!definite) return ambiguous(problem.text());
    PurchaseVerdict verdict{JobEvent::refused, {}};
    verdict.data["code"] = problem.code;
    verdict.data["message"] = problem.message;
    if (job.posts_sent > 1) {
        verdict.event = JobEvent::repeat_refused;
    } else if (another_number_may_do(problem.code)) {
        verdict.event = JobEvent::unavailable;
    } else {
        verdict.data["reason"] = refusal_reason(problem);
    }
    return verdict;
}

std::string refusal_reason(const TwilioProblem& problem) {
    switch (problem.code) {
        case 20003:
        case 20403:
        case 70051:
            return "Twilio does not let these credentials buy numbers: hand in others with "
                   "set_twilio_credentials(). (Twilio "
                   "error " +
                   std::to_string(problem.code) + ")";
        case 21404:
            return "The Twilio account is a trial account and has its one number already: upgrade it, then "
                   "ask again. (Twilio error 21404)";
        case 21631:
            return "Twilio sells this kind of number only with a registered address: register one in the "
                   "Twilio account, then ask again. (Twilio "
                   "error 21631)";
        case 21649:
        case 21650:
        case 21651:
            return "Twilio sells this kind of number only with an approved regulatory bundle: have one "
                   "approved in the Twilio account, then ask "
                   "again. (Twilio error " +
                   std::to_string(problem.code) + ")";
        default:
            return "Twilio refused the purchase: " + problem.text();
    }
}

}  // namespace telephony::sidecar
