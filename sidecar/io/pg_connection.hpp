// One non-blocking libpq connection: connect, one statement at a time, notifications; every wait has a
// deadline.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "io/event_loop.hpp"
#include "io/task.hpp"

struct pg_conn;

namespace telephony::sidecar {

/// How a call to the database ended. An error counts as sql_error only if the server has also reported that
/// it is ready for the next statement: only then is it certain that the statement was rolled back.
enum class CallOutcome {
    ok,
    sql_error,        ///< refused and rolled back: sqlstate and message tell
    not_sent,         ///< no byte of it reached the socket, and none will
    outcome_unknown,  ///< sent, but the connection was lost (or given up) before the answer: it may have been
                      ///< committed
};

struct CallReply {
    CallOutcome outcome = CallOutcome::not_sent;
    std::vector<std::optional<std::string>> values;  ///< first column of each row
    std::string sqlstate;                            ///< of a sql_error
    std::string message;                             ///< why it is not ok; phone numbers masked
    std::string hint;                                ///< HINT of a sql_error
    Deadline sent_at{};  ///< just before it was handed to the socket: leases count from here
};

/// A statement with parameters as text; nullopt is NULL.
struct Statement {
    const char* sql;
    std::vector<std::optional<std::string>> parameters;
};

class PgConnection {
  public:
    /// `conninfo` as libpq takes it: key words or a URI; empty for the PG* environment variables alone. With
    /// `prepares` the server reads each statement's text once per connection, which is then its own: not
    /// behind a pooler that hands a session from client to client.
    PgConnection(EventLoop& loop, std::string conninfo, bool prepares)
        : loop_(loop), conninfo_(std::move(conninfo)), prepares_(prepares) {}
    ~PgConnection() { close(); }
    PgConnection(const PgConnection&) = delete;
    PgConnection& operator=(const PgConnection&) = delete;

    /// Connects anew; false if that was not possible by `due`: see problem().
    Task<bool> connect(Deadline due);
    /// Why the last connect failed or the connection was lost.
    const std::string& problem() const noexcept { return problem_; }

    /// Runs one statement as a transaction of its own. Past `due` the connection is closed, since a late
    /// answer must not be taken for that of the next statement.
    Task<CallReply> execute(const Statement& statement, Deadline due);

    /// True while connected. Reads what has arrived, so that a server that has gone is noticed before
    /// something is sent to it.
    bool usable() noexcept;
    /// The payload of the next notification that has arrived; nullopt if there is none.
    std::optional<std::string> take_notification();
    /// The descriptor to watch while idle; -1 when not connected.
    int socket() const noexcept;
    void close() noexcept;

  private:
    struct Finish {
        void operator()(pg_conn* connection) const noexcept;
    };
    void lost(const char* what);
    /// The answer to what libpq was given at `sent_at`; `given`: whether it took it.
    Task<CallReply> answer(Deadline sent_at, int given, Deadline due);
    /// Prepares the statement of that text under `name`.
    Task<CallReply> prepare(const char* sql, const std::string& name, Deadline due);

    EventLoop& loop_;
    std::string conninfo_;
    bool prepares_;
    std::set<std::string> prepared_;  ///< names of statements, on this connection
    std::unique_ptr<pg_conn, Finish> connection_;
    std::string problem_;
};

}  // namespace telephony::sidecar
