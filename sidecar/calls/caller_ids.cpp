// What each state asks of Twilio, and what the answers mean.
#include "calls/caller_ids.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/alert.hpp"
#include "base/backoff.hpp"
#include "base/logging.hpp"
#include "base/metrics.hpp"
#include "contract/contract.hpp"
#include "credentials/gate.hpp"
#include "credentials/open.hpp"
#include "numbering/masking.hpp"

namespace telephony::sidecar {
namespace {

using nlohmann::json;
using Kind = TwilioProblem::Kind;

// Few, so that a crowd of verifications leaves purchases their time.
constexpr int most_at_once = 8;
constexpr Duration shortest_interval = std::chrono::milliseconds(20);
constexpr Duration pause_after_failure = std::chrono::seconds(5);
constexpr Backoff report_backoff{std::chrono::milliseconds(200), std::chrono::seconds(3)};
// Twilio counts in whole seconds, and its servers' clocks are not quite the same.
constexpr std::chrono::seconds clock_tolerance{2};

bool is_one_of(int code, std::initializer_list<int> codes) {
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

json found_data(const CallerId& caller_id) {
    json data{{"sid", caller_id.sid}, {"tag", caller_id.friendly_name}};
    if (caller_id.date_created) data["date_created"] = iso8601(*caller_id.date_created);
    return data;
}

// Only the organization can change it, and it waits for the call now.
bool is_for_the_organization(std::string_view code) {
    return code == reasons::credentials_refused.code || code == reasons::account_not_active.code ||
           code == reasons::no_twilio_account.code || code == reasons::box_refused.code;
}

}  // namespace

CallRefusal refusal_of(const TwilioProblem& problem) {
    const std::string error = " (Twilio error " + std::to_string(problem.code) + ")";
    if (problem.code == 21449)
        return {reasons::number_at_twilio.code,
                "the number is one of the Twilio account's own: it may be shown as caller without being "
                "verified"};
    if (is_one_of(problem.code, {10002, 13805, 20008, 21219, 21404, 21608}))
        return {reasons::trial_account_limit.code,
                "the Twilio account is a trial account, which may not do that" + error +
                    ": upgrade it, then call verify_caller_id() again"};
    if (is_one_of(problem.code, {13227, 21215, 21216, 32205}))
        return {reasons::call_not_connected.code,
                "the Twilio account is not permitted to call this number" + error +
                    ": permit calls to its country (Voice, Geographic permissions), then call "
                    "verify_caller_id() again"};
    if (is_one_of(problem.code, {13223, 13224, 21201, 21211, 21214, 21217, 21401, 21421}))
        return {reasons::number_not_called.code,
                "Twilio does not call this number" + error + ": check its digits"};
    return {reasons::caller_id_refused.code, problem.code == 0
                                                 ? "Twilio does not verify this number"
                                                 : "Twilio does not verify this number" + error};
}

CallerIdCalls::CallerIdCalls(EventLoop& loop, Contract& contract, OpenCredentials& credentials,
                             Metrics& metrics, const TwilioSettings& twilio, CallSettings settings)
    : ClaimRounds(loop, most_at_once, shortest_interval),
      loop_(loop),
      contract_(contract),
      credentials_(credentials),
      metrics_(metrics),
      twilio_(twilio),
      settings_(std::move(settings)) {}

Task<std::vector<ClaimedCall>> CallerIdCalls::claim(int capacity) {
    const Duration lease = 4 * twilio_.longest_request_life();
    const CallLimits limits{after(settings_.database_timeout), std::nullopt};
    ContractAnswer<std::vector<ClaimedCall>> due =
        co_await contract_.claim_calls(settings_.worker, capacity, lease, limits);
    if (due.outcome != CallOutcome::ok) log::warning("cannot claim calls", {{"reason", due.message}});
    if (due.sqlstate == "TL004") contract_.database().greet_again();
    co_return std::move(due.value);
}

void CallerIdCalls::failed(const ClaimedCall& call, const std::exception& problem) {
    log::error("error in a call", {{"call", call.call_id}, {"reason", problem.what()}});
}

Deadline CallerIdCalls::send_by(const ClaimedCall& call) const {
    return call.lease_ends - twilio_.longest_request_life();
}

Task<void> CallerIdCalls::carry_out(const ClaimedCall& call) {
    if (call.state == CallState::placing) {
        // Whoever had it before may have sent the request: nobody sends it again.
        const json nothing = json::object();
        co_await report(call, CallEvent::ambiguous, nothing);
        co_return;
    }
    const std::shared_ptr<CredentialGate> gate = credentials_.of(call, call.call_id);
    const CredentialGate::SearchTurn turn = co_await gate->take_search_turn();
    const std::optional<CredentialGate::Blocked> blocked = co_await gate->make_ready();
    if (blocked && call.state == CallState::preparing && is_for_the_organization(blocked->code)) {
        const CallRefusal refusal{blocked->code, blocked->reason};
        co_await refuse(call, refusal);
        co_return;
    }
    if (blocked) {
        co_await put_off(call, blocked->code, blocked->reason, blocked->delay);
        co_return;
    }
    // The turn may have been long in coming.
    if (Clock::now() >= send_by(call)) co_return;
    switch (call.state) {
        case CallState::preparing:
            co_await prepare(call, *gate);
            break;
        case CallState::in_doubt:
            co_await look_for_lost_call(call, *gate);
            break;
        case CallState::calling:
            co_await watch(call, *gate);
            break;
        case CallState::checking:
            co_await check(call, *gate);
            break;
        case CallState::removing:
            co_await remove(call, *gate);
            break;
        case CallState::queued:
        case CallState::placing:
        case CallState::done:
        case CallState::cancelled:
        case CallState::failed:
            throw ContractBroken("a call goes on in state " + std::string(name_of(call.state)));
    }
}

Task<bool> CallerIdCalls::found_verified(const ClaimedCall& call, CredentialGate& gate) {
    const TwilioAnswer<std::vector<CallerId>> listed = co_await gate.client().caller_ids(call.number);
    if (!listed.value) {
        co_await put_off(call, gate, listed.problem);
        co_return true;
    }
    if (listed.value->empty()) co_return false;
    const json data = found_data(listed.value->front());
    co_await report(call, CallEvent::found, data);
    co_return true;
}

Task<void> CallerIdCalls::prepare(const ClaimedCall& call, CredentialGate& gate) {
    const bool is_settled = co_await found_verified(call, gate);
    if (is_settled) co_return;
    TwilioAnswer<CallPrice> price = co_await gate.client().call_price(call.number, validation_caller);
    const bool is_known = price.value || price.problem.kind == Kind::not_found;
    if (!is_known || !price.server_date) {
        co_await put_off(call, gate, price.problem);
        co_return;
    }
    json data{{"server_date", iso8601(*price.server_date)}};
    if (price.value && !price.value->amount.empty()) {
        data["price"] = price.value->amount;
        data["price_unit"] = price.value->unit;
    }
    const std::optional<CallStanding> standing = co_await report(call, CallEvent::send, data);
    if (standing && standing->state == CallState::placing) co_await place(call, gate);
}

// The intent is on disk: now, and never again, the request is sent.
Task<void> CallerIdCalls::place(const ClaimedCall& call, CredentialGate& gate) {
    const Deadline not_after = send_by(call);
    const TwilioAnswer<ValidationRequest> answer =
        co_await gate.client().validate(call.number, call.tag, not_after);
    const TwilioProblem& problem = answer.problem;
    json data = json::object();
    if (answer.value) {
        if (!answer.value->call_sid.empty()) data["call_sid"] = answer.value->call_sid;
        if (!answer.value->validation_code.empty()) data["validation_code"] = answer.value->validation_code;
        const std::optional<CallStanding> standing = co_await report(call, CallEvent::placed, data);
        log::info("called to verify a caller id", {{"call", call.call_id},
                                                   {"number", numbering::mask(call.number)},
                                                   {"sid", answer.value->call_sid}});
        // Without a code nobody can do anything with the call.
        if (standing && standing->state == CallState::failed && !answer.value->call_sid.empty())
            co_await end_call(call, gate, answer.value->call_sid);
        co_return;
    }
    log::info("twilio's answer", {{"call", call.call_id}, {"reason", problem.text()}});
    const bool has_reason = problem.kind == Kind::refused || problem.kind == Kind::not_found ||
                            (problem.kind == Kind::denied && problem.code != 0 && problem.code != 20003);
    if (problem.code == 21450) {
        // Verified already: the list says as what. If it cannot be read, the database judges without.
        const TwilioAnswer<std::vector<CallerId>> listed = co_await gate.client().caller_ids(call.number);
        if (listed.value && !listed.value->empty()) data = found_data(listed.value->front());
        co_await report(call, CallEvent::found, data);
    } else if (has_reason) {
        const CallRefusal refusal = refusal_of(problem);
        co_await refuse(call, refusal);
    } else if (problem.kind == Kind::throttled || problem.kind == Kind::denied) {
        // Twilio did not process it: it is asked for again, after a claim of its own.
        data["reason"] = problem.shown();
        data["reason_code"] = problem.reason().code;
        data["delay_seconds"] = in_seconds(problem.retry_after.value_or(pause_after_failure));
        co_await report(call, CallEvent::throttled, data);
    } else {
        data["detail"] = problem.text();
        co_await report(call, CallEvent::ambiguous, data);
    }
}

Task<void> CallerIdCalls::look_for_lost_call(const ClaimedCall& call, CredentialGate& gate) {
    const bool is_settled = co_await found_verified(call, gate);
    if (is_settled) co_return;
    json data = json::object();
    const Timestamp since = call.intent_at.value() - clock_tolerance;
    const TwilioAnswer<std::vector<Call>> calls = co_await gate.client().calls_to(call.number, since);
    if (!calls.value) {
        co_await put_off(call, gate, calls.problem);
        co_return;
    }
    for (const Call& placed : *calls.value) {
        // Others may call the number too, with the same account: only Twilio's own call asks for a code.
        if (placed.from != validation_caller || !placed.date_created || *placed.date_created < since)
            continue;
        data["call_sid"] = placed.sid;
        data["call_status"] = placed.status;
        if (!placed.is_over()) co_await end_call(call, gate, placed.sid);
        break;
    }
    co_await report(call, CallEvent::look, data);
}

Task<void> CallerIdCalls::watch(const ClaimedCall& call, CredentialGate& gate) {
    json data = json::object();
    bool may_be_verified = true;
    if (!call.call_sid.empty()) {
        if (call.overdue) co_await end_call(call, gate, call.call_sid);
        const TwilioAnswer<Call> seen = co_await gate.client().call(call.call_sid);
        if (seen.value) data["call_status"] = seen.value->status;
        may_be_verified = !seen.value || (seen.value->status != "queued" && seen.value->status != "ringing");
    }
    if (may_be_verified) {
        const bool is_settled = co_await found_verified(call, gate);
        if (is_settled) co_return;
    }
    co_await report(call, CallEvent::look, data);
}

Task<void> CallerIdCalls::check(const ClaimedCall& call, CredentialGate& gate) {
    const TwilioAnswer<std::vector<CallerId>> listed = co_await gate.client().caller_ids(call.number);
    if (!listed.value) {
        co_await put_off(call, gate, listed.problem);
        co_return;
    }
    const bool is_there = std::any_of(listed.value->begin(), listed.value->end(),
                                      [&call](const CallerId& c) { return c.sid == call.caller_id_sid; });
    const json nothing = json::object();
    co_await report(call, is_there ? CallEvent::present : CallEvent::absent, nothing);
}

Task<void> CallerIdCalls::remove(const ClaimedCall& call, CredentialGate& gate) {
    const Deadline not_after = send_by(call);
    const TwilioAnswer<bool> removed = co_await gate.client().remove_caller_id(call.caller_id_sid, not_after);
    // The credential was shown to open the account: what it does not find there is not there.
    if (!removed.value && removed.problem.kind != Kind::not_found) {
        co_await put_off(call, gate, removed.problem);
        co_return;
    }
    const json nothing = json::object();
    co_await report(call, CallEvent::removed, nothing);
    log::info("caller id deleted at Twilio", {{"call", call.call_id},
                                              {"org", call.org_id},
                                              {"number", numbering::mask(call.number)},
                                              {"sid", call.caller_id_sid}});
}

// Nothing depends on its success: the call ends by itself some time, and it is looked at again.
Task<void> CallerIdCalls::end_call(const ClaimedCall& call, CredentialGate& gate, const std::string& sid) {
    const Deadline not_after = send_by(call);
    const TwilioAnswer<Call> ended = co_await gate.client().end_call(sid, not_after);
    log::info("call ended by us",
              {{"call", call.call_id},
               {"sid", sid},
               {"reason", ended.value ? "it was of no use any more" : ended.problem.text()}});
}

Task<void> CallerIdCalls::refuse(const ClaimedCall& call, const CallRefusal& refusal) {
    const json data{{"reason", refusal.reason}, {"reason_code", refusal.code}};
    co_await report(call, CallEvent::refused, data);
}

Task<void> CallerIdCalls::put_off(const ClaimedCall& call, const CredentialGate& gate,
                                  const TwilioProblem& problem) {
    // What the answer means for the credential says more, and how long it lasts.
    const std::optional<CredentialGate::Blocked> blocked = gate.blocked();
    if (!blocked) log::info("twilio's answer", {{"call", call.call_id}, {"reason", problem.text()}});
    const std::string reason = blocked ? blocked->reason : problem.shown();
    const std::string_view code = blocked ? blocked->code : problem.reason().code;
    const Duration delay = blocked ? blocked->delay : problem.retry_after.value_or(pause_after_failure);
    co_await put_off(call, code, reason, delay);
}

Task<void> CallerIdCalls::put_off(const ClaimedCall& call, std::string_view code, const std::string& reason,
                                  Duration delay) {
    const json data{{"reason", reason}, {"reason_code", code}, {"delay_seconds", in_seconds(delay)}};
    const std::optional<CallStanding> standing = co_await report(call, CallEvent::postpone, data);
    if (!standing) co_return;
    if (call.state == CallState::removing && standing->state == CallState::failed)
        metrics_.alert(Alert::caller_id_kept,
                       "the caller id of an erased organization could not be deleted at Twilio",
                       {{"org", call.org_id},
                        {"account", call.account_sid},
                        {"sid", call.caller_id_sid},
                        {"number", numbering::mask(call.number)},
                        {"reason", reason}});
}

Task<std::optional<CallStanding>> CallerIdCalls::report(const ClaimedCall& call, CallEvent event,
                                                        const json& data) {
    const CallLimits limits{call.lease_ends, std::nullopt};
    for (int tries = 0;; ++tries) {
        const ContractAnswer<CallStanding> answer =
            co_await contract_.advance_call(call, event, data, limits);
        if (answer.outcome == CallOutcome::ok) {
            log::info("call", {{"call", call.call_id},
                               {"kind", call.kind},
                               {"event", name_of(event)},
                               {"state", name_of(answer.value.state)}});
            if (answer.value.retry && expect_work) expect_work(after(*answer.value.retry));
            co_return answer.value;
        }
        const bool is_unknown = answer.outcome == CallOutcome::outcome_unknown;
        const bool is_refused = answer.outcome == CallOutcome::sql_error && !is_transient(answer.sqlstate);
        log::warning("report of a call without success",
                     {{"call", call.call_id}, {"event", name_of(event)}, {"reason", answer.message}});
        if (answer.sqlstate == "TL004") contract_.database().greet_again();
        // An intent of which it is not known whether it is on disk is none: nobody is called, and whoever has
        // the call next takes it for one that may have been placed. Whatever else was carried out after all
        // is illegal now.
        if (is_refused || answer.outcome == CallOutcome::not_sent || (is_unknown && event == CallEvent::send))
            break;
        co_await loop_.sleep_until(after(report_backoff.delay(tries)));
        if (Clock::now() >= call.lease_ends) break;
    }
    // Then whoever comes first takes it over.
    if (expect_work) expect_work(call.lease_ends + twilio_.longest_request_life());
    co_return std::nullopt;
}

}  // namespace telephony::sidecar
