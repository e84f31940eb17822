// What a failed or unanswered report means.
#include "jobs/attempt.hpp"

#include <nlohmann/json.hpp>

#include "base/alert.hpp"
#include "base/backoff.hpp"
#include "base/logging.hpp"
#include "base/metrics.hpp"
#include "contract/contract.hpp"
#include "io/event_loop.hpp"

namespace telephony::sidecar {
namespace {

constexpr Backoff attempt_backoff{std::chrono::seconds(2), std::chrono::minutes(5)};
constexpr Backoff call_backoff{std::chrono::milliseconds(200), std::chrono::seconds(3)};

// Reports of a number that was bought: a missing answer is alerted.
bool is_settling(JobEvent event) {
    return event == JobEvent::purchased || event == JobEvent::settle;
}

}  // namespace

Attempt::Attempt(JobEnvironment& environment, ClaimedJob job, std::shared_ptr<CredentialGate> gate,
                 Deadline claimed_at)
    : environment_(environment),
      job_(std::move(job)),
      gate_(std::move(gate)),
      lease_(claimed_at, environment.settings.lease) {
    log::info("claimed job", {{"job", job_.job_id},
                              {"org", job_.org_id},
                              {"state", name_of(job_.state)},
                              {"number", masked_number()},
                              {"resumed", job_.resumed ? "true" : "false"}});
}

std::string Attempt::masked_number() const {
    return job_.number ? numbering::mask(*job_.number) : std::string("none");
}

void Attempt::drop(const std::string& reason) {
    if (ended_) return;
    ended_ = true;
    environment_.metrics.job_dropped();
    log::warning("job dropped", {{"job", job_.job_id}, {"state", name_of(job_.state)}, {"reason", reason}});
    environment_.expect_work(lease_.ends());
}

void Attempt::fence() {
    if (ended_) return;
    ended_ = true;
    environment_.metrics.job_dropped();
    log::info("fenced", {{"job", job_.job_id}, {"state", name_of(job_.state)}});
}

void Attempt::accept(JobEvent event, const JobStanding& standing) {
    const JobState before = std::exchange(job_.state, standing.state);
    job_.cancel_requested = standing.cancel_requested;
    job_.posts_sent = standing.posts_sent;
    job_.may_resend = standing.may_resend;
    job_.intent_at = standing.intent_at;
    log::debug("step", {{"job", job_.job_id},
                        {"event", name_of(event)},
                        {"from", name_of(before)},
                        {"to", name_of(standing.state)}});
    if (standing.lease_kept) return;
    ended_ = true;
    environment_.metrics.job_ended(name_of(standing.state));
    // Whoever has the key is not to be raced for the job: it waits for a poll, theirs or ours.
    if (standing.retry && !key_is_missing_) environment_.expect_work(after(*standing.retry));
    switch (worker_of(standing.state)) {
        case Worker::sidecar:
            break;
        case Worker::an_operator:
            environment_.memory.forget(job_.job_id);
            environment_.metrics.alert(
                Alert::conflict, "job in conflict, an operator must look",
                {{"job", job_.job_id}, {"number", masked_number()}, {"sid", job_.number_sid}});
            break;
        case Worker::nobody:
            environment_.memory.forget(job_.job_id);
            log::info(
                standing.state == JobState::failed ? "job failed" : "job done",
                {{"job", job_.job_id}, {"state", name_of(standing.state)}, {"number", masked_number()}});
            break;
    }
}

// Ends the attempt over a refused call and returns true; false if the call is worth repeating.
bool Attempt::refuse(std::string_view call, const std::string& sqlstate, const std::string& message) {
    if (sqlstate == "TL001") {
        fence();
        return true;
    }
    if (sqlstate == "TL004") {
        log::warning("recovery mode", {{"job", job_.job_id}, {"call", call}, {"reason", message}});
        environment_.contract.database().greet_again();  // behind a pooler no new connection would tell
        drop("the database is in recovery mode");
        return true;
    }
    if (is_transient(sqlstate)) return false;
    log::error("the database refuses a report", {{"job", job_.job_id},
                                                 {"call", call},
                                                 {"state", name_of(job_.state)},
                                                 {"sqlstate", sqlstate},
                                                 {"reason", message}});
    drop("the database refuses " + std::string(call));
    return true;
}

// How the job stands in the database; nullopt if the attempt has ended meanwhile.
Task<std::optional<JobStanding>> Attempt::look_again() {
    const CallLimits within_lease{lease_.ends(), std::nullopt};
    for (int tries = 0; !ended_; ++tries) {
        const ContractAnswer<JobStanding> seen =
            co_await environment_.contract.renew_lease(job_, environment_.settings.lease, within_lease);
        if (ended_) break;
        switch (seen.outcome) {
            case CallOutcome::ok:
                lease_.renewed(seen.sent_at);
                job_.cancel_requested = seen.value.cancel_requested;
                co_return seen.value;
            case CallOutcome::not_sent:
                drop("the database stayed away until the lease ended");
                break;
            case CallOutcome::sql_error:
                if (refuse("renew_lease", seen.sqlstate, seen.message)) break;
                [[fallthrough]];
            case CallOutcome::outcome_unknown:
                co_await environment_.loop.sleep_until(after(call_backoff.delay(tries)));
        }
    }
    co_return std::nullopt;
}

Task<Attempt::Reported> Attempt::report_within(JobEvent event, const nlohmann::json& data,
                                               const CallLimits& limits) {
    bool sent = false;         // at least once: the database may have it
    bool in_question = false;  // whether the database holds the state that this attempt believes it to be in
    bool illegal = false;      // it refused the event as illegal
    for (int tries = 0; !ended_; ++tries) {
        if (in_question) {
            const std::optional<JobStanding> now = co_await look_again();
            if (!now) break;
            if (now->state != job_.state) {
                log::info("found after a lost answer",
                          {{"job", job_.job_id}, {"event", name_of(event)}, {"state", name_of(now->state)}});
                accept(event, *now);
                co_return Reported::accepted;
            }
            in_question = false;
        }
        const ContractAnswer<JobStanding> answer =
            co_await environment_.contract.advance(job_, event, data, limits);
        if (ended_) break;
        switch (answer.outcome) {
            case CallOutcome::ok:
                accept(event, answer.value);
                co_return Reported::accepted;
            case CallOutcome::not_sent:
                if (!sent) co_return Reported::not_sent;
                drop("the database stayed away after a report without answer");
                break;
            case CallOutcome::outcome_unknown:
                sent = true;
                in_question = true;
                if (is_settling(event))
                    environment_.metrics.alert(
                        Alert::settle_unconfirmed, "report sent but not answered: looking it up",
                        {{"job", job_.job_id}, {"event", name_of(event)}, {"number", masked_number()}});
                else
                    log::warning("report sent but not answered: looking it up",
                                 {{"job", job_.job_id}, {"event", name_of(event)}});
                break;
            case CallOutcome::sql_error:
                // An event can be illegal because its own first sending was carried out after we looked, or
                // because a crash of the server took back a step that was answered before it was on disk.
                if (answer.sqlstate == "TL002" && !std::exchange(illegal, true)) {
                    in_question = true;
                    break;
                }
                sent = true;
                if (refuse(name_of(event), answer.sqlstate, answer.message)) break;
                co_await environment_.loop.sleep_until(after(call_backoff.delay(tries)));
        }
    }
    co_return Reported::dropped;
}

Task<bool> Attempt::report(JobEvent event, const nlohmann::json& data) {
    const CallLimits within_lease{lease_.ends(), std::nullopt};
    const Reported reported = co_await report_within(event, data, within_lease);
    if (reported == Reported::not_sent) drop("the database stayed away until the lease ended");
    co_return reported == Reported::accepted && !ended_;
}

Task<bool> Attempt::report(JobEvent event) {
    const nlohmann::json no_data = nlohmann::json::object();
    const bool goes_on = co_await report(event, no_data);
    co_return goes_on;
}

Task<void> Attempt::postpone(std::string_view code, std::string_view reason, std::optional<Duration> delay) {
    key_is_missing_ = code == reasons::box_key_missing.code;
    AttemptMemory::Job& memory = environment_.memory.of(job_.job_id);
    const Duration wait = delay ? *delay : attempt_backoff.delay(memory.failures++);
    nlohmann::json data;
    data["reason"] = reason;
    data["reason_code"] = code;
    data["delay_seconds"] = in_seconds(wait);
    log::info("job postponed", {{"job", job_.job_id},
                                {"state", name_of(job_.state)},
                                {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(wait).count()},
                                {"reason", reason}});
    co_await report(JobEvent::postpone, data);
}

Task<void> Attempt::postpone(const TwilioProblem& problem) {
    // What the answer means for the credential says more, and how long it lasts.
    const std::optional<CredentialGate::Blocked> blocked = gate_->blocked();
    const std::string reason = blocked ? blocked->reason : problem.shown();
    const std::string_view code = blocked ? blocked->code : problem.reason().code;
    if (!blocked) log::info("twilio's answer", {{"job", job_.job_id}, {"reason", problem.text()}});
    const std::optional<Duration> delay = blocked ? std::optional(blocked->delay) : problem.retry_after;
    co_await postpone(code, reason, delay);
}

Task<bool> Attempt::hold_lease(Duration needed) {
    bool long_enough = lease_.remaining() >= needed;
    if (!long_enough) long_enough = co_await renew();
    if (!ended_ && (!long_enough || lease_.remaining() <= environment_.settings.request_timeout))
        drop("the lease is too short for the next step");
    co_return !ended_;
}

Task<bool> Attempt::renew() {
    const CallLimits within_lease{lease_.ends(), std::nullopt};
    const ContractAnswer<JobStanding> answer =
        co_await environment_.contract.renew_lease(job_, environment_.settings.lease, within_lease);
    if (ended_) co_return false;
    if (answer.outcome == CallOutcome::ok) {
        lease_.renewed(answer.sent_at);
        job_.cancel_requested = answer.value.cancel_requested;
        co_return true;
    }
    if (answer.sqlstate == "TL001")
        fence();
    else
        log::debug("lease not renewed", {{"job", job_.job_id}, {"reason", answer.message}});
    co_return false;
}

}  // namespace telephony::sidecar
