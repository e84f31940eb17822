// The standing of one credential: verified or not, throttled, broken; and how many jobs may use it at once.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "event_loop.hpp"
#include "twilio_client.hpp"

namespace telephony::sidecar {

/// A credential is used only after a GET of its account has shown it active (DESIGN 8, rule 10). Five
/// failures in a row open the breaker: for a while nothing is sent, then one verifying GET decides.
class TwilioAccount {
  public:
    TwilioAccount(EventLoop& loop, HttpClient& http, const TwilioSettings& settings,
                  TwilioCredential credential, Metrics& metrics, int concurrency);
    TwilioAccount(const TwilioAccount&) = delete;
    TwilioAccount& operator=(const TwilioAccount&) = delete;

    TwilioClient& client() noexcept { return client_; }

    /// Why the credential cannot be used now, and for how long it is not worth asking again.
    struct Blocked {
        std::string reason;
        Duration delay;
    };
    /// Verifies the credential if need be; nothing when it may be used.
    Task<std::optional<Blocked>> make_ready();
    bool verified() const noexcept { return verified_; }

    /// The right to have a request in flight; given back when destroyed.
    class Slot {
      public:
        explicit Slot(TwilioAccount& account) : account_(&account) {}
        Slot(Slot&& other) noexcept : account_(std::exchange(other.account_, nullptr)) {}
        Slot& operator=(Slot&&) = delete;
        ~Slot() {
            if (account_) account_->give_back_slot();
        }

      private:
        TwilioAccount* account_;
    };
    /// Waits for its turn, first come first served.
    Task<Slot> take_slot();

    /// A new token for the same account, after the file was read again: verified anew.
    void replace_credential(TwilioCredential credential);

  private:
    void judge(const HttpResponse& response);
    void block(Duration delay, const std::string& reason);
    void give_back_slot();

    EventLoop& loop_;
    Metrics& metrics_;
    TwilioClient client_;
    int free_slots_;
    std::deque<Waiter*> waiting_;
    bool verified_ = false;
    bool verifying_ = false;
    int failures_ = 0;       ///< requests without a usable answer, in a row
    int failed_checks_ = 0;  ///< verifying GETs that failed, in a row
    Deadline blocked_until_{};
    std::string blocked_reason_;
};

}  // namespace telephony::sidecar
