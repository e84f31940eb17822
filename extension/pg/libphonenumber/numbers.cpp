// SQL functions on numbers that ask libphonenumber: reading and writing them as people do.
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "library.hpp"
#include "pg/datum.hpp"

extern "C" {
#include "mb/pg_wchar.h"
}

using telephony::pg::e164_argument;
using telephony::pg::e164_result;
using telephony::pg::SqlError;
using telephony::pg::text_argument;
using telephony::pg::text_result;
namespace libphonenumber = telephony::libphonenumber;

namespace {

/// Text argument `n` in UTF-8, which is what libphonenumber reads.
std::string_view utf8_argument(FunctionCallInfo fcinfo, int n) {
    const std::string_view value = text_argument(fcinfo, n);
    const char* converted = pg_server_to_any(value.data(), static_cast<int>(value.size()), PG_UTF8);
    return converted == value.data() ? value : std::string_view(converted);
}

/// The arguments of the parse family: what to read, and the region whose national form it may be in.
struct ParseArguments {
    std::string_view number;
    std::optional<std::string_view> region;
};

ParseArguments parse_arguments(FunctionCallInfo fcinfo) {
    ParseArguments arguments{utf8_argument(fcinfo, 0), std::nullopt};
    if (!PG_ARGISNULL(1)) arguments.region = utf8_argument(fcinfo, 1);
    return arguments;
}

constexpr std::array<std::pair<std::string_view, libphonenumber::Style>, 4> styles{{
    {"e164", libphonenumber::Style::e164},
    {"international", libphonenumber::Style::international},
    {"national", libphonenumber::Style::national},
    {"rfc3966", libphonenumber::Style::rfc3966},
}};

libphonenumber::Style style_argument(FunctionCallInfo fcinfo, int n) {
    const std::string_view wanted = text_argument(fcinfo, n);
    for (const auto& [name, style] : styles)
        if (name == wanted) return style;
    throw SqlError(ERRCODE_INVALID_PARAMETER_VALUE, "unknown number style", {},
                   "Styles are e164, international, national and rfc3966.");
}

}  // namespace

TELEPHONY_FUNCTION(telephony_parse) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    const auto arguments = parse_arguments(fcinfo);
    const auto parsed = libphonenumber::parse(arguments.number, arguments.region);
    if (parsed.number) return e164_result(*parsed.number);
    const int sqlstate = parsed.problem == libphonenumber::ParseProblem::unknown_region
                             ? ERRCODE_INVALID_PARAMETER_VALUE
                             : ERRCODE_INVALID_TEXT_REPRESENTATION;
    throw SqlError(sqlstate,
                   "cannot read \"" + telephony::numbering::mask(arguments.number) + "\" as a phone number",
                   std::string(describe(parsed.problem)), std::string(advice(parsed.problem)));
}

TELEPHONY_FUNCTION(telephony_try_parse) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    const auto arguments = parse_arguments(fcinfo);
    const auto parsed = libphonenumber::parse(arguments.number, arguments.region);
    if (!parsed.number) PG_RETURN_NULL();
    return e164_result(*parsed.number);
}

TELEPHONY_FUNCTION(telephony_parse_problem) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    const auto arguments = parse_arguments(fcinfo);
    const auto parsed = libphonenumber::parse(arguments.number, arguments.region);
    if (parsed.number) PG_RETURN_NULL();
    return text_result(describe(parsed.problem));
}

TELEPHONY_FUNCTION(telephony_format_number) {
    const auto style = style_argument(fcinfo, 1);
    return text_result(libphonenumber::format(e164_argument(fcinfo, 0), style));
}
