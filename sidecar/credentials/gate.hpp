// The standing of one credential: verified, throttled, refused or suspended; and how many requests may be in
// flight with it.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "contract/credentials.hpp"
#include "io/event_loop.hpp"
#include "twilio/client.hpp"

namespace telephony::sidecar {

/// A credential is used only after a GET of its account has shown it active (rule PER_CREDENTIAL). A 401
/// closes the gate. Five failures in a row close it for a while; then one verifying GET decides.
class CredentialGate {
  public:
    CredentialGate(EventLoop& loop, HttpClient& http, const TwilioSettings& settings,
                   credential::Credential credential, Metrics& metrics, int concurrency);
    CredentialGate(const CredentialGate&) = delete;
    CredentialGate& operator=(const CredentialGate&) = delete;

    TwilioClient& client() noexcept { return client_; }

    /// Why the credential cannot be used now, and when to try again.
    struct Blocked {
        std::string reason;
        Duration delay;
        std::string_view code;
    };
    /// Verifies the credential if necessary; nullopt if it may be used.
    Task<std::optional<Blocked>> make_ready();
    /// The same without a request to Twilio; nullopt if it may be used or verified. The delay is at most five
    /// minutes, since new credentials may come in the meantime.
    std::optional<Blocked> blocked() const;
    /// Asks Twilio in any case. Callers during the request share its answer.
    Task<CredentialVerdict> verify();
    bool verified() const noexcept { return verified_; }

    /// For good: there is no credential, or its box must not be used. Jobs that ask are postponed by `pause`.
    void close(CredentialVerdict verdict, Duration pause);
    bool is_closed() const noexcept { return closed_.has_value(); }

    /// Called when a use of the credential, other than verify(), has shown it verified or refused.
    std::function<void(const CredentialVerdict&)> on_verdict;

    /// The right to have a request in flight; ends with its destruction.
    class Slot {
      public:
        explicit Slot(CredentialGate& gate) : gate_(&gate) {}
        Slot(Slot&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
        Slot& operator=(Slot&&) = delete;
        ~Slot() {
            if (gate_) gate_->free_slot();
        }

      private:
        CredentialGate* gate_;
    };
    /// First come, first served.
    Task<Slot> take_slot();

    /// The right to look for numbers; ends with its destruction.
    class SearchTurn {
      public:
        explicit SearchTurn(CredentialGate& gate) : gate_(&gate) {}
        SearchTurn(SearchTurn&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
        SearchTurn& operator=(SearchTurn&&) = delete;
        ~SearchTurn() {
            if (gate_) gate_->end_search();
        }

      private:
        CredentialGate* gate_;
    };
    /// Searches take no slot from purchases: there is one at a time beside them, and none begins while a
    /// purchase waits for its slot.
    Task<SearchTurn> take_search_turn();

    /// A new token for the same account; it is verified before its use.
    void replace_credential(credential::Credential credential);

  private:
    using Waiters = std::deque<Waiter*>;
    struct Queued;
    struct Verifying;

    void judge(const HttpResponse& response);
    CredentialVerdict judge_account(const TwilioAnswer<AccountInfo>& answer);
    std::string refusal(const TwilioProblem& problem) const;
    void block(Duration delay, const std::string& reason, std::string_view code);
    void report(const CredentialVerdict& verdict) const;
    void free_slot();
    void end_search();
    void let_search_begin();

    EventLoop& loop_;
    TwilioClient client_;
    int free_slots_;
    Waiters waiting_for_slot_;
    Waiters waiting_to_search_;
    Waiters waiting_for_verdict_;
    std::optional<CredentialVerdict> closed_;
    CredentialVerdict last_verdict_;
    Duration closed_pause_{};
    bool closing_reported_ = false;
    bool verified_ = false;
    bool verifying_ = false;
    bool searching_ = false;
    int failures_ = 0;       ///< requests without a usable answer, in a row
    int failed_checks_ = 0;  ///< verifying GETs that failed, in a row
    Deadline blocked_until_{};
    std::string blocked_reason_;
    std::string_view blocked_code_;
};

}  // namespace telephony::sidecar
