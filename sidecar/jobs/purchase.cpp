// A purchase, state by state. DESIGN 8 and its ten rules stand above this file; the rule is named where one
// decides.
#include "jobs/purchase.hpp"

#include <algorithm>

#include "base/alert.hpp"
#include "base/backoff.hpp"
#include "base/logging.hpp"
#include "base/metrics.hpp"
#include "jobs/candidates.hpp"
#include "jobs/purchase_verdict.hpp"
#include "jobs/release.hpp"
#include "jobs/rollback.hpp"
#include "jobs/voice_settings.hpp"

namespace telephony::sidecar {
namespace {

using nlohmann::json;

// What this attempt has seen and done so far. Nothing of it must survive: a rescuer starts with an empty one.
struct Purchase {
    bool own_tag_listed = false;
    bool posted = false;  // an attempt sends the purchase of a number at most once
    CandidateSearch search;
    std::optional<IncomingNumber> bought;  // as Twilio answered our own purchase, voice settings included
};

constexpr Duration voice_delay = std::chrono::minutes(1);
constexpr Backoff resend_backoff{std::chrono::seconds(2), std::chrono::seconds(30)};

// What stands in the way of any request for this job: shutting down, no credentials, or not usable ones.
// Then the job is put back.
Task<bool> may_go_on(Attempt& attempt) {
    JobEnvironment& environment = attempt.environment();
    std::optional<Duration> delay = Duration::zero();
    if (environment.draining) {
        const std::string reason = "the sidecar is shutting down";
        co_await attempt.postpone(reason, delay);
        co_return false;
    }
    const std::optional<CredentialGate::Blocked> blocked = co_await attempt.gate().make_ready();
    if (!blocked) co_return true;
    delay = blocked->delay;
    co_await attempt.postpone(blocked->reason, delay);
    co_return false;
}

// Reports a number that carries our tag. For the answer to our own purchase a lost database may mean undoing
// it (rule 5); a number found in a list is kept in any case.
Task<void> record_purchase(Attempt& attempt, Purchase& purchase, const IncomingNumber& number,
                           bool own_answer) {
    json data = sighting(number, attempt.twilio().account_sid());
    if (!number.date_created) {
        // Nothing proves when it came to the account, and asking again would not change that.
        data["detail"] = "Twilio does not say when the number was created";
        co_await attempt.report(JobEvent::foreign, data);
        co_return;
    }
    // A repeated purchase changes what the first one bought.
    if (!own_answer && attempt.job().posts_sent <= 1 && was_changed_since_created(number)) {
        data["detail"] =
            "carries our tag, but was changed after it was bought: perhaps somebody else's, on which a late "
            "purchase took effect";
        co_await attempt.report(JobEvent::foreign, data);
        co_return;
    }
    attempt.job().number_sid = number.sid;
    log::info(
        "purchased",
        {{"job", attempt.job().job_id}, {"number", numbering::mask(number.number)}, {"sid", number.sid}});
    CallLimits limits{attempt.lease().ends(), std::nullopt};
    if (own_answer) limits.lost_for = attempt.environment().settings.rollback_after;
    const Attempt::Told told = co_await attempt.tell(JobEvent::purchased, data, limits);
    if (told == Attempt::Told::accepted) {
        attempt.job().number = number.number;
        if (own_answer) purchase.bought = number;
    } else if (told == Attempt::Told::not_sent && own_answer) {
        co_await roll_back(attempt, number);
    } else if (told == Attempt::Told::not_sent) {
        attempt.drop("the database stayed away until the lease ended");
    }
}

const IncomingNumber* find_number(const std::vector<IncomingNumber>& list, const numbering::E164& number) {
    const auto found = std::find_if(list.begin(), list.end(),
                                    [&number](const IncomingNumber& n) { return n.number == number; });
    return found == list.end() ? nullptr : &*found;
}

// Rule 2: before any search or purchase an attempt lists its own tag. True when nothing was found and the
// attempt goes on.
Task<bool> own_tag_is_unused(Attempt& attempt, Purchase& purchase) {
    if (purchase.own_tag_listed) co_return true;
    const TwilioAnswer<std::vector<IncomingNumber>> tagged =
        co_await attempt.twilio().list_by_tag(attempt.job().tag);
    if (!tagged.value) {
        co_await attempt.postpone(tagged.problem);
        co_return false;
    }
    purchase.own_tag_listed = true;
    if (tagged.value->empty()) co_return true;
    // An earlier attempt bought it, for this candidate or for one given up since.
    const IncomingNumber* const wanted =
        attempt.job().number ? find_number(*tagged.value, *attempt.job().number) : nullptr;
    const IncomingNumber& found = wanted ? *wanted : tagged.value->front();
    co_await record_purchase(attempt, purchase, found, false);
    co_return false;
}

// The same, and nobody has cancelled: that ends a job only after such a look.
Task<bool> still_to_buy(Attempt& attempt, Purchase& purchase) {
    const bool unused = co_await own_tag_is_unused(attempt, purchase);
    if (!unused || !attempt.cancel_requested()) co_return unused;
    const json nothing = json::object();
    co_await attempt.report(JobEvent::cancel, nothing);
    co_return false;
}

// ---- searching: find a number that Twilio sells and nobody here has claimed

Task<void> find_candidate(Attempt& attempt, Purchase& purchase) {
    const bool wanted = co_await still_to_buy(attempt, purchase);
    if (!wanted) co_return;
    for (;;) {
        const std::optional<CandidateSearch::Candidate> candidate = co_await purchase.search.next(attempt);
        if (attempt.ended()) co_return;
        if (!candidate) break;
        json data;
        data["number"] = candidate->number.str();
        data["number_country"] = candidate->kind.country;
        data["number_type"] = candidate->kind.type;
        data["account_sid"] = attempt.twilio().account_sid();
        const bool goes_on = co_await attempt.report(JobEvent::candidate, data);
        if (!goes_on) co_return;
        if (attempt.state() == JobState::intended) {
            ClaimedJob& job = attempt.job();
            job.number = candidate->number;
            job.number_country = candidate->kind.country;
            job.number_type = candidate->kind.type;
            job.account_sid = attempt.twilio().account_sid();
            job.posts_sent = 0;
            job.repeat_refused = false;
            job.intent_at.reset();
            purchase.posted = false;
            co_return;
        }
        purchase.search.claimed_by_another();
    }
    if (purchase.search.is_contested()) {
        const std::string reason =
            "all numbers that Twilio offers at the moment are claimed by other purchases";
        co_await attempt.postpone(reason, std::nullopt);
        co_return;
    }
    json data;
    data["reason"] = purchase.search.no_number_reason(attempt.job());
    co_await attempt.report(JobEvent::no_number, data);
}

// ---- intended and buying: the purchase itself

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
    if (verdict.event == JobEvent::unavailable) purchase.search.refused(answer.problem.text());
    if (verdict.event == JobEvent::repeat_refused) job.repeat_refused = true;
    co_await attempt.report(verdict.event, verdict.data);
    if (verdict.event == JobEvent::throttled)
        attempt.environment().expect_work(
            after(from_seconds(verdict.data.at("delay_seconds").get<double>())));
}

// Commits the intent, with Twilio's own clock from the list just before, then sends the purchase. The lease
// must hold for it, the wait for a lost database, and the undoing.
Task<void> commit_and_post(Attempt& attempt, Purchase& purchase, JobEvent event,
                           const std::optional<Timestamp>& server_date) {
    if (!server_date) {
        const std::string reason = "Twilio's answer does not say what time it is there";
        co_await attempt.postpone(reason, std::nullopt);
        co_return;
    }
    const bool ours = co_await attempt.hold_lease(attempt.environment().settings.purchase_needs());
    if (!ours) co_return;
    json data;
    data["server_date"] = iso8601(*server_date);
    const bool goes_on = co_await attempt.report(event, data);
    if (!goes_on) co_return;
    if (attempt.state() != JobState::buying) {
        attempt.job().cancel_requested = true;  // in doubt, the only other way
        co_return;
    }
    ++attempt.job().posts_sent;
    if (!attempt.job().intent_at) attempt.job().intent_at = server_date;
    co_await post_purchase(attempt, purchase);
}

Task<void> buy_candidate(Attempt& attempt, Purchase& purchase) {
    const bool wanted = co_await still_to_buy(attempt, purchase);
    if (!wanted) co_return;
    if (attempt.job().voice.empty()) {
        const std::string reason =
            "there are no voice settings to buy a number with: the operator must call set_voice_settings()";
        const std::optional<Duration> delay = voice_delay;
        co_await attempt.postpone(reason, delay);
        co_return;
    }
    // A purchase of a number that the account already has would be an update of somebody else's number.
    const TwilioAnswer<std::vector<IncomingNumber>> owners =
        co_await attempt.twilio().list_by_number(*attempt.job().number);
    if (!owners.value) {
        co_await attempt.postpone(owners.problem);
        co_return;
    }
    if (!owners.value->empty() && owners.value->front().friendly_name == attempt.job().tag) {
        co_await record_purchase(attempt, purchase, owners.value->front(), false);
        co_return;
    }
    if (!owners.value->empty()) {
        purchase.search.refused("the account has it already");
        const json nothing = json::object();
        co_await attempt.report(JobEvent::taken, nothing);
        co_return;
    }
    co_await commit_and_post(attempt, purchase, JobEvent::send, owners.server_date);
}

// A rescuer enters here: the one before may have sent the purchase or not.
Task<void> report_unfinished_purchase(Attempt& attempt) {
    json data;
    data["detail"] = "the sidecar that sent the purchase did not report its answer";
    co_await attempt.report(JobEvent::ambiguous, data);
}

// ---- in_doubt: only looking helps

Task<void> resolve_doubt(Attempt& attempt, Purchase& purchase) {
    const ClaimedJob& job = attempt.job();
    const TwilioAnswer<std::vector<IncomingNumber>> tagged = co_await attempt.twilio().list_by_tag(job.tag);
    if (!tagged.value) {
        co_await attempt.postpone(tagged.problem);
        co_return;
    }
    const TwilioAnswer<std::vector<IncomingNumber>> owners =
        co_await attempt.twilio().list_by_number(*job.number);
    if (!owners.value) {
        co_await attempt.postpone(owners.problem);
        co_return;
    }
    // The lists are read one after the other, so the number may be in either of them alone.
    const IncomingNumber* found = find_number(*tagged.value, *job.number);
    if (!found) found = find_number(*owners.value, *job.number);
    if (!found && !tagged.value->empty()) {
        // A candidate given up before came late: it is ours, and a second one is not bought beside it.
        co_await record_purchase(attempt, purchase, tagged.value->front(), false);
        co_return;
    }
    if (found && found->friendly_name == job.tag && is_not_older_than_intent(*found, job)) {
        co_await record_purchase(attempt, purchase, *found, false);
        co_return;
    }
    if (found) {
        json data = sighting(*found, attempt.twilio().account_sid());
        data["detail"] = found->friendly_name == job.tag ? "the number was in the account before the purchase"
                                                         : "the account holds the number under another name";
        co_await attempt.report(JobEvent::foreign, data);
        co_return;
    }
    const bool may_resend = job.posts_sent < attempt.environment().settings.max_posts &&
                            !job.repeat_refused && !job.cancel_requested;
    if (may_resend && purchase.posted) {
        const std::string reason = "the purchase was not answered: looking again before it is repeated";
        const std::optional<Duration> delay = resend_backoff.base + resend_backoff.delay(job.posts_sent);
        co_await attempt.postpone(reason, delay);
        co_return;
    }
    if (may_resend) {
        co_await commit_and_post(attempt, purchase, JobEvent::resend, owners.server_date);
        co_return;
    }
    const json nothing = json::object();
    co_await attempt.report(JobEvent::not_seen, nothing);
    attempt.environment().expect_work(after(attempt.environment().absence_poll));
    purchase = Purchase();  // if it is now seen as absent, the search begins anew
}

// ---- bought: does it answer?

Task<void> settle_purchase(Attempt& attempt, Purchase& purchase) {
    if (!purchase.bought) {
        TwilioAnswer<IncomingNumber> found = co_await attempt.twilio().get(attempt.job().number_sid);
        if (!found.value && found.problem.kind == TwilioProblem::Kind::not_found) {
            co_await confirm_absence(attempt, JobEvent::gone);
            co_return;
        }
        if (!found.value) {
            co_await attempt.postpone(found.problem);
            co_return;
        }
        purchase.bought = std::move(found.value);
    }
    if (!voice_settings_match(*purchase.bought, attempt.job().voice) && !attempt.cancel_requested()) {
        const bool ours = co_await attempt.hold_lease(attempt.environment().settings.request_timeout);
        if (!ours) co_return;
        TwilioAnswer<IncomingNumber> changed =
            co_await attempt.twilio().update(attempt.job().number_sid, attempt.job().voice);
        if (!changed.value) {
            co_await attempt.postpone(changed.problem);
            co_return;
        }
        purchase.bought = std::move(changed.value);
        if (!voice_settings_match(*purchase.bought, attempt.job().voice)) {
            attempt.environment().metrics.alert(
                Alert::voice_settings, "Twilio does not keep the voice settings",
                {{"job", attempt.job().job_id}, {"sid", attempt.job().number_sid}});
            const std::string reason = "the number was bought, but Twilio does not keep its voice settings";
            co_await attempt.postpone(reason, std::nullopt);
            co_return;
        }
    }
    const json nothing = json::object();
    co_await attempt.report(JobEvent::settle, nothing);
}

}  // namespace

Task<void> run_attempt(Attempt& attempt) {
    if (attempt.state() == JobState::erasing) {
        // Asks nothing of Twilio: the database looks whether all that must come before is over.
        const json nothing = json::object();
        co_await attempt.report(JobEvent::look, nothing);
        co_return;
    }
    const CredentialGate::Slot slot = co_await attempt.gate().take_slot();
    Purchase purchase;
    while (!attempt.ended()) {
        // Needs nothing of Twilio, and nothing else may happen before it.
        if (attempt.state() == JobState::buying) {
            co_await report_unfinished_purchase(attempt);
            continue;
        }
        const bool goes_on = co_await may_go_on(attempt);
        if (!goes_on) break;
        switch (attempt.state()) {
            case JobState::searching:
                co_await find_candidate(attempt, purchase);
                break;
            case JobState::intended:
                co_await buy_candidate(attempt, purchase);
                break;
            case JobState::in_doubt:
                co_await resolve_doubt(attempt, purchase);
                break;
            case JobState::bought:
                co_await settle_purchase(attempt, purchase);
                break;
            case JobState::releasing:
                co_await release_number(attempt, purchase.bought);
                break;
            default:
                throw ContractBroken("claimed a job in state " + std::string(name_of(attempt.state())));
        }
    }
}

}  // namespace telephony::sidecar
