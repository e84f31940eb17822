// The ten rules (docs/architecture.md) stand above this file; a rule is named where it decides.
#include "jobs/purchase.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/alert.hpp"
#include "base/backoff.hpp"
#include "base/logging.hpp"
#include "base/metrics.hpp"
#include "contract/contract.hpp"
#include "jobs/attempt.hpp"
#include "jobs/purchase_verdict.hpp"
#include "jobs/release.hpp"
#include "jobs/rollback.hpp"
#include "jobs/voice_settings.hpp"

namespace telephony::sidecar {
namespace {

using nlohmann::json;

constexpr Duration voice_delay = std::chrono::minutes(1);
constexpr Backoff resend_backoff{std::chrono::seconds(2), std::chrono::seconds(30)};

// Reports a number that Twilio shows; whose it is the database judges (rule PROVE_OURS). If it is the answer
// to our own purchase, a lost database may mean undoing it (rule ROLLBACK_IN_LEASE); a number found in a list
// is kept in any case.
Task<void> record_purchase(Attempt& attempt, Purchase& purchase, const IncomingNumber& number,
                           bool own_answer) {
    const json data = sighting(number, attempt.twilio().account_sid(), own_answer);
    attempt.job().number_sid = number.sid;
    const auto log_purchase = [&attempt, &number] {
        log::info(
            "purchased",
            {{"job", attempt.job().job_id}, {"number", numbering::mask(number.number)}, {"sid", number.sid}});
    };
    if (own_answer) log_purchase();
    CallLimits limits{attempt.lease().ends(), std::nullopt};
    if (own_answer) limits.lost_for = attempt.environment().settings.rollback_after;
    const Attempt::Reported reported = co_await attempt.report_within(JobEvent::purchased, data, limits);
    if (reported == Attempt::Reported::accepted) {
        attempt.job().number = number.number;
        if (own_answer) purchase.bought = number;
        if (!own_answer && attempt.state() != JobState::conflict) log_purchase();
    } else if (reported == Attempt::Reported::not_sent && own_answer) {
        co_await roll_back(attempt, number);
    } else if (reported == Attempt::Reported::not_sent) {
        attempt.drop("the database stayed away until the lease ended");
    }
}

const IncomingNumber* find_number(const std::vector<IncomingNumber>& list, const numbering::E164& number) {
    const auto found = std::find_if(list.begin(), list.end(),
                                    [&number](const IncomingNumber& n) { return n.number == number; });
    return found == list.end() ? nullptr : &*found;
}

// Rule INTENT_FIRST: before any search or purchase an attempt lists its own tag. True if nothing was found
// and the attempt goes on.
Task<bool> own_tag_is_unused(Attempt& attempt, Purchase& purchase) {
    if (purchase.own_tag_listed) co_return true;
    TwilioAnswer<std::vector<IncomingNumber>> answer =
        co_await attempt.twilio().list_by_tag(attempt.job().tag);
    const std::vector<IncomingNumber>& tagged = needed(answer);
    purchase.own_tag_listed = true;
    if (tagged.empty()) co_return true;
    // An earlier attempt bought it, for this candidate or for one given up since.
    const IncomingNumber* const wanted =
        attempt.job().number ? find_number(tagged, *attempt.job().number) : nullptr;
    const IncomingNumber& found = wanted ? *wanted : tagged.front();
    co_await record_purchase(attempt, purchase, found, false);
    co_return false;
}

// True if, in addition, nobody has asked for a cancel: only after such a look may a cancel end the job (rule
// CANCEL_IS_RELEASE).
Task<bool> still_to_buy(Attempt& attempt, Purchase& purchase) {
    const bool unused = co_await own_tag_is_unused(attempt, purchase);
    if (!unused || !attempt.cancel_requested()) co_return unused;
    co_await attempt.report(JobEvent::cancel);
    co_return false;
}

// What the number is to carry: how it answers, and what the regulations for its kind want.
FormParameters purchase_settings(const ClaimedJob& job) {
    FormParameters settings = job.voice;
    for (const NumberKind& kind : job.kinds) {
        if (kind.country != job.number_country || kind.type != job.number_type) continue;
        if (!kind.address_sid.empty()) settings.emplace_back("AddressSid", kind.address_sid);
        if (!kind.bundle_sid.empty()) settings.emplace_back("BundleSid", kind.bundle_sid);
    }
    return settings;
}

// Sends the purchase that `send` or `resend` has just committed, and reports what the answer proves.
Task<void> post_purchase(Attempt& attempt, Purchase& purchase) {
    ClaimedJob& job = attempt.job();
    purchase.posted = true;
    const AttemptSettings& limits = attempt.environment().settings;
    const Deadline not_after = attempt.send_by(limits.purchase_needs() - limits.request_timeout);
    if (Clock::now() > not_after) {
        attempt.drop("the lease became too short between the intent and the purchase");
        co_return;
    }
    log::info("purchase posted",
              {{"job", job.job_id}, {"number", attempt.masked_number()}, {"post", job.posts_sent}});
    const FormParameters wanted = purchase_settings(job);
    const TwilioAnswer<IncomingNumber> answer =
        co_await attempt.twilio().buy(*job.number, job.tag, wanted, not_after);
    const PurchaseVerdict verdict = judge_purchase(answer, job, attempt.twilio().account_sid());
    if (verdict.event == JobEvent::purchased) {
        co_await record_purchase(attempt, purchase, *answer.value, true);
        co_return;
    }
    log::warning("purchase not confirmed", {{"job", job.job_id},
                                            {"number", attempt.masked_number()},
                                            {"event", name_of(verdict.event)},
                                            {"code", answer.problem.code},
                                            {"reason", answer.problem.message}});
    const bool goes_on = co_await attempt.report(verdict.event, verdict.data);
    if (goes_on && attempt.state() == JobState::searching) purchase.search.refused(answer.problem.shown());
}

// Commits the intent, with Twilio's own clock from the list just before, then sends the purchase. The lease
// must hold for it, the wait for a lost database, and the undoing.
Task<void> commit_and_post(Attempt& attempt, Purchase& purchase, JobEvent event,
                           const std::optional<Timestamp>& server_date) {
    if (!server_date) {
        co_await attempt.postpone(reasons::twilio_unavailable.code,
                                  "Twilio's answer does not say what time it is there");
        co_return;
    }
    const bool ours = co_await attempt.hold_lease(attempt.environment().settings.purchase_needs());
    if (!ours) co_return;
    json data;
    data["number"] = attempt.job().number->str();
    data["server_date"] = iso8601(*server_date);
    const bool goes_on = co_await attempt.report(event, data);
    if (goes_on && attempt.state() == JobState::buying) co_await post_purchase(attempt, purchase);
}

void take_candidate(Attempt& attempt, const CandidateSearch::Candidate& candidate) {
    ClaimedJob& job = attempt.job();
    job.number = candidate.number;
    job.number_country = candidate.kind.country;
    job.number_type = candidate.kind.type;
    job.account_sid = attempt.twilio().account_sid();
}

}  // namespace

Task<void> find_candidate(Attempt& attempt, Purchase& purchase) {
    const bool wanted = co_await still_to_buy(attempt, purchase);
    if (!wanted) co_return;
    for (;;) {
        const std::optional<CandidateSearch::Candidate> candidate = co_await purchase.search.next(attempt);
        if (!candidate) break;
        json data;
        data["number"] = candidate->number.str();
        data["number_country"] = candidate->kind.country;
        data["number_type"] = candidate->kind.type;
        data["account_sid"] = attempt.twilio().account_sid();
        const bool goes_on = co_await attempt.report(JobEvent::candidate, data);
        if (!goes_on) co_return;
        if (attempt.state() == JobState::intended) {
            take_candidate(attempt, *candidate);
            purchase.posted = false;
            co_return;
        }
        purchase.search.held_by_another();
    }
    if (purchase.search.is_contested()) {
        co_await attempt.postpone(reasons::numbers_contested.code,
                                  "all numbers that Twilio offers at the moment are held by other purchases");
        co_return;
    }
    json data;
    data["reason"] = purchase.search.no_number_reason(attempt.job());
    data["reason_code"] =
        (attempt.job().kinds.empty() ? reasons::needs_bundle : reasons::no_number_found).code;
    co_await attempt.report(JobEvent::no_number, data);
}

Task<void> buy_candidate(Attempt& attempt, Purchase& purchase) {
    const bool wanted = co_await still_to_buy(attempt, purchase);
    if (!wanted) co_return;
    if (attempt.job().voice.empty()) {
        co_await attempt.postpone(
            reasons::no_voice_settings.code,
            "there are no voice settings to buy a number with: the operator must call set_voice_settings()",
            voice_delay);
        co_return;
    }
    // A purchase of a number that the account already has would be an update of somebody else's number.
    TwilioAnswer<std::vector<IncomingNumber>> answer =
        co_await attempt.twilio().list_by_number(*attempt.job().number);
    const std::vector<IncomingNumber>& owned = needed(answer);
    if (!owned.empty() && owned.front().friendly_name == attempt.job().tag) {
        co_await record_purchase(attempt, purchase, owned.front(), false);
        co_return;
    }
    if (!owned.empty()) {
        purchase.search.refused("the account has it already");
        co_await attempt.report(JobEvent::taken);
        co_return;
    }
    co_await commit_and_post(attempt, purchase, JobEvent::send, answer.server_date);
}

Task<void> report_unfinished_purchase(Attempt& attempt) {
    json data;
    data["detail"] = "the sidecar that sent the purchase did not report its answer";
    co_await attempt.report(JobEvent::ambiguous, data);
}

Task<void> resolve_doubt(Attempt& attempt, Purchase& purchase) {
    const ClaimedJob& job = attempt.job();
    TwilioAnswer<std::vector<IncomingNumber>> by_tag = co_await attempt.twilio().list_by_tag(job.tag);
    const std::vector<IncomingNumber>& tagged = needed(by_tag);
    TwilioAnswer<std::vector<IncomingNumber>> by_number =
        co_await attempt.twilio().list_by_number(*job.number);
    const std::vector<IncomingNumber>& owned = needed(by_number);
    // The lists are read one after the other, so the number may be in either of them alone.
    const IncomingNumber* found = find_number(tagged, *job.number);
    if (!found) found = find_number(owned, *job.number);
    if (!found && !tagged.empty()) {
        // A candidate given up before came late: it is ours, and a second one is not bought beside it.
        co_await record_purchase(attempt, purchase, tagged.front(), false);
        co_return;
    }
    if (found) {
        co_await record_purchase(attempt, purchase, *found, false);
        co_return;
    }
    if (job.may_resend && purchase.posted) {
        co_await attempt.postpone(reasons::purchase_unanswered.code,
                                  "the purchase was not answered: looking again before it is repeated",
                                  resend_backoff.base + resend_backoff.delay(job.posts_sent));
        co_return;
    }
    if (job.may_resend) {
        co_await commit_and_post(attempt, purchase, JobEvent::resend, by_number.server_date);
        co_return;
    }
    co_await attempt.report(JobEvent::not_seen);
    purchase = Purchase();  // if the number is now taken to be absent, the search begins anew
}

Task<void> settle_purchase(Attempt& attempt, Purchase& purchase) {
    if (!purchase.bought) {
        TwilioAnswer<IncomingNumber> found = co_await attempt.twilio().get(attempt.job().number_sid);
        if (!found.value && found.problem.kind == TwilioProblem::Kind::not_found) {
            co_await confirm_absence(attempt, JobEvent::gone);
            co_return;
        }
        purchase.bought = std::move(needed(found));
    }
    if (!voice_settings_match(*purchase.bought, attempt.job().voice) && !attempt.cancel_requested()) {
        const bool ours = co_await attempt.hold_lease(attempt.environment().settings.request_timeout);
        if (!ours) co_return;
        TwilioAnswer<IncomingNumber> changed =
            co_await attempt.twilio().update(attempt.job().number_sid, attempt.job().voice);
        purchase.bought = std::move(needed(changed));
        if (!voice_settings_match(*purchase.bought, attempt.job().voice)) {
            attempt.environment().metrics.alert(
                Alert::voice_settings, "Twilio does not keep the voice settings",
                {{"job", attempt.job().job_id}, {"sid", attempt.job().number_sid}});
            co_await attempt.postpone(reasons::voice_settings_lost.code,
                                      "the number was bought, but Twilio does not keep its voice settings");
            co_return;
        }
    }
    const json data = voice_data(attempt.job().voice);
    co_await attempt.report(JobEvent::settle, data);
}

}  // namespace telephony::sidecar
