// Reconnects, greets, and hands calls to the connection in order.
#include "database.hpp"

#include <sys/epoll.h>

#include <algorithm>

#include "logging.hpp"

namespace telephony::sidecar {
namespace {

constexpr Duration first_reconnect_delay = std::chrono::milliseconds(50);

}  // namespace

bool is_transient(const std::string& sqlstate) {
    const std::string kind = sqlstate.substr(0, 2);
    // 40 rollbacks, 53 resources, 55 locks, 57 operator's intervention, 58 system error, 25006 a read-only
    // standby.
    return kind == "08" || kind == "40" || kind == "53" || kind == "55" || kind == "57" || kind == "58" ||
           sqlstate == "25006";
}

bool is_missing_contract(const std::string& sqlstate) {
    return sqlstate == "42883" || sqlstate == "42P01" || sqlstate == "3F000" || sqlstate == "42703";
}

// A call in the queue; lives in the frame of call().
struct Database::Pending {
    Pending(Database& owner, const Statement& the_statement, const CallLimits& the_limits)
        : database(owner),
          statement(the_statement),
          limits(the_limits),
          waiter(owner.loop_),
          expiry(owner.loop_, no_deadline, [this] { database.give_up(*this); }) {
        database.queue_.push_back(this);
    }
    ~Pending() { database.queue_.remove(this); }

    Database& database;
    const Statement& statement;
    const CallLimits& limits;
    CallReply reply;
    Waiter waiter;
    Timer expiry;
};

Database::Database(EventLoop& loop, DatabaseSettings settings)
    : loop_(loop),
      settings_(std::move(settings)),
      reconnect_{first_reconnect_delay, settings_.longest_reconnect_delay},
      calls_(loop, settings_.conninfo),
      listener_(loop, settings_.conninfo),
      work_(loop) {}

void Database::start() {
    loop_.spawn(serve_calls());
    if (!settings_.channel.empty()) loop_.spawn(serve_notifications());
}

Task<CallReply> Database::call(const Statement& statement, const CallLimits& limits) {
    Pending pending(*this, statement, limits);
    set_expiry(pending);
    work_.raise();
    co_await pending.waiter;
    co_return std::move(pending.reply);
}

void Database::greet_again() {
    greeting_due_ = true;
    work_.raise();
}

void Database::set_expiry(Pending& call) {
    Deadline due = call.limits.deadline;
    if (call.limits.lost_for && lost_since_) due = std::min(due, *lost_since_ + *call.limits.lost_for);
    call.expiry.set(due);
}

void Database::give_up(Pending& call) {
    queue_.remove(&call);
    call.reply.outcome = CallOutcome::not_sent;
    call.reply.message = problem_.empty() ? "the database was busy" : problem_;
    call.waiter.wake();
}

void Database::enter(State state, const std::string& problem) {
    const bool changed = state != state_ || problem != problem_;
    state_ = state;
    problem_ = problem;
    if (changed && on_change) on_change();
}

void Database::database_lost(const std::string& problem) {
    if (!lost_since_) {
        lost_since_ = Clock::now();
        log::warning("database lost", {{"reason", problem}});
        for (Pending* const call : queue_) set_expiry(*call);
    }
    greeting_due_ = true;
    enter(State::connecting, problem);
}

void Database::database_answers() {
    if (!lost_since_) return;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - *lost_since_);
    lost_since_.reset();
    log::info("database back", {{"seconds", seconds.count()}});
    for (Pending* const call : queue_) set_expiry(*call);
}

Task<void> Database::serve_calls() {
    for (int failures = 0;;) {
        const bool connected = co_await calls_.connect(after(settings_.connect_timeout));
        if (connected) greeting_due_ = true;
        while (calls_.usable()) {
            if (greeting_due_) {
                co_await greet();
                if (!greeting_due_) failures = 0;
            } else if (!queue_.empty()) {
                co_await serve_one();
            } else {
                // Idle: until there is work, or the server closes the connection.
                loop_.watch(calls_.socket(), EPOLLIN, [this](std::uint32_t) { work_.raise(); });
                co_await work_.wait_until(no_deadline);
                if (calls_.socket() >= 0) loop_.unwatch(calls_.socket());
            }
        }
        database_lost(calls_.problem().empty() ? problem_ : calls_.problem());
        co_await loop_.sleep_until(after(reconnect_.delay(failures++)));
    }
}

Task<void> Database::greet() {
    const CallReply reply = co_await calls_.execute(settings_.greeting, after(settings_.call_timeout));
    if (reply.outcome == CallOutcome::not_sent || reply.outcome == CallOutcome::outcome_unknown) co_return;
    if (reply.outcome == CallOutcome::sql_error && is_transient(reply.sqlstate)) {
        // Connected, but not to a server that can work: an unfinished start, a standby, a pooler without a
        // server behind it.
        database_lost(reply.message);
        co_await loop_.sleep_until(after(reconnect_.delay(5)));
        calls_.close();
        co_return;
    }
    database_answers();
    const GreetingVerdict verdict = settings_.judge_greeting(reply);
    switch (verdict.kind) {
        case GreetingVerdict::Kind::ready:
            greeting_due_ = false;
            enter(State::ready, "");
            if (on_ready) on_ready();
            break;
        case GreetingVerdict::Kind::pause:
            enter(State::paused, verdict.reason);
            co_await loop_.sleep_until(after(settings_.pause));
            break;
        case GreetingVerdict::Kind::refuse:
            enter(State::refused, verdict.reason);
            co_await loop_.sleep_until(after(settings_.pause));
            break;
    }
}

Task<void> Database::serve_one() {
    Pending& call = *queue_.front();
    queue_.pop_front();
    call.expiry.set(no_deadline);
    CallReply reply = co_await calls_.execute(call.statement, after(settings_.call_timeout));
    const bool missing = reply.outcome == CallOutcome::sql_error && is_missing_contract(reply.sqlstate);
    if (missing || reply.outcome == CallOutcome::not_sent) {
        // Not executed: it keeps its place while the greeting finds out what is wrong.
        queue_.push_front(&call);
        greeting_due_ = true;
        if (missing) enter(State::paused, reply.message);
        set_expiry(call);
        co_return;
    }
    call.reply = std::move(reply);
    call.waiter.wake();
}

Task<void> Database::serve_notifications() {
    const std::string sql = "LISTEN " + settings_.channel;
    const Statement listen{sql.c_str(), {}};
    for (int failures = 0;;) {
        const bool connected = co_await listener_.connect(after(settings_.connect_timeout));
        if (connected) {
            const CallReply reply = co_await listener_.execute(listen, after(settings_.call_timeout));
            if (reply.outcome == CallOutcome::ok) {
                failures = 0;
                if (on_ready) on_ready();
            } else {
                listener_.close();
            }
        }
        while (listener_.usable()) {
            if (listener_.take_notification() && on_notification) on_notification();
            const int fd = listener_.socket();
            co_await loop_.wait_for_socket(fd, EPOLLIN, no_deadline);
        }
        log::debug("not listening", {{"reason", listener_.problem()}});
        co_await loop_.sleep_until(after(reconnect_.delay(failures++)));
    }
}

}  // namespace telephony::sidecar
