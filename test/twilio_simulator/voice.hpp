// Twilio's side of calls: those that accounts place, those that arrive at their numbers, and caller ids.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "call.hpp"
#include "call_request.hpp"
#include "caller_ids.hpp"
#include "dates.hpp"
#include "phone_network.hpp"
#include "store.hpp"
#include "voice_prices.hpp"

namespace telephony::simulator {

/// A validation of a caller id, from the request to its end.
struct Validation {
    enum class State { pending, verified, failed };

    std::string account_sid;
    std::string phone_number;
    std::string friendly_name;
    std::string call_sid;
    std::string code;
    State state = State::pending;
    int tries = 0;
    int error_code = 0;  ///< Twilio's, of one that failed
};

/// Whether the geographic permissions of the account let it not call the number.
bool is_blocked(const Account& account, const std::string& number);

/// What answers a number of an account: the application behind its VoiceUrl.
struct Application {
    bool answers = true;                    ///< false: it rejects every call
    std::set<std::string> rejects_from;     ///< callers that it rejects
    Seconds answers_after{0};               ///< from the arrival of a call
    std::optional<Seconds> hangs_up_after;  ///< from answering
};

/// A call that somebody with no account places.
struct OutsideCall {
    std::string from;  ///< "" is anonymous
    std::string to;
    std::string forwarded_from;
    Seconds hangs_up_after{30};
};

/// Which calls a test waits for; what is empty does not matter.
struct CallWait {
    std::string account_sid, to, from, sid, direction;
    std::set<CallStatus> statuses;
    std::size_t count = 1;
};

/// Thread-safe: every call is atomic, and first does what is due. Calls for the API throw ApiError when they
/// refuse.
class Voice final : private NetworkPeer {
  public:
    Voice(const Store& store, Clock clock, std::uint64_t seed, Pace pace)
        : store_(store), clock_(clock), usual_pace_(pace), random_(seed), network_(*this, pace) {}

    // For the API.

    Validation validate(const std::string& account_sid, const Parameters& parameters);
    Page<CallerId> list_caller_ids(const std::string& account_sid, CallerIdFilter filter,
                                   std::chrono::milliseconds lag, std::optional<PagePosition> from,
                                   std::size_t page_size);
    CallerId caller_id(const std::string& account_sid, const std::string& sid);
    CallerId rename_caller_id(const std::string& account_sid, const std::string& sid,
                              const Parameters& parameters);
    void remove_caller_id(const std::string& account_sid, const std::string& sid);

    Call place(const std::string& account_sid, const Parameters& parameters);
    Page<Call> list_calls(const std::string& account_sid, CallFilter filter, std::chrono::milliseconds lag,
                          std::optional<PagePosition> from, std::size_t page_size);
    Call call(const std::string& account_sid, const std::string& sid);
    /// Ends it, or gives it something else to say.
    Call update_call(const std::string& account_sid, const std::string& sid, const Parameters& parameters);
    void remove_call(const std::string& account_sid, const std::string& sid);

    std::optional<double> price_to(const std::string& number);

    /// The number that a call (CA) goes to or that a caller id (PN) is; "" if there is none with this sid.
    std::string number_with_sid(const std::string& sid);

    // For tests.

    Phone configure_phone(const std::string& number, const Json& order);
    void type(const std::string& number, const std::string& keys);
    /// What the subscriber at a phone does; false if there is no call it can be done with.
    bool act(const std::string& number, const std::string& action);
    void ring(const OutsideCall& call);
    void set_application(const std::string& number, Application application);
    void set_price(const std::string& prefix, std::optional<double> price);
    void set_pace(Pace pace);

    /// Waits until there are so many such calls, at most for `timeout`; tells those there are, oldest first.
    std::vector<Call> await(const CallWait& wait, std::chrono::milliseconds timeout);

    /// Does what is due: what changes the store must come after what happened before.
    void catch_up();

    Json state();
    void reset();

    /// Ends all waiting, now and in future.
    void stop();

  private:
    /// The calls in an account's log that are the two ends of one call in the network.
    struct Ends {
        std::string caller_sid;   ///< "" if somebody outside calls
        std::string arrived_sid;  ///< "" if it has not arrived at a number of an account
        CallRequest request;
    };

    template <typename Work>
    auto now_do(Work work);

    void dial(const std::string& sid, const CallRequest& request, bool is_validation, Time now);
    void finish(Call& call, CallStatus status, Time now);
    void end(Call& call, CallStatus status, Time now);
    Call& owned_call(const std::string& account_sid, const std::string& sid);
    CallerId& owned_caller_id(const std::string& account_sid, const std::string& sid);
    void schedule_for(const std::string& sid, Seconds delay, Time now,
                      std::function<void(Call&, Time)> action);
    void start_script(Call& call, std::optional<Seconds> script, Time now);
    std::vector<Call> found(const CallWait& wait) const;

    bool serves(const std::string& number) const override;
    void on_arrival(CallId id, const Arrival& arrival, Time now) override;
    void on_departure(CallId id, Time now) override;
    void on_ringing(CallId id, Time now) override;
    void on_answered(CallId id, AnsweredBy by, Time now) override;
    void on_keys(CallId id, const std::string& keys, Time now) override;
    void on_over(CallId id, Outcome outcome, Time now) override;

    const Store& store_;
    const Clock clock_;
    const Pace usual_pace_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::mt19937_64 random_;
    PhoneNetwork network_;
    CallLog calls_;
    CallerIds caller_ids_;
    VoicePrices prices_;
    std::map<std::string, Validation> validations_;  ///< by call sid
    std::map<std::string, Application> applications_;
    std::unordered_map<CallId, Ends> ends_;
    std::unordered_map<std::string, CallId> network_ids_;     ///< by call sid, of calls under way
    std::unordered_map<std::string, std::uint64_t> scripts_;  ///< by call sid: how often it got one
    std::unordered_map<std::string, Time> next_dial_;         ///< by account
    bool stopped_ = false;
};

}  // namespace telephony::simulator
