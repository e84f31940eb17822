// The one boundary between C++ exceptions and PostgreSQL errors, which are longjmps that run no destructor.
//
// PostgreSQL calls C++: TELEPHONY_FUNCTION (SQL functions) and entry() (hooks, _PG_init) turn every exception
// into an ereport, raised when all C++ scopes are left. C++ calls PostgreSQL: call() turns an ereport into an
// exception. A body has three phases: read arguments, plain C++, build the result. What can ereport while an
// object with a destructor is alive goes through call().
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "postgres_compat.hpp"
#include "reasons.hpp"

namespace telephony::pg {

/// Thrown by C++ code to become an ereport(ERROR) with these fields; a soft error where the caller asked for
/// one.
class SqlError : public std::exception {
  public:
    /// `sqlstate` is an ERRCODE_ constant. Texts longer than the guard's buffers are cut at a character's
    /// end.
    SqlError(int sqlstate, std::string message, std::string detail = {}, std::string hint = {})
        : sqlstate_(sqlstate),
          message_(std::move(message)),
          detail_(std::move(detail)),
          hint_(std::move(hint)) {}

    const char* what() const noexcept override { return message_.c_str(); }
    int sqlstate() const noexcept { return sqlstate_; }
    const std::string& detail() const noexcept { return detail_; }
    const std::string& hint() const noexcept { return hint_; }

  private:
    int sqlstate_;
    std::string message_;
    std::string detail_;
    std::string hint_;
};

/// Thrown to refuse a request. Over PostgREST it becomes the error that the answer is made of, with the
/// reason code as its `code`; otherwise SQLSTATE PTnnn of that status, with the reason code as name of the
/// constraint.
class Refusal : public SqlError {
  public:
    /// Without a hint of its own it has the reason's advice.
    Refusal(const Reason& reason, std::string message, std::string detail = {}, std::string hint = {});

    const std::string& code() const noexcept { return code_; }

  private:
    std::string code_;
};

/// A PostgreSQL error on its way through C++ frames. Owns a copy of the error; the outer guard raises it
/// again with every field. Never to be swallowed: the transaction is in an unknown state until PostgreSQL has
/// aborted it.
class PostgresError : public std::exception {
  public:
    explicit PostgresError(ErrorData* error) noexcept : error_(error) {}
    PostgresError(PostgresError&& other) noexcept : error_(std::exchange(other.error_, nullptr)) {}
    PostgresError& operator=(PostgresError&&) = delete;
    ~PostgresError() override;

    const char* what() const noexcept override;
    int sqlstate() const noexcept;
    ErrorData* release() noexcept { return std::exchange(error_, nullptr); }

  private:
    ErrorData* error_;
};

/// Keeps the statement that is running out of the server log's STATEMENT lines, and out of pg_stat_activity,
/// from here to the end of the client's message, whatever error there is and whoever raises it; of errors in
/// this project's functions the log keeps no context either. What logs statements by themselves
/// (log_statement, auto_explain) still does.
void hide_statement();

namespace detail {

/// Keeps what ereport will need of the exception being handled, in storage without a destructor.
void capture_exception() noexcept;

/// Raises the captured exception: softly where `context` asks for it and the error is a SqlError, else by
/// longjmp.
void raise_captured(Node* context);

/// Calls `routine(argument)`, turning an ereport in it into PostgresError.
void call(void (*routine)(void*), void* argument);

}  // namespace detail

/// Runs `body`; an exception that leaves it becomes an ereport. After a soft error returns a zero result.
template <class Body>
std::invoke_result_t<Body> entry(Body&& body, Node* context = nullptr) {
    try {
        return body();
    } catch (...) {
        detail::capture_exception();
    }
    detail::raise_captured(context);
    return std::invoke_result_t<Body>();
}

/// Runs `body`, which calls PostgreSQL, so that an ereport in it arrives here as PostgresError with the
/// memory context and resource owner of the call restored. While `body` calls PostgreSQL it may own nothing
/// that needs a destructor.
template <class Body>
std::invoke_result_t<Body> call(Body&& body) {
    using Result = std::invoke_result_t<Body>;
    if constexpr (std::is_void_v<Result>) {
        auto run = [&body] { body(); };
        detail::call([](void* r) { (*static_cast<decltype(run)*>(r))(); }, &run);
    } else {
        static_assert(std::is_trivially_destructible_v<Result> && std::is_default_constructible_v<Result>);
        Result result{};
        auto run = [&body, &result] { result = body(); };
        detail::call([](void* r) { (*static_cast<decltype(run)*>(r))(); }, &run);
        return result;
    }
}

}  // namespace telephony::pg

/// Defines the SQL-callable C function `name` (version 1 convention), guarded. Follow it with the body's
/// block, which sees `fcinfo` and returns a Datum.
#define TELEPHONY_FUNCTION(name)                                                                \
    static Datum name##_body(FunctionCallInfo fcinfo);                                          \
    extern "C" {                                                                                \
    PGDLLEXPORT Datum name(PG_FUNCTION_ARGS);                                                   \
    PG_FUNCTION_INFO_V1(name);                                                                  \
    Datum name(PG_FUNCTION_ARGS) {                                                              \
        return telephony::pg::entry([fcinfo] { return name##_body(fcinfo); }, fcinfo->context); \
    }                                                                                           \
    }                                                                                           \
    static Datum name##_body([[maybe_unused]] FunctionCallInfo fcinfo)
