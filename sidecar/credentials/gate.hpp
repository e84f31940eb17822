// The standing of one credential: verified or not, throttled, broken, refused; and how many jobs may use it
// at once.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "contract/credentials.hpp"
#include "io/event_loop.hpp"
#include "twilio/client.hpp"

namespace telephony::sidecar {

/// A credential is used only after a GET of its account has shown it active (DESIGN 8, rule 10). A 401 stops
/// it. Five failures in a row open the breaker: for a while nothing is sent, then one verifying GET decides.
class CredentialGate {
  public:
    CredentialGate(EventLoop& loop, HttpClient& http, const TwilioSettings& settings,
                   credential::Credential credential, Metrics& metrics, int concurrency);
    CredentialGate(const CredentialGate&) = delete;
    CredentialGate& operator=(const CredentialGate&) = delete;

    TwilioClient& client() noexcept { return client_; }

    /// Why the credential cannot be used now, and for how long it is not worth asking again.
    struct Blocked {
        std::string reason;
        Duration delay;
    };
    /// Verifies the credential if need be; nothing when it may be used.
    Task<std::optional<Blocked>> make_ready();
    /// What stands in its way, without asking Twilio; nothing when it may be used or verified. The delay is
    /// at most five minutes: new credentials may come in the meantime.
    std::optional<Blocked> blocked() const;
    /// Asks Twilio now, whatever is known. Who comes while it is being asked shares the answer.
    Task<CredentialVerdict> verify();
    bool verified() const noexcept { return verified_; }

    /// From now on nothing is sent with it: there is no credential, or its box must not be used. Jobs pause
    /// for `pause`: what stands in the way may be taken out of it meanwhile.
    void close(CredentialVerdict verdict, Duration pause);
    bool is_closed() const noexcept { return closed_.has_value(); }

    /// Called when a use of the credential, not verify(), has shown it verified or refused.
    std::function<void(const CredentialVerdict&)> on_verdict;

    /// The right to have a request in flight; given back when destroyed.
    class Slot {
      public:
        explicit Slot(CredentialGate& gate) : gate_(&gate) {}
        Slot(Slot&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
        Slot& operator=(Slot&&) = delete;
        ~Slot() {
            if (gate_) gate_->give_back_slot();
        }

      private:
        CredentialGate* gate_;
    };
    /// Waits for its turn, first come first served.
    Task<Slot> take_slot();

    /// A new token for the same account, after the file was read again: verified anew.
    void replace_credential(credential::Credential credential);

  private:
    using Waiters = std::deque<Waiter*>;
    struct Queued;
    struct Verifying;

    void judge(const HttpResponse& response);
    CredentialVerdict judge_account(const TwilioAnswer<AccountInfo>& answer);
    std::string refusal(const std::string& what) const;
    void block(Duration delay, const std::string& reason);
    void tell(const CredentialVerdict& verdict) const;
    void give_back_slot();

    EventLoop& loop_;
    TwilioClient client_;
    int free_slots_;
    Waiters waiting_for_slot_;
    Waiters waiting_for_verdict_;
    std::optional<CredentialVerdict> closed_;
    CredentialVerdict last_verdict_;
    Duration closed_pause_{};
    bool told_ = false;  ///< that it is closed
    bool verified_ = false;
    bool verifying_ = false;
    int failures_ = 0;       ///< requests without a usable answer, in a row
    int failed_checks_ = 0;  ///< verifying GETs that failed, in a row
    Deadline blocked_until_{};
    std::string blocked_reason_;
};

}  // namespace telephony::sidecar
