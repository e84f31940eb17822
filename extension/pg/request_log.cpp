// PostgREST turns a body into arguments before any function of ours runs. What it cannot turn, PostgreSQL
// quotes in the message or its context: a telephone number where a uuid belongs, a token beside a NUL. The
// client is told; the log is not, and needs no line of each malformed request.
#include "request_log.hpp"

#include <string_view>

#include "postgres_compat.hpp"

extern "C" {
#include "access/xact.h"
#include "utils/elog.h"
}

namespace telephony::pg::request_log {
namespace {

emit_log_hook_type next_hook = nullptr;
TimestampTz request = 0;  // begin of its transaction

/// Called for a message that is about to be logged, also while a transaction fails: raises nothing.
void keep_quiet(ErrorData* error) {
    if (next_hook != nullptr) next_hook(error);
    if (error->elevel != ERROR || request == 0 || GetCurrentTransactionStartTimestamp() != request) return;
    const std::string_view sqlstate = unpack_sql_state(error->sqlerrcode);
    // Class 22: cannot be read as its type. Class 54: such as JSON that is nested too deep.
    if (sqlstate.starts_with("22")) error->output_to_server = false;
    if (sqlstate.starts_with("54")) error->hide_ctx = true;
}

}  // namespace

void watch() {
    next_hook = emit_log_hook;
    emit_log_hook = keep_quiet;
}

void begin_request() {
    request = GetCurrentTransactionStartTimestamp();
}

}  // namespace telephony::pg::request_log
