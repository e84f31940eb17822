// The log of requests to the API, the counts of how far they got, and waiting for these counts.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "dates.hpp"
#include "operation.hpp"

namespace telephony::simulator {

using Json = nlohmann::json;

/// How far a request has got: it has arrived; the API has carried it out or refused it; its answer is about
/// to be sent, or its connection to be cut instead. So who has an answer finds it counted.
enum class Stage { received, applied, answered };

/// The stage with this name; nullopt if there is none.
std::optional<Stage> stage_named(std::string_view name);

/// Counts requests by operation and stage. Thread-safe.
class Journal {
  public:
    explicit Journal(Clock clock) : clock_(clock) {}

    /// A request that has been received.
    struct Ticket {
        std::uint64_t number;  ///< counted from 1, never reset
        std::uint64_t era;     ///< the reset() it came after
        Operation operation;
        std::string account_sid;   ///< of its path
        std::uint64_t concurrent;  ///< how many requests of the account are unanswered, this one included
    };

    /// `parameters`: those of the query or the form, by name.
    Ticket received(Operation operation, const std::string& method, const std::string& path,
                    const std::string& account_sid, Json parameters);
    void applied(const Ticket& ticket);

    /// `status` is 0 where the connection was cut.
    void answered(const Ticket& ticket, int status);

    /// Waits until at least `count` requests of an operation (of any, if not set) have reached the stage
    /// since the start or reset(), at most for `timeout`. Returns how many have.
    std::uint64_t await(std::optional<Operation> operation, Stage stage, std::uint64_t count,
                        std::chrono::milliseconds timeout);

    /// The newest requests, oldest first, as JSON.
    Json requests() const;

    /// How many requests have reached each stage, by operation, as JSON.
    Json counts() const;

    /// The most requests of the account that were ever unanswered at a time.
    std::uint64_t peak_concurrency(const std::string& account_sid) const;

    /// Forgets all requests. Those under way are not counted any more.
    void reset();

    /// Ends all waiting, now and in future.
    void stop();

  private:
    struct Entry {
        std::uint64_t number;
        Operation operation;
        std::string method;
        std::string path;
        Json parameters;
        std::chrono::system_clock::time_point at;
        int status = 0;
        bool applied = false;
        bool answered = false;
    };
    struct Concurrency {
        std::uint64_t now = 0;
        std::uint64_t peak = 0;
    };
    using StageCounts = std::array<std::uint64_t, 3>;

    Entry* find(const Ticket& ticket);
    void count(Operation operation, Stage stage);
    std::uint64_t reached(std::optional<Operation> operation, Stage stage) const;

    const Clock clock_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Entry> entries_;
    std::array<StageCounts, operation_names.size()> counts_{};
    std::unordered_map<std::string, Concurrency> concurrency_;
    std::uint64_t last_number_ = 0;
    std::uint64_t era_ = 0;
    bool stopped_ = false;
};

}  // namespace telephony::simulator
