// refuse_quietly(): an error for the caller of which the server log keeps no statement.
#include <string>

#include "datum.hpp"

using telephony::pg::SqlError;
using telephony::pg::text_argument;

namespace {

std::string text_or_nothing(FunctionCallInfo fcinfo, int n) {
    return PG_ARGISNULL(n) ? std::string() : std::string(text_argument(fcinfo, n));
}

}  // namespace

TELEPHONY_FUNCTION(telephony_refuse_quietly) {
    telephony::pg::hide_statement();
    const std::string sqlstate = text_or_nothing(fcinfo, 0);
    const bool refusal = sqlstate.size() == 5 && sqlstate.starts_with("PT4") &&
                         sqlstate.find_first_not_of("0123456789", 3) == std::string::npos;
    if (!refusal || PG_ARGISNULL(1))
        throw SqlError(ERRCODE_INVALID_PARAMETER_VALUE, "refuse_quietly() needs a SQLSTATE and a message",
                       "The SQLSTATEs that refuse a request are PT400 to PT499.");
    throw SqlError(MAKE_SQLSTATE(sqlstate[0], sqlstate[1], sqlstate[2], sqlstate[3], sqlstate[4]),
                   text_or_nothing(fcinfo, 1), text_or_nothing(fcinfo, 2), text_or_nothing(fcinfo, 3));
}
