// SQL functions that read and write numbers as people do, from the plan built into the library.
#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "datum.hpp"
#include "numbering/format.hpp"
#include "numbering/parse.hpp"
#include "shown.hpp"

extern "C" {
#include "access/detoast.h"
#include "catalog/namespace.h"
#include "mb/pg_wchar.h"
}

using telephony::numbering::built_in_plan;
using telephony::numbering::FormatStyle;
using telephony::numbering::FormattedNumber;
using telephony::numbering::Parsed;
using telephony::numbering::ParseProblem;
using telephony::pg::allocate;
using telephony::pg::e164_argument;
using telephony::pg::e164_result;
using telephony::pg::SqlError;
using telephony::pg::text_argument;
using telephony::pg::text_result;

namespace {

/// No character of a server encoding has more bytes, and none grows by more as UTF-8.
constexpr std::size_t most_bytes_of_a_character = 4;
static_assert(MAX_CONVERSION_GROWTH == most_bytes_of_a_character);
constexpr std::size_t longest_text = telephony::numbering::longest_notation * most_bytes_of_a_character;

bool is_ascii(std::string_view text) noexcept {
    return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) < 0; });
}

/// Text argument `n` in UTF-8, as far as it is that: what has no form in it becomes a byte that is none. No
/// error, whatever the bytes.
class Utf8Argument {
  public:
    Utf8Argument(FunctionCallInfo fcinfo, int n) {
        text_ = text_argument(fcinfo, n);
        const int encoding = GetDatabaseEncoding();
        if (encoding == PG_UTF8 || encoding == PG_SQL_ASCII || is_ascii(text_)) return;
        const auto* source = reinterpret_cast<const unsigned char*>(text_.data());
        const int size = static_cast<int>(text_.size());
        const Oid conversion = FindDefaultConversionProc(encoding, PG_UTF8);
        int taken = 0;
        converted_[0] = 0;
        if (OidIsValid(conversion))
            taken = pg_do_encoding_conversion_buf(conversion, encoding, PG_UTF8,
                                                  const_cast<unsigned char*>(source), size, converted_,
                                                  longest_converted, true);
        auto* converted = reinterpret_cast<char*>(converted_);
        std::size_t length = std::strlen(converted);
        if (taken != size) converted[length++] = '\xFF';
        text_ = {converted, length};
    }
    Utf8Argument(const Utf8Argument&) = delete;
    Utf8Argument& operator=(const Utf8Argument&) = delete;

    std::string_view view() const noexcept { return text_; }

  private:
    static constexpr std::size_t longest_converted = longest_text * most_bytes_of_a_character + 1;
    std::string_view text_;
    unsigned char converted_[longest_converted + 1];
};

/// True if text argument `n` is longer than any number; such a one is not even fetched from where it is
/// stored.
bool is_long(FunctionCallInfo fcinfo, int n) {
    return toast_raw_datum_size(PG_GETARG_DATUM(n)) > VARHDRSZ + longest_text;
}

std::optional<std::string_view> region_argument(FunctionCallInfo fcinfo, int n) {
    if (PG_ARGISNULL(n)) return std::nullopt;
    return is_long(fcinfo, n) ? std::string_view{} : text_argument(fcinfo, n);
}

/// What may be shown of a text: a mask, in storage that an ereport may leave behind.
using Masked = telephony::text::FixedText<16>;

/// Reads argument 0 in the region of argument 1. `masked`: gets what may be shown of the text, if it is no
/// number.
Parsed parse_arguments(FunctionCallInfo fcinfo, Masked* masked = nullptr) {
    if (is_long(fcinfo, 0)) {
        if (masked != nullptr) masked->append("****");
        return {{}, ParseProblem::long_text, false, {}};
    }
    const auto region = region_argument(fcinfo, 1);
    const Utf8Argument text(fcinfo, 0);
    const Parsed parsed = parse(built_in_plan(), text.view(), region);
    if (masked != nullptr && !parsed) masked->append(telephony::numbering::mask(text.view()));
    return parsed;
}

FormatStyle style_argument(FunctionCallInfo fcinfo, int n) {
    constexpr std::array<std::pair<std::string_view, FormatStyle>, 4> styles{{
        {"international", FormatStyle::international},
        {"national", FormatStyle::national},
        {"e164", FormatStyle::e164},
        {"rfc3966", FormatStyle::rfc3966},
    }};
    const std::string_view wanted = text_argument(fcinfo, n);
    for (const auto& [name, style] : styles)
        if (name == wanted) return style;
    throw SqlError(ERRCODE_INVALID_PARAMETER_VALUE,
                   "unknown number style \"" + telephony::pg::shown(wanted) + "\"", {},
                   "Styles are e164, international, national and rfc3966.");
}

}  // namespace

TELEPHONY_FUNCTION(telephony_parse) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    Masked masked;
    const Parsed parsed = parse_arguments(fcinfo, &masked);
    if (parsed) return e164_result(parsed.number);
    const int sqlstate = parsed.problem == ParseProblem::unknown_region ? ERRCODE_INVALID_PARAMETER_VALUE
                                                                        : ERRCODE_INVALID_TEXT_REPRESENTATION;
    throw SqlError(sqlstate, "cannot read \"" + std::string(masked.view()) + "\" as a phone number",
                   std::string(describe(parsed.problem)), std::string(advice(parsed.problem)));
}

TELEPHONY_FUNCTION(telephony_try_parse) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    const Parsed parsed = parse_arguments(fcinfo);
    if (!parsed) PG_RETURN_NULL();
    return e164_result(parsed.number);
}

TELEPHONY_FUNCTION(telephony_parse_problem) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    const Parsed parsed = parse_arguments(fcinfo);
    const std::string_view problem = parsed ? describe_loss(parsed) : describe(parsed.problem);
    if (problem.empty()) PG_RETURN_NULL();
    return text_result(problem);
}

TELEPHONY_FUNCTION(telephony_parse_problem_code) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    const Parsed parsed = parse_arguments(fcinfo);
    const std::string_view code =
        parsed ? code_of_loss(parsed) : telephony::numbering::code_of(parsed.problem);
    if (code.empty()) PG_RETURN_NULL();
    return text_result(code);
}

TELEPHONY_FUNCTION(telephony_number_extension) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    const Parsed parsed = parse_arguments(fcinfo);
    if (!parsed || parsed.extension.empty()) PG_RETURN_NULL();
    return text_result(parsed.extension.view());
}

TELEPHONY_FUNCTION(telephony_format_number) {
    const FormatStyle style = style_argument(fcinfo, 1);
    const auto number = e164_argument(fcinfo, 0);
    // Written where it stays: to copy what was written byte by byte a moment ago makes the processor wait.
    void* result = allocate(VARHDRSZ + sizeof(FormattedNumber));
    const auto* text = new (VARDATA(result)) FormattedNumber(format_number(built_in_plan(), number, style));
    SET_VARSIZE(result, VARHDRSZ + text->view().size());
    return PointerGetDatum(result);
}
