// refuse(): how SQL refuses a request; hide_statement(): of what follows the server log keeps no statement.
#include <string>
#include <string_view>

#include "datum.hpp"

using telephony::Reason;
using telephony::pg::Refusal;
using telephony::pg::SqlError;
using telephony::pg::text_argument;

namespace {

std::string_view text_or_nothing(FunctionCallInfo fcinfo, int n) {
    return PG_ARGISNULL(n) ? std::string_view() : text_argument(fcinfo, n);
}

}  // namespace

TELEPHONY_FUNCTION(telephony_refuse) {
    const std::string_view code = text_or_nothing(fcinfo, 0), message = text_or_nothing(fcinfo, 2),
                           detail = text_or_nothing(fcinfo, 3), hint = text_or_nothing(fcinfo, 4);
    const int status = PG_ARGISNULL(1) ? 0 : PG_GETARG_INT32(1);
    if (code.empty() || status < 400 || status > 599 || PG_ARGISNULL(2))
        throw SqlError(ERRCODE_INVALID_PARAMETER_VALUE,
                       "refuse() needs a reason code, a status and a message",
                       "The statuses that refuse a request are 400 to 599.");
    throw Refusal(Reason{code, status, {}}, std::string(message), std::string(detail), std::string(hint));
}

TELEPHONY_FUNCTION(telephony_hide_statement) {
    telephony::pg::hide_statement();
    PG_RETURN_VOID();
}
