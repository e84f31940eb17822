// The telephone network: calls between numbers, the phones they ring on, and the forwarding of carriers; in
// time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "phone.hpp"

namespace telephony::simulator {

using Time = std::chrono::system_clock::time_point;

/// How long a second of a call takes; tests shrink it.
class Pace {
  public:
    explicit Pace(std::chrono::milliseconds second = std::chrono::seconds(1)) : second_(second) {}

    std::chrono::milliseconds second() const { return second_; }

    Time::duration of(Seconds seconds) const {
        return std::chrono::duration_cast<Time::duration>(seconds.count() * second_);
    }

    /// How many seconds of a call have passed between two times.
    Seconds between(Time begin, Time end) const {
        return Seconds(std::chrono::duration<double>(end - begin) / std::chrono::duration<double>(second_));
    }

  private:
    std::chrono::milliseconds second_;
};

using CallId = std::uint64_t;

enum class AnsweredBy { subscriber, machine };

/// How a call ends for who placed it.
enum class Outcome { hung_up, busy, no_answer, failed };

/// A call as it reaches a line that is no phone.
struct Arrival {
    std::string from;
    std::string to;
    std::string forwarded_from;  ///< as the carrier tells it; "" if it does not
    std::string forwarded_by;    ///< the phone that forwards in truth, "" if none does
    std::optional<Condition> condition;
};

/// Who has lines that are no phones, and places calls: Twilio. The network tells it what becomes of them; it
/// may call the network meanwhile.
class NetworkPeer {
  public:
    virtual bool serves(const std::string& number) const = 0;

    /// Of a call that arrives here: it may be answered, refused or ended from now on; and who called is gone.
    virtual void on_arrival(CallId call, const Arrival& arrival, Time now) = 0;
    virtual void on_departure(CallId call, Time now) = 0;

    /// Of a call that was placed here, or by anybody else.
    virtual void on_ringing(CallId call, Time now) = 0;
    virtual void on_answered(CallId call, AnsweredBy by, Time now) = 0;
    virtual void on_keys(CallId call, const std::string& keys, Time now) = 0;
    virtual void on_over(CallId call, Outcome outcome, Time now) = 0;

  protected:
    ~NetworkPeer() = default;
};

/// Nothing happens but in advance() and the calls that are given a time, in the order of their times. Not
/// synchronized: its owner is.
class PhoneNetwork {
  public:
    using Action = std::function<void(Time)>;

    PhoneNetwork(NetworkPeer& peer, Pace pace) : peer_(peer), pace_(pace) {}

    const Pace& pace() const { return pace_; }
    void set_pace(Pace pace) { pace_ = pace; }

    /// Does what is due until then.
    void advance(Time now);

    /// When something is due next.
    std::optional<Time> next() const;

    /// Does something later, unless reset() comes before.
    void schedule(Time when, Action action) { due_.emplace(when, std::move(action)); }

    /// Places a call. With `wants_keys`, who answers is asked to type, and prompted again by prompt().
    CallId dial(const std::string& from, const std::string& to, Time now, bool wants_keys = false,
                const std::string& forwarded_from = {});

    /// Whether the call is anywhere still.
    bool has(CallId id) const { return calls_.contains(id); }

    /// The caller hangs up.
    void hang_up(CallId id, Time now);

    /// Asks who has answered to type once more.
    void prompt(CallId id, Time now);

    /// What a line does with a call that has arrived.
    void answer(CallId id, Time now);
    void refuse(CallId id, Outcome outcome, Time now);
    void end(CallId id, Time now);

    /// A phone; one that nothing was said of rings, and nobody comes.
    Phone phone(const std::string& number) const;
    void configure_phone(const std::string& number, const Json& order);

    /// The subscriber at a phone answers, declines or hangs up. False if there is no such call at the phone.
    bool pick_up(const std::string& number, Time now);
    bool decline(const std::string& number, Time now);
    bool put_down(const std::string& number, Time now);

    /// The subscriber will answer the next call that wants keys, or takes that under way, and types these.
    void type(const std::string& number, const std::string& keys, Time now);

    Json phones() const;

    /// Forgets phones and calls.
    void reset();

  private:
    enum class Stage { routing, alerting, answered, in_transit, at_line };

    struct NetworkCall {
        CallId id = 0;
        std::string from;
        std::string at;  ///< the number where it is
        std::string forwarded_from;
        std::string forwarded_by;
        std::optional<Condition> condition;
        Stage stage = Stage::routing;
        std::uint64_t step = 0;  ///< counts what has happened to it: what was to happen before is void
        int hops = 0;
        bool wants_keys = false;
        bool caller_gone = false;
        bool prompted = false;
    };

    NetworkCall* find(CallId id);
    NetworkCall* find_at(const std::string& number, Stage stage);
    void later(NetworkCall& call, Seconds delay, Time now, std::function<void(NetworkCall&, Time)> action);
    void route(NetworkCall& call, const std::string& number, Time now);
    void ring(NetworkCall& call, Time now);
    void divert(NetworkCall& call, Condition condition, Outcome otherwise, Time now);
    void answered_at_phone(NetworkCall& call, AnsweredBy by, Time now);
    void take_keys(NetworkCall& call, Time now);
    void over(NetworkCall& call, Outcome outcome, Time now);
    Phone& phone_at(const std::string& number);

    NetworkPeer& peer_;
    Pace pace_;
    std::multimap<Time, Action> due_;
    std::map<std::string, Phone> phones_;
    std::unordered_map<CallId, NetworkCall> calls_;
    CallId last_id_ = 0;
};

}  // namespace telephony::simulator
