// Every connection has a coroutine that reconnects, greets, and takes calls from the queue.
#include "database/database.hpp"

#include <sys/epoll.h>

#include <algorithm>

#include "base/logging.hpp"

namespace telephony::sidecar {
namespace {

constexpr Duration first_reconnect_delay = std::chrono::milliseconds(50);
// Of one outage, in the log.
constexpr std::size_t most_reasons = 20;

}  // namespace

bool is_transient(const std::string& sqlstate) {
    const std::string kind = sqlstate.substr(0, 2);
    // 08 connection, 40 rollback, 53 resources, 55 locks, 57 operator intervention, 58 system error, 25006 a
    // read-only standby.
    return kind == "08" || kind == "40" || kind == "53" || kind == "55" || kind == "57" || kind == "58" ||
           sqlstate == "25006";
}

bool is_missing_contract(const std::string& sqlstate) {
    // A function, a table, a schema, a column, a type.
    return sqlstate == "42883" || sqlstate == "42P01" || sqlstate == "3F000" || sqlstate == "42703" ||
           sqlstate == "42704";
}

// One connection for calls.
struct Database::Link {
    Link(EventLoop& loop, const DatabaseSettings& settings)
        : connection(loop, settings.conninfo, settings.prepares), work(loop) {}

    PgConnection connection;
    Wakeup work;
    bool greeting_due = true;
    bool answers = false;  // the greeting was answered, whatever it said
    bool idle = false;
    // A session keeps settings as they were when it began, and what pauses may be one of them.
    bool connects_anew = false;
};

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
      listener_(loop, settings_.conninfo, false),
      listener_work_(loop) {
    for (int i = 0; i < settings_.connections; ++i) links_.push_back(std::make_unique<Link>(loop, settings_));
}

Database::~Database() = default;

void Database::start() {
    for (const std::unique_ptr<Link>& link : links_) loop_.spawn(serve_calls(*link));
    if (!settings_.channel.empty()) loop_.spawn(serve_notifications());
}

Task<CallReply> Database::call(const Statement& statement, const CallLimits& limits) {
    Pending pending(*this, statement, limits);
    set_expiry(pending);
    wake_idle_link();
    co_await pending.waiter;
    co_return std::move(pending.reply);
}

bool Database::takes_calls() const {
    return state_ == State::ready || (missing_ && !scout().greeting_due);
}

void Database::greet_again() {
    for (const std::unique_ptr<Link>& link : links_) {
        link->greeting_due = true;
        link->work.raise();
    }
}

void Database::wake_idle_link() {
    for (const std::unique_ptr<Link>& link : links_) {
        if (!std::exchange(link->idle, false)) continue;
        link->work.raise();
        return;
    }
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

void Database::link_lost(Link& link, const std::string& problem) {
    link.answers = false;
    link.greeting_due = true;
    wake_idle_link();  // it may have been woken for a call that another must take now
    scout().work.raise();
    if (scout().answers) return;
    missing_ = false;
    if (!lost_since_) {
        lost_since_ = Clock::now();
        reasons_.clear();
        for (Pending* const call : queue_) set_expiry(*call);
    }
    // An outage may begin as a restart and go on as a wrong password.
    if (reasons_.size() < most_reasons && reasons_.insert(problem).second)
        log::warning(reasons_.size() == 1 ? "database lost" : "database still lost", {{"reason", problem}});
    enter(State::connecting, problem);
}

void Database::database_answers() {
    if (!lost_since_) return;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - *lost_since_);
    lost_since_.reset();
    log::info("database back", {{"seconds", seconds.count()}});
    for (Pending* const call : queue_) set_expiry(*call);
}

Database::Link& Database::scout() const {
    const auto working = std::find_if(links_.begin(), links_.end(), [](const auto& l) { return l->answers; });
    return working == links_.end() ? *links_.front() : **working;
}

bool Database::may_try(const Link& link) const {
    return state_ == State::ready || &scout() == &link;
}

void Database::pause(State state, const std::string& reason) {
    pause_until_ = after(random_between(settings_.pause, 2 * settings_.pause));
    for (const std::unique_ptr<Link>& link : links_) {
        link->greeting_due = true;
        link->connects_anew = true;
        link->idle = false;
    }
    scout().work.raise();
    enter(state, reason);
}

void Database::become_ready() {
    missing_ = false;
    enter(State::ready, "");
    for (const std::unique_ptr<Link>& link : links_) link->work.raise();
    listener_work_.raise();
    if (on_ready) on_ready();
}

// Until there is something to do, or the server closes the connection.
Task<void> Database::wait_for_work(Link& link) {
    const int fd = link.connection.socket();
    if (fd >= 0) loop_.watch(fd, EPOLLIN, [&link](std::uint32_t) { link.work.raise(); });
    co_await link.work.wait_until(no_deadline);
    if (fd >= 0) loop_.unwatch(fd);
}

Task<void> Database::serve_calls(Link& link) {
    for (int failures = 0;;) {
        while (!may_try(link)) co_await wait_for_work(link);
        const bool connected = co_await link.connection.connect(after(settings_.connect_timeout));
        if (connected) link.greeting_due = true;
        link.connects_anew = false;
        while (link.connection.usable()) {
            if (link.greeting_due && may_try(link)) {
                co_await greet(link);
                if (!link.greeting_due) failures = 0;
            } else if (!link.greeting_due && !queue_.empty()) {
                co_await serve_one(link);
            } else {
                link.idle = !link.greeting_due;
                co_await wait_for_work(link);
                link.idle = false;
            }
        }
        link_lost(link, link.connection.problem().empty() ? problem_ : link.connection.problem());
        co_await loop_.sleep_until(after(reconnect_.delay(failures++)));
    }
}

Task<void> Database::greet(Link& link) {
    co_await loop_.sleep_until(pause_until_);  // long past, unless it is paused
    if (std::exchange(link.connects_anew, false)) {
        const bool connected = co_await link.connection.connect(after(settings_.connect_timeout));
        if (!connected) co_return;
    }
    const CallReply reply =
        co_await link.connection.execute(settings_.greeting, after(settings_.call_timeout));
    if (reply.outcome == CallOutcome::not_sent || reply.outcome == CallOutcome::outcome_unknown) co_return;
    if (reply.outcome == CallOutcome::sql_error && is_transient(reply.sqlstate)) {
        // Connected, but not to a server that can work: an unfinished start, a standby, a pooler without a
        // server behind it.
        link_lost(link, reply.message);
        co_await loop_.sleep_until(after(reconnect_.delay(5)));
        link.connection.close();
        co_return;
    }
    link.answers = true;
    database_answers();
    if (!may_try(link)) co_return;  // paused in the meantime
    const GreetingVerdict verdict = settings_.judge_greeting(reply);
    if (verdict.kind != GreetingVerdict::Kind::ready) {
        missing_ = false;
        pause(verdict.kind == GreetingVerdict::Kind::pause ? State::paused : State::refused, verdict.reason);
        co_return;
    }
    link.greeting_due = false;
    if (!missing_)
        become_ready();
    else if (on_ready)
        on_ready();  // the next call tells
}

Task<void> Database::serve_one(Link& link) {
    Pending& call = *queue_.front();
    queue_.pop_front();
    call.expiry.set(no_deadline);
    CallReply reply = co_await link.connection.execute(call.statement, after(settings_.call_timeout));
    const bool missing = settings_.waits_for_contract && reply.outcome == CallOutcome::sql_error &&
                         is_missing_contract(reply.sqlstate);
    if (missing || reply.outcome == CallOutcome::not_sent) {
        // Not executed: it keeps its place while the greeting finds out what is wrong.
        queue_.push_front(&call);
        link.greeting_due = true;
        if (missing) {
            missing_ = true;
            pause(State::paused, reply.message);
        }
        set_expiry(call);
        co_return;
    }
    const bool answered = reply.outcome != CallOutcome::outcome_unknown;
    if (missing_ && answered && !link.greeting_due) become_ready();
    call.reply = std::move(reply);
    call.waiter.wake();
}

Task<void> Database::serve_notifications() {
    const std::string sql = "LISTEN " + settings_.channel;
    const Statement listen{sql.c_str(), {}};
    for (int failures = 0;;) {
        while (state_ != State::ready) co_await listener_work_.wait_until(no_deadline);
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
            while (const std::optional<std::string> payload = listener_.take_notification())
                if (on_notification) on_notification(*payload);
            const int fd = listener_.socket();
            co_await loop_.wait_for_socket(fd, EPOLLIN, no_deadline);
        }
        log::debug("not listening", {{"reason", listener_.problem()}});
        co_await loop_.sleep_until(after(reconnect_.delay(failures++)));
    }
}

}  // namespace telephony::sidecar
