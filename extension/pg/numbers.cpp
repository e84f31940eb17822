// SQL functions on numbers that need no numbering plan: shape, calling code, mask.
#include "datum.hpp"

using telephony::numbering::E164;
using telephony::numbering::E164Problem;
using telephony::pg::e164_argument;
using telephony::pg::text_argument;
using telephony::pg::text_result;

TELEPHONY_FUNCTION(telephony_is_e164) {
    E164 number;
    return BoolGetDatum(E164::parse(text_argument(fcinfo, 0), number) == E164Problem::none);
}

TELEPHONY_FUNCTION(telephony_calling_code) {
    const E164 number = e164_argument(fcinfo, 0);
    const std::size_t length = calling_code_length(number);
    if (length == 0) PG_RETURN_NULL();
    int code = 0;
    for (std::size_t i = 0; i < length; ++i) code = 10 * code + number.digit(static_cast<int>(i));
    return Int32GetDatum(code);
}

TELEPHONY_FUNCTION(telephony_national_number) {
    const E164 number = e164_argument(fcinfo, 0);
    const std::size_t length = calling_code_length(number);
    if (length == 0) PG_RETURN_NULL();
    return text_result(number.digits().substr(length));
}

TELEPHONY_FUNCTION(telephony_mask_e164) {
    return text_result(mask(e164_argument(fcinfo, 0)));
}

TELEPHONY_FUNCTION(telephony_mask_text) {
    return text_result(telephony::numbering::mask(text_argument(fcinfo, 0)));
}
