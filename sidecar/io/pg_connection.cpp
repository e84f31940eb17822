// libpq's asynchronous interface. A descriptor is watched for one step only, since libpq may replace it.
#include "io/pg_connection.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/epoll.h>

#include <array>
#include <string_view>

#include "base/logging.hpp"
#include "base/masking.hpp"
#include "io/host_lookup.hpp"

namespace telephony::sidecar {
namespace {

struct ClearResult {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ClearResult>;

// libpq ends its messages with a line feed, and some span lines.
std::string one_line(const char* message) {
    std::string text = masked_excerpt(message ? message : "");
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    for (char& c : text)
        if (c == '\n' || c == '\t') c = ' ';
    return text;
}

// The server asked for a password and let nobody in: it need not be the password, but often is.
constexpr std::string_view password_advice =
    " (if the role's password was changed, write the new one into the password file: it is read anew "
    "at every attempt)";

constexpr std::string_view no_such_statement = "26000";
constexpr std::string_view statement_exists = "42P05";

// Made from the text, so that a pooler which shares sessions can never have another statement run.
std::string name_of(std::string_view sql) {
    return "telephonyd_" + std::to_string(std::hash<std::string_view>{}(sql));
}

void log_notice(void*, const PGresult* notice) {
    const char* const message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    log::info("database notice", {{"notice", one_line(message)}});
}

// Takes one result of a statement into `reply`; the last error wins over rows before it, since COMMIT comes
// after the rows.
void collect(const PGresult* result, CallReply& reply) {
    switch (PQresultStatus(result)) {
        case PGRES_TUPLES_OK:
            for (int row = 0; row < PQntuples(result); ++row) {
                if (PQnfields(result) < 1 || PQgetisnull(result, row, 0))
                    reply.values.emplace_back();
                else
                    reply.values.emplace_back(PQgetvalue(result, row, 0));
            }
            break;
        case PGRES_COMMAND_OK:
            break;
        default: {
            const char* const sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
            const char* const primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
            reply.outcome = CallOutcome::sql_error;
            reply.sqlstate = sqlstate ? sqlstate : "";
            reply.message = one_line(primary ? primary : PQresultErrorMessage(result));
            reply.hint = one_line(PQresultErrorField(result, PG_DIAG_MESSAGE_HINT));
        }
    }
}

}  // namespace

void PgConnection::Finish::operator()(pg_conn* connection) const noexcept {
    PQfinish(connection);
}

void PgConnection::close() noexcept {
    if (connection_) loop_.unwatch(PQsocket(connection_.get()));
    connection_.reset();
    prepared_.clear();
}

void PgConnection::lost(const char* what) {
    const std::string detail = connection_ ? one_line(PQerrorMessage(connection_.get())) : std::string();
    problem_ = detail.empty() ? what : detail;
    close();
}

int PgConnection::socket() const noexcept {
    return connection_ ? PQsocket(connection_.get()) : -1;
}

Task<bool> PgConnection::connect(Deadline due) {
    close();
    problem_.clear();
    HostLookup lookup(loop_, conninfo_);
    const bool looked_up = co_await lookup.run(due);
    if (!looked_up) {
        problem_ = lookup.problem();
        co_return false;
    }
    // Later options win: the operator's conninfo over our defaults, our encoding over both.
    const std::vector<std::pair<const char*, const char*>> options = {
        {"fallback_application_name", "telephonyd"},
        {"keepalives_idle", "15"},
        {"keepalives_interval", "5"},
        {"keepalives_count", "3"},
        {"tcp_user_timeout", "20000"},
        {"dbname", conninfo_.c_str()},
        {"host", lookup.hosts()},
        {"hostaddr", lookup.addresses()},
        {"port", lookup.ports()},
        {"client_encoding", "UTF8"},
        {nullptr, nullptr}};
    std::vector<const char*> words;
    std::vector<const char*> values;
    for (const auto& [word, value] : options) {
        words.push_back(word);
        values.push_back(value);
    }
    connection_.reset(PQconnectStartParams(words.data(), values.data(), 1));
    if (!connection_ || PQstatus(connection_.get()) == CONNECTION_BAD) {
        lost("cannot connect");
        co_return false;
    }
    PQsetNoticeReceiver(connection_.get(), log_notice, nullptr);
    for (PostgresPollingStatusType next = PGRES_POLLING_WRITING; next != PGRES_POLLING_OK;) {
        if (next == PGRES_POLLING_FAILED) {
            const bool by_password = PQconnectionUsedPassword(connection_.get()) != 0 ||
                                     PQconnectionNeedsPassword(connection_.get()) != 0;
            lost("cannot connect");
            if (by_password) problem_ += password_advice;
            co_return false;
        }
        // libpq may change the descriptor from step to step, so it is watched for one step only.
        const int fd = PQsocket(connection_.get());
        const std::uint32_t events = next == PGRES_POLLING_READING ? EPOLLIN : EPOLLOUT;
        const bool ready = co_await loop_.wait_for_socket(fd, events, due);
        if (!ready) {
            problem_ = "timeout while connecting";
            close();
            co_return false;
        }
        next = PQconnectPoll(connection_.get());
    }
    PQsetnonblocking(connection_.get(), 1);
    co_return true;
}

bool PgConnection::usable() noexcept {
    if (!connection_) return false;
    // The end of the stream is seen only after all data before it has been read.
    pollfd poll_for{PQsocket(connection_.get()), POLLIN, 0};
    while (poll(&poll_for, 1, 0) > 0) {
        if (!PQconsumeInput(connection_.get()) || PQstatus(connection_.get()) == CONNECTION_BAD) {
            lost("connection lost");
            return false;
        }
        poll_for.fd = PQsocket(connection_.get());
    }
    return PQstatus(connection_.get()) == CONNECTION_OK;
}

std::optional<std::string> PgConnection::take_notification() {
    const auto freed = [](PGnotify* notification) { PQfreemem(notification); };
    const std::unique_ptr<PGnotify, decltype(freed)> notification(
        connection_ ? PQnotifies(connection_.get()) : nullptr, freed);
    if (!notification) return std::nullopt;
    return notification->extra;
}

Task<CallReply> PgConnection::execute(const Statement& statement, Deadline due) {
    CallReply reply;
    if (!usable()) {
        reply.message = problem_;
        co_return reply;
    }
    std::vector<const char*> parameters;
    for (const auto& parameter : statement.parameters)
        parameters.push_back(parameter ? parameter->c_str() : nullptr);
    const int count = static_cast<int>(parameters.size());
    if (prepares_) {
        const std::string name = name_of(statement.sql);
        if (!prepared_.contains(name)) {
            CallReply prepared = co_await prepare(statement.sql, name, due);
            if (prepared.outcome != CallOutcome::ok) co_return prepared;
        }
        const Deadline sent_at = Clock::now();
        const int given = PQsendQueryPrepared(connection_.get(), name.c_str(), count, parameters.data(),
                                              nullptr, nullptr, 0);
        reply = co_await answer(sent_at, given, due);
        if (reply.sqlstate != no_such_statement) co_return reply;
        prepares_ = false;
        log::warning("a pooler stands between telephonyd and the database", {{"advice", "--no-listen"}});
    }
    const Deadline sent_at = Clock::now();
    const int given = PQsendQueryParams(connection_.get(), statement.sql, count, nullptr, parameters.data(),
                                        nullptr, nullptr, 0);
    reply = co_await answer(sent_at, given, due);
    co_return reply;
}

Task<CallReply> PgConnection::prepare(const char* sql, const std::string& name, Deadline due) {
    const Deadline sent_at = Clock::now();
    const int given = PQsendPrepare(connection_.get(), name.c_str(), sql, 0, nullptr);
    CallReply reply = co_await answer(sent_at, given, due);
    // Of that name there is only this text.
    if (reply.sqlstate == statement_exists) reply.outcome = CallOutcome::ok;
    if (reply.outcome == CallOutcome::ok) prepared_.insert(name);
    // It would have executed nothing.
    if (reply.outcome == CallOutcome::outcome_unknown) reply.outcome = CallOutcome::not_sent;
    co_return reply;
}

Task<CallReply> PgConnection::answer(Deadline sent_at, int given, Deadline due) {
    CallReply reply;
    reply.sent_at = sent_at;
    // Bytes may be on their way: what fails now leaves the outcome open.
    reply.outcome = CallOutcome::outcome_unknown;
    if (!given) {
        lost("cannot send");
        reply.message = problem_;
        co_return reply;
    }
    CallReply whole = reply;
    whole.outcome = CallOutcome::ok;
    for (;;) {
        const int unsent = PQflush(connection_.get());
        if (unsent < 0 || !PQconsumeInput(connection_.get())) break;
        bool complete = false;
        while (!complete && !PQisBusy(connection_.get())) {
            const Result result(PQgetResult(connection_.get()));
            complete = !result;
            if (result) collect(result.get(), whole);
        }
        if (complete) {
            if (PQstatus(connection_.get()) != CONNECTION_OK ||
                PQtransactionStatus(connection_.get()) != PQTRANS_IDLE)
                break;
            co_return whole;
        }
        const std::uint32_t events = unsent > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN;
        const int fd = PQsocket(connection_.get());
        const bool ready = co_await loop_.wait_for_socket(fd, events, due);
        if (!ready) {
            problem_ = "no answer in time";
            reply.message = problem_;
            close();
            co_return reply;
        }
    }
    lost("connection lost");
    reply.message = problem_;
    co_return reply;
}

}  // namespace telephony::sidecar
