// Verification, breaker and slots of a credential.
#include "twilio_account.hpp"

#include "backoff.hpp"
#include "logging.hpp"

namespace telephony::sidecar {
namespace {

constexpr int failures_to_break = 5;
constexpr Backoff throttle_backoff{std::chrono::seconds(1), std::chrono::minutes(1)};
constexpr Backoff check_backoff{std::chrono::seconds(5), std::chrono::minutes(5)};

}  // namespace

TwilioAccount::TwilioAccount(EventLoop& loop, HttpClient& http, const TwilioSettings& settings,
                             TwilioCredential credential, Metrics& metrics, int concurrency)
    : loop_(loop),
      metrics_(metrics),
      client_(http, settings, std::move(credential), metrics),
      free_slots_(concurrency) {
    client_.on_response = [this](const HttpResponse& response) { judge(response); };
}

void TwilioAccount::replace_credential(TwilioCredential credential) {
    client_.replace_credential(std::move(credential));
    verified_ = false;
    failures_ = 0;
    failed_checks_ = 0;
    blocked_until_ = Deadline{};
    metrics_.health.account_verified = false;
}

void TwilioAccount::block(Duration delay, const std::string& reason) {
    blocked_until_ = std::max(blocked_until_, after(delay));
    blocked_reason_ = reason;
}

void TwilioAccount::judge(const HttpResponse& response) {
    if (response.status == 429) {
        block(response.retry_after.value_or(throttle_backoff.delay(failures_++)), "Twilio asks to slow down");
        return;
    }
    const bool failure = response.status == 0 || response.status >= 500;
    failures_ = failure ? failures_ + 1 : 0;
    const bool broken = failures_ >= failures_to_break;
    if (!verified_ || (!broken && response.status != 401)) return;
    verified_ = false;
    metrics_.health.account_verified = false;
    const char* const reason = broken ? "Twilio does not answer" : "Twilio refuses the credentials";
    block(check_backoff.delay(1), reason);
    log::error("twilio account suspended from use", {{"account", client_.account_sid()}, {"reason", reason}});
}

Task<std::optional<TwilioAccount::Blocked>> TwilioAccount::make_ready() {
    const Deadline now = Clock::now();
    if (now < blocked_until_) co_return Blocked{blocked_reason_, blocked_until_ - now};
    if (verified_) co_return std::nullopt;
    if (verifying_) co_return Blocked{"the Twilio account is being verified", std::chrono::seconds(1)};
    struct Verifying {
        bool& flag;
        ~Verifying() { flag = false; }
    };
    TwilioAnswer<AccountInfo> answer;
    verifying_ = true;
    {
        const Verifying verifying{verifying_};
        answer = co_await client_.account();
    }
    if (answer.value && answer.value->status == "active") {
        verified_ = true;
        failed_checks_ = 0;
        metrics_.health.account_verified = true;
        log::info("twilio account verified",
                  {{"account", client_.account_sid()}, {"type", answer.value->type}});
        co_return std::nullopt;
    }
    const std::string reason =
        answer.value ? "the Twilio account is " + answer.value->status : answer.problem.text();
    const Duration delay = std::chrono::seconds(1) + check_backoff.delay(failed_checks_++);
    block(delay, reason);
    log::error("twilio account not usable", {{"account", client_.account_sid()}, {"reason", reason}});
    co_return Blocked{reason, delay};
}

Task<TwilioAccount::Slot> TwilioAccount::take_slot() {
    struct Queued {
        std::deque<Waiter*>& queue;
        Waiter* waiter;
        ~Queued() { std::erase(queue, waiter); }
    };
    if (free_slots_ == 0) {
        Waiter waiter(loop_);
        waiting_.push_back(&waiter);
        Queued queued{waiting_, &waiter};
        co_await waiter;  // the one who gave the slot back left it to us
    } else {
        --free_slots_;
    }
    co_return Slot(*this);
}

void TwilioAccount::give_back_slot() {
    if (waiting_.empty()) {
        ++free_slots_;
        return;
    }
    Waiter* const next = waiting_.front();
    waiting_.pop_front();
    next->wake();
}

}  // namespace telephony::sidecar
