// The reasons parse() refuses a code, as sentences; where one ends in a code, no full stop follows it.
#include <algorithm>
#include <string>

#include "forwarding_code.hpp"

namespace telephony::mmi {
namespace {

// At most this much of a refused text is repeated: enough for a service code or a timer, too little for a
// number.
constexpr std::size_t max_shown = 4;

bool may_be_shown(std::string_view text) {
    return !text.empty() && text.size() <= max_shown &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

// The offending text in quotes where it may be shown, else what it is.
std::string subject(std::string_view offending, std::string_view noun) {
    if (may_be_shown(offending)) return "\"" + std::string(offending) + "\"";
    return "The " + std::string(noun);
}

std::string only_a_registration_carries(std::string_view field, Procedure procedure) {
    const std::string_view article = procedure == Procedure::deactivation ? "a " : "an ";
    return std::string("Only a registration carries a ")
        .append(field)
        .append(", and this is ")
        .append(article)
        .append(name(procedure))
        .append(".");
}

}  // namespace

std::string describe(const ParseResult& result) {
    const std::string_view offending = result.offending;
    const std::string service{service_code(result.code.service)};
    switch (result.problem) {
        case Problem::none:
            return "It is a call-forwarding code.";
        case Problem::empty:
            return "It is empty.";
        case Problem::no_prefix:
            return "A code begins with **, *, ##, # or *#.";
        case Problem::malformed_prefix:
            return "A code begins with exactly one of **, *, ##, # and *#, followed by the service code.";
        case Problem::unclosed:
            return "The closing # is missing, so a phone dials it as a call.";
        case Problem::star_code:
            return "The closing # is missing, so a phone dials it as a call; the star codes of some carriers "
                   "(*72, *73) are not MMI codes.";
        case Problem::malformed_service_code:
            return subject(offending, "text after the prefix") +
                   " is no service code, which has two or three digits.";
        case Problem::unknown_service_code:
            return subject(offending, "service code") +
                   " is no service code of call forwarding; those are 21, 61, 62, 67, 002 and 004.";
        case Problem::text_after_code:
            return "Text follows the closing #; a number stands before it: **" + service + "*number#";
        case Problem::too_many_fields:
            return "A code has at most three fields: number, service group, timer.";
        case Problem::trailing_star:
            return "The last * has no field after it.";
        case Problem::number_missing:
            return "A registration needs a number: **" + service + "*number#";
        case Problem::number_not_allowed:
            return only_a_registration_carries("number", result.code.procedure);
        case Problem::number_malformed:
            return "A number is digits, with at most one + before them.";
        case Problem::number_too_long:
            return "A number has at most 15 digits.";
        case Problem::number_country_code:
            return "A number with + has 2 to 15 digits, and its country code does not begin with 0.";
        case Problem::basic_service_unknown:
            return subject(offending, "field after the number") +
                   " is no service group of call forwarding; for voice it is 11, or empty.";
        case Problem::basic_service_sms:
            return "Service group 16 is SMS, which cannot be forwarded; for voice it is 11, or empty.";
        case Problem::basic_service_not_voice:
            return "Service group " + std::string(offending) +
                   " has no voice calls in it; for voice it is 11, or empty.";
        case Problem::timer_in_basic_service_place:
            return std::string(offending) +
                   " stands in the service-group place; the timer is the third field: **" + service +
                   "*number**" + std::string(offending) + "#";
        case Problem::timer_not_a_number:
            return subject(offending, "timer") +
                   " is no number of seconds; the timer is 5, 10, 15, 20, 25 or 30.";
        case Problem::timer_not_in_range:
            return subject(offending, "timer") +
                   " is out of range; the timer is 5 to 30 seconds, in steps of 5.";
        case Problem::timer_not_a_step:
            return subject(offending, "timer") +
                   " is no multiple of 5; the timer is 5, 10, 15, 20, 25 or 30 seconds.";
        case Problem::timer_without_registration:
            return only_a_registration_carries("timer", result.code.procedure);
        case Problem::timer_without_no_reply:
            return "Service " + service +
                   " does not wait for an answer, so it takes no timer; 61, 002 and 004 do.";
    }
    return {};
}

}  // namespace telephony::mmi
