// telephony.e164: text and binary input and output, and the casts from and to text.
#include <string>
#include <utility>

#include "datum.hpp"
#include "numbering/code_points.hpp"

extern "C" {
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
}

using telephony::numbering::E164;
using telephony::numbering::E164Problem;
using telephony::pg::SqlError;
namespace code_points = telephony::numbering::code_points;

namespace {

/// White space and what does not show are no reason that can be seen: the first of them by name; else empty.
/// ASCII's own space shows by the quotation marks around the text.
std::string unseen_problem(std::string_view value) {
    if (GetDatabaseEncoding() != PG_UTF8) return {};
    constexpr std::size_t far_enough = 64;
    bool begun = false;
    for (std::string_view rest = value.substr(0, far_enough); !rest.empty();) {
        const char32_t point = code_points::take(rest);
        if (point != ' ' && code_points::is_blank(point)) {
            char name[16];
            snprintf(name, sizeof name, "U+%04X", static_cast<unsigned>(point));
            const bool shows = code_points::token_of(point) == ' ';
            return std::string(shows ? "White space, " : "An invisible character, ") + name +
                   (begun ? ", stands in it or behind it." : ", stands before the +.");
        }
        begun = begun || point == '+';
    }
    return {};
}

/// Reads strict E.164 text or throws the error of type input. The error shows no more of the text than its
/// mask.
E164 read_e164(std::string_view value) {
    E164 number;
    const E164Problem problem = E164::parse(value, number);
    if (problem == E164Problem::none) return number;
    std::string reason = unseen_problem(value);
    if (reason.empty()) reason = describe(problem);
    throw SqlError(
        ERRCODE_INVALID_TEXT_REPRESENTATION,
        "invalid input syntax for type telephony.e164: \"" + telephony::numbering::mask(value) + "\"",
        std::move(reason),
        "Write + and 2 to 15 digits, as in +12025550123; telephony.parse() reads other forms.");
}

}  // namespace

TELEPHONY_FUNCTION(telephony_e164_in) {
    return telephony::pg::e164_result(read_e164(PG_GETARG_CSTRING(0)));
}

TELEPHONY_FUNCTION(telephony_e164_out) {
    return telephony::pg::cstring_result(telephony::pg::e164_argument(fcinfo, 0).str());
}

TELEPHONY_FUNCTION(telephony_e164_recv) {
    const auto bits =
        static_cast<std::uint64_t>(pq_getmsgint64(reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0))));
    const auto number = E164::from_bits(bits);
    if (!number)
        throw SqlError(ERRCODE_INVALID_BINARY_REPRESENTATION, "invalid binary value for type telephony.e164");
    return telephony::pg::e164_result(*number);
}

TELEPHONY_FUNCTION(telephony_e164_send) {
    const auto bits = static_cast<std::uint64_t>(PG_GETARG_INT64(0));
    StringInfoData buffer;
    pq_begintypsend(&buffer);
    pq_sendint64(&buffer, bits);
    return PointerGetDatum(pq_endtypsend(&buffer));
}

TELEPHONY_FUNCTION(telephony_e164_from_text) {
    return telephony::pg::e164_result(read_e164(telephony::pg::text_argument(fcinfo, 0)));
}

TELEPHONY_FUNCTION(telephony_e164_to_text) {
    return telephony::pg::text_result(telephony::pg::e164_argument(fcinfo, 0).str());
}
