// Calls to the database over a few connections, first in first out, and one more connection that listens.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/backoff.hpp"
#include "base/clock.hpp"
#include "io/event_loop.hpp"
#include "io/pg_connection.hpp"
#include "io/task.hpp"

namespace telephony::sidecar {

/// What follows from the greeting that begins every connection.
struct GreetingVerdict {
    enum class Kind { ready, pause, refuse };
    Kind kind = Kind::ready;
    std::string reason;  ///< of pause and refuse
};

struct DatabaseSettings {
    std::string conninfo;              ///< libpq key words or URI; empty: the PG* environment
    std::string channel;               ///< to LISTEN on; empty: no connection for it
    int connections = 1;               ///< for calls
    bool prepares = false;             ///< statements, once on each connection for calls
    Duration connect_timeout;          ///< for one attempt to connect
    Duration call_timeout;             ///< from sending a statement to its answer
    Duration longest_reconnect_delay;  ///< between two attempts to connect; the delay is jittered and grows
                                       ///< to this
    Duration pause;                    ///< before the next greeting while paused: this to twice as long
    bool waits_for_contract = true;    ///< a call that lacks a function pauses; false: that is its answer
    Statement greeting;                ///< the first statement on every connection for calls
    std::function<GreetingVerdict(const CallReply&)> judge_greeting;
};

/// How long a call waits in the queue for its turn on a working connection.
struct CallLimits {
    Deadline deadline = no_deadline;
    /// The call is given up (not_sent) once the database has been lost for this long, counted from the first
    /// failure.
    std::optional<Duration> lost_for{};
};

/// Keeps the connections up, with jittered backoff, and runs calls in the order they come, as many at once as
/// there are connections. It is lost when none of them works any more, from the moment the last one failed.
/// While paused (the database answers, but does not have the functions or the schema version this program
/// knows) calls wait; that is never counted as lost. While lost or paused a single connection looks whether
/// that is over, and the others wait for it.
class Database {
  public:
    enum class State { connecting, ready, paused, refused };

    Database(EventLoop& loop, DatabaseSettings settings);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Spawns the coroutines that serve the connections. Callbacks below are set before.
    void start();

    /// Runs one statement. `not_sent` means that it has not been and will not be executed.
    Task<CallReply> call(const Statement& statement, const CallLimits& limits);

    /// Greets again before the next call: to learn of a change of mode.
    void greet_again();

    State state() const noexcept { return state_; }
    /// Calls are sent: it is ready, or paused for a function that was missing and to be tried once more.
    bool takes_calls() const;
    /// Since when the database cannot be reached; nullopt while it answers, paused or not.
    std::optional<Deadline> lost_since() const noexcept { return lost_since_; }
    /// Why it is not ready; empty if it is.
    const std::string& problem() const noexcept { return problem_; }

    std::function<void()> on_change;  ///< state or problem has changed
    std::function<void()> on_ready;   ///< calls or notifications are served again: look for missed work
    /// A NOTIFY on the channel, with its payload.
    std::function<void(std::string_view)> on_notification;

  private:
    struct Pending;
    struct Link;

    Task<void> serve_calls(Link& link);
    Task<void> serve_notifications();
    Task<void> greet(Link& link);
    Task<void> serve_one(Link& link);
    /// The one that looks while the database is lost or paused.
    Link& scout() const;
    bool may_try(const Link& link) const;
    void pause(State state, const std::string& reason);
    void become_ready();
    Task<void> wait_for_work(Link& link);
    void wake_idle_link();
    void link_lost(Link& link, const std::string& problem);
    void enter(State state, const std::string& problem);
    void database_answers();
    void set_expiry(Pending& call);
    void give_up(Pending& call);

    EventLoop& loop_;
    DatabaseSettings settings_;
    Backoff reconnect_;
    std::vector<std::unique_ptr<Link>> links_;
    PgConnection listener_;
    std::list<Pending*> queue_;
    Wakeup listener_work_;
    bool missing_ = false;  ///< paused for what a call lacked, which a greeting may not show
    Deadline pause_until_{};
    std::set<std::string> reasons_;  ///< of this outage, as logged
    State state_ = State::connecting;
    std::optional<Deadline> lost_since_;
    std::string problem_ = "not connected yet";
};

/// True for what a statement fails with that could succeed a moment later: conflicts, shortages, a server
/// that starts, stops or is a standby.
bool is_transient(const std::string& sqlstate);

/// True when the functions of the contract are missing: a database not yet or no longer migrated, never a
/// lost one.
bool is_missing_contract(const std::string& sqlstate);

}  // namespace telephony::sidecar
