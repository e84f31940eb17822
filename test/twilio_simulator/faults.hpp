// Faults that a test injects into requests, and the waiting they cause.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "operation.hpp"

namespace telephony::simulator {

using Json = nlohmann::json;

/// What goes wrong. Latency and lag come on top of whatever else happens to a request; of the others only one
/// does.
enum class FaultKind {
    latency,     ///< the answer takes longer
    lag,         ///< reads do not show the bought number for a while; a list is that old
    status,      ///< an error answer, before or after the effect
    cut,         ///< the connection ends without an answer, before or after the effect
    hold,        ///< the request waits for release(), before or after the effect; even if its client is gone
    apply_late,  ///< the connection ends without an answer, the effect comes a while later
    garbage,     ///< 200 with a body that is not JSON, before or after the effect
    endless,     ///< a page of a list names itself as the next
    omit,        ///< the answer lacks some fields
};

/// Whether a fault acts before the request has had its effect or after it.
enum class Moment { before, after };

/// One fault as a test orders it.
struct Fault {
    FaultKind kind = FaultKind::latency;
    std::optional<Operation> operation;  ///< any, if not set
    std::string number;                  ///< E.164; any request, if empty
    std::string account_sid;             ///< any account, if empty
    std::uint64_t skip = 0;              ///< how many matching requests pass before it acts
    std::uint64_t times = 1;             ///< how often it acts; 0 for always
    Moment moment = Moment::before;
    std::chrono::milliseconds duration{0};       ///< of latency, lag, apply_late
    int status = 0;                              ///< of status
    int code = 0;                                ///< of status: Twilio's error code, 0 for none
    std::string message;                         ///< of status
    std::map<std::string, std::string> headers;  ///< of status
    std::vector<std::string> fields;             ///< of omit
};

/// Reads the body of `POST /_control/faults`. Throws ApiError 400 that says what is wrong with it.
Fault parse_fault(const Json& order);

/// What a request is, as far as faults are chosen by it.
struct FaultTarget {
    Operation operation;
    std::string number;
    std::string account_sid;
};

/// The faults that will act on one request.
struct FaultPlan {
    std::optional<std::chrono::milliseconds> latency;
    std::optional<std::chrono::milliseconds> lag;
    std::optional<Fault> outcome;  ///< the one fault, neither latency nor lag, that acts

    /// Whether the request suffers this fault at this moment.
    bool suffers(FaultKind kind, Moment moment) const {
        return outcome && outcome->kind == kind && outcome->moment == moment;
    }

    std::shared_ptr<bool> released;  ///< of a held request
    std::uint64_t era = 0;           ///< the reset() that the request came after
};

/// The faults in force. Thread-safe.
class Faults {
  public:
    /// Puts a fault in force, behind those that are, and returns its id.
    std::uint64_t add(Fault fault);

    /// Decides what will happen to a request, and counts it. The oldest matching fault acts; a request that
    /// it takes is not counted by younger ones, so that two faults for one request each hit two requests in a
    /// row.
    FaultPlan take(const FaultTarget& target);

    /// Waits out a delay. False if the request was abandoned meanwhile: it must end without effect or answer.
    bool pause(const FaultPlan& plan, std::chrono::milliseconds delay);

    /// Waits until the plan's hold is released. False if the request was abandoned meanwhile.
    bool await_release(const FaultPlan& plan);

    /// Ends a hold: requests that it holds go on, and it holds no more. Returns how many went on; nullopt if
    /// there never was such a fault.
    std::optional<std::size_t> release(std::uint64_t id);

    /// Ends all faults; requests that are held go on.
    void clear();

    /// Ends all faults and abandons all requests that wait.
    void reset();

    /// Abandons all requests that wait, now and in future.
    void stop();

    /// The faults in force, and how often each kind has acted since the start or reset(), as JSON.
    Json in_force() const;
    Json acted() const;

  private:
    struct Active {
        std::uint64_t id;
        Fault fault;
        bool spent = false;
    };

    bool is_abandoned(const FaultPlan& plan) const { return stopped_ || era_ != plan.era; }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Active> active_;
    std::map<std::uint64_t, std::vector<std::shared_ptr<bool>>> held_;
    std::map<std::string, std::uint64_t> acted_;
    std::uint64_t last_id_ = 0;
    std::uint64_t era_ = 0;
    bool stopped_ = false;
};

}  // namespace telephony::simulator
