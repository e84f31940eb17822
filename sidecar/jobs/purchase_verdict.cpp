// Error codes of purchases: twilio.com/docs/api/errors.
#include "jobs/purchase_verdict.hpp"

#include <algorithm>
#include <array>

#include "twilio/resources.hpp"

namespace telephony::sidecar {
namespace {

// Another number may do: not available, invalid, or not in the area of the address.
constexpr std::array unavailable_codes = {21421, 21422, 21451, 21452, 21613, 21615, 21628, 21629};

// How long to wait after a 429 that does not say.
constexpr double default_throttle_seconds = 5;

// "Account not active", whatever the status: the account may be active again.
constexpr int account_not_active_code = 20005;
// "Authenticate": no or no valid credentials.
constexpr int authentication_code = 20003;
// Twilio need not refuse the account itself as long as it refuses to sell: not one purchase after the other.
constexpr double default_refused_seconds = 60;

bool another_number_may_do(int code) {
    return std::find(unavailable_codes.begin(), unavailable_codes.end(), code) != unavailable_codes.end();
}

PurchaseVerdict ambiguous(const std::string& detail) {
    PurchaseVerdict verdict{JobEvent::ambiguous, {}};
    verdict.data["detail"] = detail;
    return verdict;
}

}  // namespace

nlohmann::json sighting(const IncomingNumber& number, const std::string& account_sid, bool own_answer) {
    nlohmann::json data;
    data["sid"] = number.sid;
    data["number"] = number.number.str();
    data["tag"] = number.friendly_name;
    data["account_sid"] = account_sid;
    data["date_created"] = nullptr;
    if (number.date_created) data["date_created"] = iso8601(*number.date_created);
    data["date_updated"] = nullptr;
    if (number.date_updated) data["date_updated"] = iso8601(*number.date_updated);
    data["own_answer"] = own_answer;
    return data;
}

bool proves_our_purchase(const IncomingNumber& number, const ClaimedJob& job) {
    return number.friendly_name == job.tag && number.date_created && job.intent_at &&
           *number.date_created >= *job.intent_at;
}

PurchaseVerdict judge_purchase(const TwilioAnswer<IncomingNumber>& answer, const ClaimedJob& job,
                               const std::string& account_sid) {
    if (answer.value && answer.value->number != *job.number)
        return ambiguous("Twilio answered with another number");
    if (answer.value) return {JobEvent::purchased, sighting(*answer.value, account_sid, true)};
    const TwilioProblem& problem = answer.problem;
    using Kind = TwilioProblem::Kind;
    const auto wait = [&problem](const Reason& reason, const char* text, double seconds) {
        PurchaseVerdict verdict{JobEvent::throttled, {}};
        verdict.data["delay_seconds"] = problem.retry_after ? in_seconds(*problem.retry_after) : seconds;
        verdict.data["reason"] = text;
        verdict.data["reason_code"] = reason.code;
        return verdict;
    };
    // None of these was processed; the job waits for valid credentials, or for its account.
    if (problem.kind == Kind::throttled)
        return wait(reasons::twilio_busy, "Twilio asks to slow down", default_throttle_seconds);
    if (problem.code == account_not_active_code)
        return wait(reasons::account_not_active, "the Twilio account is not active", default_refused_seconds);
    if (problem.status == 401 && problem.code != 0)
        return wait(reasons::credentials_refused, "Twilio refuses the credentials", default_throttle_seconds);
    if (problem.status == 403 && problem.code == authentication_code)
        return wait(reasons::credentials_refused, "Twilio refuses the credentials", default_refused_seconds);
    const bool definite =
        problem.code != 0 &&
        (problem.kind == Kind::refused || problem.kind == Kind::denied || problem.kind == Kind::not_found);
    if (!definite) return ambiguous(problem.text());
    PurchaseVerdict verdict{JobEvent::refused, {}};
    verdict.data["code"] = problem.code;
    verdict.data["message"] = problem.message;
    if (another_number_may_do(problem.code))
        verdict.event = JobEvent::unavailable;
    else
        explain_refusal(problem, verdict.data);
    return verdict;
}

void explain_refusal(const TwilioProblem& problem, nlohmann::json& data) {
    const auto say = [&](const Reason& reason, const char* text) {
        data["reason"] = text + (" (Twilio error " + std::to_string(problem.code) + ")");
        data["reason_code"] = reason.code;
    };
    switch (problem.code) {
        case 20003:
        case 20403:
        case 70051:
            return say(reasons::purchase_not_permitted,
                       "Twilio does not let these credentials buy numbers: hand in others with "
                       "set_twilio_credentials().");
        case 21404:
            return say(reasons::trial_account_full,
                       "The Twilio account is a trial account and has its one number already: upgrade it, "
                       "then ask again.");
        case 21631:
            return say(reasons::needs_address,
                       "Twilio sells this kind of number only with a registered address: register one in the "
                       "Twilio account, then ask again.");
        case 21649:
        case 21650:
        case 21651:
            return say(reasons::needs_bundle,
                       "Twilio sells this kind of number only with an approved regulatory bundle: have one "
                       "approved in the Twilio account, then ask again.");
        default:
            return say(reasons::purchase_refused, "Twilio refused the purchase.");
    }
}

}  // namespace telephony::sidecar
