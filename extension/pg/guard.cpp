// The exception guard: what of an exception outlives its scope, and the way from one kind of error to the
// other.
#include "guard.hpp"

#include <cstring>
#include <new>

extern "C" {
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "tcop/tcopprot.h"
#include "utils/backend_status.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
}

namespace telephony::pg {

namespace {

/// An error between the end of the C++ scopes and its ereport. Trivially destructible: longjmp leaves it
/// behind.
struct CapturedError {
    int sqlstate;
    bool may_be_soft;
    char message[512];
    char detail[4096];
    char hint[512];
    char reason_code[64];  // empty: no refusal
    ErrorData* postgres_error;
};
static_assert(std::is_trivially_destructible_v<CapturedError>);

/// Whether hide_statement() was called for what is running. What runs for no client has no statement either.
bool statement_is_hidden() noexcept {
    return debug_query_string == nullptr;
}

// A backend has one thread, and nothing runs between capture and raise.
CapturedError captured;

template <std::size_t size>
void store(char (&field)[size], std::string_view text) noexcept {
    const std::size_t length =
        text.size() < size ? text.size()
                           : pg_mbcliplen(text.data(), static_cast<int>(size), static_cast<int>(size) - 1);
    std::memcpy(field, text.data(), length);
    field[length] = '\0';
}

void capture(int sqlstate, std::string_view message, std::string_view detail = {},
             std::string_view hint = {}) noexcept {
    captured.sqlstate = sqlstate;
    captured.may_be_soft = false;
    captured.postgres_error = nullptr;
    store(captured.message, message);
    store(captured.detail, detail);
    store(captured.hint, hint);
    captured.reason_code[0] = '\0';
}

/// PTnnn: PostgREST answers with status nnn.
int sqlstate_of_status(int status) noexcept {
    const auto digit = [status](int power) { return static_cast<char>('0' + status / power % 10); };
    return MAKE_SQLSTATE('P', 'T', digit(100), digit(10), digit(1));
}

/// PostgREST sets this for each transaction; afterwards it reads empty.
bool is_request_of_postgrest() {
    const char* method =
        GetConfigOption("request.method", /*missing_ok=*/true, /*restrict_privileged=*/false);
    return method != nullptr && *method != '\0';
}

void append_member(StringInfo json, const char* name, const char* value) {
    if (*value == '\0') return;
    appendStringInfo(json, "%s\"%s\": ", json->len > 1 ? ", " : "", name);
    escape_json(json, value);
}

/// The error from which PostgREST takes the body and the status of its answer.
void raise_for_postgrest(bool quiet) {
    StringInfoData body;
    initStringInfo(&body);
    appendStringInfoChar(&body, '{');
    append_member(&body, "code", captured.reason_code);
    append_member(&body, "message", captured.message);
    append_member(&body, "details", captured.detail);
    append_member(&body, "hint", captured.hint);
    appendStringInfoChar(&body, '}');
    const char* const sqlstate = unpack_sql_state(captured.sqlstate);
    ereport(ERROR, (errcode(MAKE_SQLSTATE('P', 'G', 'R', 'S', 'T')), errmsg_internal("%s", body.data),
                    errdetail_internal("{\"status\": %s, \"headers\": {}}", sqlstate + 2),
                    err_generic_string(PG_DIAG_CONSTRAINT_NAME, captured.reason_code), errhidestmt(quiet),
                    errhidecontext(quiet)));
}

}  // namespace

Refusal::Refusal(const Reason& reason, std::string message, std::string detail, std::string hint)
    : SqlError(sqlstate_of_status(reason.status), std::move(message), std::move(detail),
               hint.empty() ? std::string(reason.advice) : std::move(hint)),
      code_(reason.code) {}

PostgresError::~PostgresError() {
    if (error_ != nullptr) FreeErrorData(error_);
}

const char* PostgresError::what() const noexcept {
    return error_ != nullptr && error_->message != nullptr ? error_->message : "PostgreSQL error";
}

int PostgresError::sqlstate() const noexcept {
    return error_ != nullptr ? error_->sqlerrcode : ERRCODE_INTERNAL_ERROR;
}

void hide_statement() {
    debug_query_string = nullptr;  // elog.c takes STATEMENT from here, where there is one
    call([] { pgstat_report_activity(STATE_RUNNING, "(not shown: it carries a secret)"); });
}

namespace detail {

void capture_exception() noexcept {
    try {
        throw;
    } catch (PostgresError& error) {
        capture(error.sqlstate(), {});
        captured.postgres_error = error.release();
    } catch (const Refusal& error) {
        capture(error.sqlstate(), error.what(), error.detail(), error.hint());
        store(captured.reason_code, error.code());
    } catch (const SqlError& error) {
        capture(error.sqlstate(), error.what(), error.detail(), error.hint());
        captured.may_be_soft = true;
    } catch (const std::bad_alloc&) {
        capture(ERRCODE_OUT_OF_MEMORY, "out of memory");
    } catch (const std::exception& error) {
        capture(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION, error.what());
    } catch (...) {
        capture(ERRCODE_INTERNAL_ERROR, "unknown C++ exception");
    }
}

void raise_captured(Node* context) {
    const bool quiet = statement_is_hidden();
    if (captured.postgres_error != nullptr) {
        captured.postgres_error->hide_ctx |= quiet;
        ReThrowError(captured.postgres_error);
    }
    if (captured.reason_code[0] != '\0' && is_request_of_postgrest()) raise_for_postgrest(quiet);
    if (!captured.may_be_soft) context = nullptr;
    TELEPHONY_REPORT(context, (errcode(captured.sqlstate), errmsg("%s", captured.message),
                               captured.detail[0] != '\0' ? errdetail("%s", captured.detail) : 0,
                               captured.hint[0] != '\0' ? errhint("%s", captured.hint) : 0,
                               captured.reason_code[0] != '\0'
                                   ? err_generic_string(PG_DIAG_CONSTRAINT_NAME, captured.reason_code)
                                   : 0,
                               errhidestmt(quiet), errhidecontext(quiet)));
}

void call(void (*routine)(void*), void* argument) {
    const MemoryContext context = CurrentMemoryContext;
    const ResourceOwner owner = CurrentResourceOwner;
    // Volatile: written after a longjmp into this frame.
    volatile bool failed = false;
    ErrorData* volatile error = nullptr;
    std::exception_ptr thrown;  // must not unwind through PG_TRY, whose jump buffer would stay in force

    PG_TRY();
    {
        try {
            routine(argument);
        } catch (...) {
            thrown = std::current_exception();
        }
    }
    PG_CATCH();
    { failed = true; }
    PG_END_TRY();
    if (thrown) std::rethrow_exception(thrown);
    if (!failed) return;

    MemoryContextSwitchTo(context);
    CurrentResourceOwner = owner;
    PG_TRY();
    { error = CopyErrorData(); }
    PG_CATCH();
    {
        MemoryContextSwitchTo(context);  // no memory for the copy: the bad_alloc below tells as much
    }
    PG_END_TRY();
    FlushErrorState();
    if (error == nullptr) throw std::bad_alloc();
    throw PostgresError(error);
}

}  // namespace detail

}  // namespace telephony::pg
