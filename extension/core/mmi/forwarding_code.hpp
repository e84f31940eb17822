// Call-forwarding MMI codes (3GPP TS 22.030): structure, strict parser, writer. Pure: no I/O.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "text/fixed_text.hpp"

namespace telephony::mmi {

/// What a code asks of the network (TS 22.030 6.5.2).
enum class Procedure : std::uint8_t {
    registration,   ///< `**SC*SI#`, and `*SC*number...#`: store the number and switch forwarding on
    activation,     ///< `*SC#`: switch a stored forwarding on again
    deactivation,   ///< `#SC#`: switch off, the number stays stored
    erasure,        ///< `##SC#`: switch off and forget the number
    interrogation,  ///< `*#SC#`: ask for the state
};

/// The call-forwarding services and groups of services (TS 22.030 annex B).
enum class Service : std::uint8_t {
    unconditional,    ///< 21, CFU
    no_reply,         ///< 61, CFNRy
    not_reachable,    ///< 62, CFNRc
    busy,             ///< 67, CFB
    all,              ///< 002: the four above
    all_conditional,  ///< 004: no reply, not reachable, busy. Never CFU
};

/// A set of the four single services, one bit each; what a code switches on or off.
enum Condition : std::uint8_t {
    condition_unconditional = 1,
    condition_no_reply = 2,
    condition_not_reachable = 4,
    condition_busy = 8,
};

/// Basic service groups to which call forwarding applies (TS 22.030 annex C); the value is the two-digit
/// code. SMS (16) is absent: forwarding does not apply to it (TS 22.004 annex A).
enum class BasicService : std::uint8_t {
    all_teleservices = 10,
    telephony = 11,
    all_data_teleservices = 12,
    fax = 13,
    all_teleservices_but_sms = 19,
    all_bearer_services = 20,
    all_async_services = 21,
    all_sync_services = 22,
    data_circuit_sync = 24,
    data_circuit_async = 25,
    telephony_and_all_sync = 26,
};

/// A forwarded-to number as dialled: an optional `+`, then 1 to 15 digits.
using DialNumber = text::FixedText<16>;

/// One call-forwarding code, parsed. Absent fields mean the code does not carry them: an absent timer is not
/// 20 s but whatever the user or the network set before (TS 23.082 3.1.1).
struct ForwardingCode {
    Procedure procedure = Procedure::interrogation;
    Service service = Service::unconditional;
    DialNumber number;                    ///< SIA; empty unless a registration
    std::optional<BasicService> basic;    ///< SIB
    std::optional<int> no_reply_seconds;  ///< SIC; 5 to 30 in steps of 5, registration of 61, 002, 004 only

    friend bool operator==(const ForwardingCode&, const ForwardingCode&) = default;
};

/// Why a text is not a call-forwarding code a phone and a network both understand.
enum class Problem : std::uint8_t {
    none,
    empty,
    no_prefix,
    malformed_prefix,
    unclosed,
    star_code,
    malformed_service_code,
    unknown_service_code,
    text_after_code,
    too_many_fields,
    trailing_star,
    number_missing,
    number_not_allowed,
    number_malformed,
    number_too_long,
    number_country_code,
    basic_service_unknown,
    basic_service_sms,
    basic_service_not_voice,
    timer_in_basic_service_place,
    timer_not_a_number,
    timer_not_in_range,
    timer_not_a_step,
    timer_without_registration,
    timer_without_no_reply,
};

/// The outcome of parse(). `code` is meaningful as a whole only where problem is none; `offending` points
/// into the parsed text, so it lives as long as that does.
struct ParseResult {
    Problem problem = Problem::none;
    ForwardingCode code;
    std::string_view offending;
};

/// The longest code, `**004*+` 15 digits `*11*30#`, fits.
using CodeText = text::FixedText<32>;

inline constexpr int min_no_reply_seconds = 5;   ///< TS 22.030 annex B
inline constexpr int max_no_reply_seconds = 30;  ///< TS 22.030 annex B
inline constexpr int no_reply_step_seconds = 5;  ///< what networks and handsets document

/// True for the seconds a no-reply timer can have: 5, 10, 15, 20, 25, 30.
constexpr bool is_no_reply_time(int seconds) noexcept {
    return seconds >= min_no_reply_seconds && seconds <= max_no_reply_seconds &&
           seconds % no_reply_step_seconds == 0;
}

/// Reads one code, whole and strictly: nothing before, after or between. A single `*` with a number is a
/// registration (TS 22.030 6.5.2). A registration is for voice: its basic service, where given, includes
/// telephony.
ParseResult parse(std::string_view text) noexcept;

/// The rules of a code's fields, each and together, as parse() applies them. none where write() may be
/// called.
Problem check(const ForwardingCode& code) noexcept;

/// The canonical text of a code: registration always as `**`, empty middle fields kept, none at the end.
/// Requires check(code) == Problem::none.
CodeText write(const ForwardingCode& code) noexcept;

/// A sentence for people. Never shows more than four characters of the offending text, so never a phone
/// number.
std::string describe(const ParseResult& result);

/// `registration`, `activation`, `deactivation`, `erasure`, `interrogation`.
std::string_view name(Procedure procedure) noexcept;
/// `unconditional`, `no_reply`, `not_reachable`, `busy`, `all`, `all_conditional`.
std::string_view name(Service service) noexcept;
/// `21`, `61`, `62`, `67`, `002`, `004`: text, because the leading zeros count.
std::string_view service_code(Service service) noexcept;
/// The two digits of a basic service group.
std::array<char, 2> digits(BasicService basic) noexcept;
/// The Condition bits a service covers.
std::uint8_t conditions(Service service) noexcept;
/// True for the services that wait for an answer, so that a no-reply timer means something: 61, 002, 004.
bool has_timer(Service service) noexcept;

}  // namespace telephony::mmi
