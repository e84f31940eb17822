// What every response means for the credential.
#include "credentials/gate.hpp"

#include "base/backoff.hpp"
#include "base/logging.hpp"
#include "base/metrics.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {
namespace {

using Kind = CredentialVerdict::Kind;

constexpr int failures_to_break = 5;
constexpr Backoff throttle_backoff{std::chrono::seconds(1), std::chrono::minutes(1)};
constexpr Backoff check_backoff{std::chrono::seconds(5), std::chrono::minutes(5)};
// Twilio will refuse it again until the organization changes something; new credentials have a gate of their
// own.
constexpr Duration refused_delay = std::chrono::hours(1);
// A 401 for a credential that was verified a moment ago may be a passing fault of Twilio.
constexpr Duration suspected_delay = std::chrono::minutes(1);
constexpr Duration longest_pause_of_jobs = std::chrono::minutes(5);

}  // namespace

struct CredentialGate::Queued {
    Queued(Waiters& waiters, Waiter& waiter) : queue(waiters), self(&waiter) { queue.push_back(self); }
    ~Queued() { std::erase(queue, self); }
    Waiters& queue;
    Waiter* self;
};

struct CredentialGate::Verifying {
    explicit Verifying(CredentialGate& the_gate) : gate(the_gate) { gate.verifying_ = true; }
    ~Verifying() {
        gate.verifying_ = false;
        for (Waiter* const waiter : gate.waiting_for_verdict_) waiter->wake();
    }
    CredentialGate& gate;
};

CredentialGate::CredentialGate(EventLoop& loop, HttpClient& http, const TwilioSettings& settings,
                               credential::Credential credential, Metrics& metrics, int concurrency)
    : loop_(loop), client_(http, settings, std::move(credential), metrics), free_slots_(concurrency) {
    client_.on_response = [this](const HttpResponse& response) { judge(response); };
}

void CredentialGate::replace_credential(credential::Credential credential) {
    client_.replace_credential(std::move(credential));
    verified_ = false;
    failures_ = 0;
    failed_checks_ = 0;
    blocked_until_ = Deadline{};
}

void CredentialGate::close(CredentialVerdict verdict, Duration pause) {
    closed_ = std::move(verdict);
    closed_pause_ = pause;
}

void CredentialGate::block(Duration delay, const std::string& reason, std::string_view code) {
    blocked_until_ = std::max(blocked_until_, after(delay));
    blocked_reason_ = reason;
    blocked_code_ = code;
}

void CredentialGate::report(const CredentialVerdict& verdict) const {
    if (on_verdict && verdict.kind != Kind::unreachable) on_verdict(verdict);
}

std::string CredentialGate::refusal(const TwilioProblem& problem) const {
    const std::string error =
        problem.code == 0 ? std::string() : " (Twilio error " + std::to_string(problem.code) + ")";
    return std::string("Twilio refuses the ") +
           (client_.uses_api_key() ? "API key" : "account SID and auth token") + error +
           ". Hand in valid ones with set_twilio_credentials()";
}

void CredentialGate::judge(const HttpResponse& response) {
    if (response.status == 429) {
        block(response.retry_after.value_or(throttle_backoff.delay(failures_++)), "Twilio asks to slow down",
              reasons::twilio_busy.code);
        return;
    }
    const bool failure = response.status == 0 || response.status >= 500;
    failures_ = failure ? failures_ + 1 : 0;
    const bool broken = failures_ >= failures_to_break;
    if (!verified_ || verifying_) return;
    if (response.status == 401) {
        const TwilioProblem problem = problem_of(response);
        const CredentialVerdict refused{Kind::refused, "", refusal(problem), suspected_delay,
                                        reasons::credentials_refused.code};
        verified_ = false;
        block(refused.retry, refused.reason, refused.reason_code);
        log::warning(
            "twilio credential refused in the middle of work",
            {{"org", client_.owner()}, {"account", client_.account_sid()}, {"reason", problem.text()}});
        report(refused);
    } else if (broken) {
        verified_ = false;
        block(check_backoff.delay(1), "Twilio does not answer", reasons::twilio_unavailable.code);
        log::error("twilio does not answer: credential suspended from use",
                   {{"org", client_.owner()}, {"account", client_.account_sid()}});
    } else if (response.status == 403) {
        verified_ = false;  // suspended, or not allowed this request: the account is read before the next use
    }
}

CredentialVerdict CredentialGate::judge_account(const TwilioAnswer<AccountInfo>& answer) {
    using Problem = TwilioProblem::Kind;
    const Problem problem = answer.problem.kind;
    if (answer.value && answer.value->status == "active")
        return {Kind::verified, answer.value->type, "", Duration::zero()};
    if (answer.value)
        return {Kind::refused, "",
                "the Twilio account is " + answer.value->status +
                    ": settle that with Twilio, or hand in another account with set_twilio_credentials()",
                refused_delay, reasons::account_not_active.code};
    if (problem == Problem::denied || problem == Problem::not_found || problem == Problem::refused)
        return {Kind::refused, "", refusal(answer.problem), refused_delay, reasons::credentials_refused.code};
    return {
        Kind::unreachable, "", answer.problem.shown(),
        std::chrono::seconds(1) + answer.problem.retry_after.value_or(check_backoff.delay(failed_checks_++)),
        answer.problem.reason().code};
}

Task<CredentialVerdict> CredentialGate::verify() {
    if (closed_) co_return *closed_;
    if (verifying_) {
        Waiter waiter(loop_);
        const Queued queued(waiting_for_verdict_, waiter);
        co_await waiter;
        co_return last_verdict_;
    }
    const Verifying verifying(*this);
    const TwilioAnswer<AccountInfo> answer = co_await client_.account();
    last_verdict_ = judge_account(answer);
    verified_ = last_verdict_.kind == Kind::verified;
    if (verified_) {
        failed_checks_ = 0;
        blocked_until_ = Deadline{};
        log::info("twilio credential verified", {{"org", client_.owner()},
                                                 {"account", client_.account_sid()},
                                                 {"type", last_verdict_.account_type}});
    } else {
        block(last_verdict_.retry, last_verdict_.reason, last_verdict_.reason_code);
        log::warning("twilio credential not usable",
                     {{"org", client_.owner()},
                      {"account", client_.account_sid()},
                      {"reason", answer.value ? last_verdict_.reason : answer.problem.text()}});
    }
    co_return last_verdict_;
}

std::optional<CredentialGate::Blocked> CredentialGate::blocked() const {
    if (closed_) return Blocked{closed_->reason, closed_pause_, closed_->reason_code};
    const Deadline now = Clock::now();
    if (now >= blocked_until_) return std::nullopt;
    return Blocked{blocked_reason_, std::min<Duration>(blocked_until_ - now, longest_pause_of_jobs),
                   blocked_code_};
}

Task<std::optional<CredentialGate::Blocked>> CredentialGate::make_ready() {
    if (closed_ && !std::exchange(closing_reported_, true)) report(*closed_);
    std::optional<Blocked> standing = blocked();
    if (standing || verified_) co_return standing;
    const bool asked_by_another = verifying_;
    const CredentialVerdict verdict = co_await verify();
    if (!asked_by_another) report(verdict);
    if (verdict.kind == Kind::verified) co_return std::nullopt;
    co_return Blocked{verdict.reason, std::min(verdict.retry, longest_pause_of_jobs), verdict.reason_code};
}

Task<CredentialGate::Slot> CredentialGate::take_slot() {
    if (free_slots_ == 0) {
        Waiter waiter(loop_);
        const Queued queued(waiting_for_slot_, waiter);
        co_await waiter;  // free_slot() leaves the slot to us
    } else {
        --free_slots_;
    }
    co_return Slot(*this);
}

void CredentialGate::free_slot() {
    if (waiting_for_slot_.empty()) {
        ++free_slots_;
        return;
    }
    Waiter* const next = waiting_for_slot_.front();
    waiting_for_slot_.pop_front();
    next->wake();
    let_search_begin();
}

Task<CredentialGate::SearchTurn> CredentialGate::take_search_turn() {
    while (searching_ || !waiting_for_slot_.empty()) {
        Waiter waiter(loop_);
        const Queued queued(waiting_to_search_, waiter);
        co_await waiter;
    }
    searching_ = true;
    co_return SearchTurn(*this);
}

void CredentialGate::end_search() {
    searching_ = false;
    let_search_begin();
}

// Whoever is woken looks again whether it may begin.
void CredentialGate::let_search_begin() {
    if (searching_ || !waiting_for_slot_.empty() || waiting_to_search_.empty()) return;
    Waiter* const next = waiting_to_search_.front();
    waiting_to_search_.pop_front();
    next->wake();
}

}  // namespace telephony::sidecar
