// The TS 22.030 grammar for call forwarding: one pass over the text, then the rules between the fields.
#include "forwarding_code.hpp"

#include <cstddef>

#include "text/characters.hpp"

namespace telephony::mmi {
namespace {

using text::is_digit;

struct ServiceEntry {
    std::string_view code;
    std::string_view name;
    std::uint8_t conditions;
};

constexpr std::uint8_t all_conditional_bits = condition_no_reply | condition_not_reachable | condition_busy;

// Indexed by Service.
constexpr std::array<ServiceEntry, 6> services{{
    {"21", "unconditional", condition_unconditional},
    {"61", "no_reply", condition_no_reply},
    {"62", "not_reachable", condition_not_reachable},
    {"67", "busy", condition_busy},
    {"002", "all", condition_unconditional | all_conditional_bits},
    {"004", "all_conditional", all_conditional_bits},
}};

const ServiceEntry& entry(Service service) noexcept {
    return services[static_cast<std::size_t>(service)];
}

struct ProcedureEntry {
    std::string_view prefix;
    std::string_view name;
};

// Indexed by Procedure.
constexpr std::array<ProcedureEntry, 5> procedures{{
    {"**", "registration"},
    {"*", "activation"},
    {"#", "deactivation"},
    {"##", "erasure"},
    {"*#", "interrogation"},
}};

const ProcedureEntry& entry(Procedure procedure) noexcept {
    return procedures[static_cast<std::size_t>(procedure)];
}

constexpr bool all_digits(std::string_view text) noexcept {
    for (char c : text)
        if (!is_digit(c)) return false;
    return true;
}

constexpr int two_digits(std::string_view text) noexcept {
    return (text[0] - '0') * 10 + (text[1] - '0');
}

constexpr bool is_basic_service(int code) noexcept {
    switch (static_cast<BasicService>(code)) {
        case BasicService::all_teleservices:
        case BasicService::telephony:
        case BasicService::all_data_teleservices:
        case BasicService::fax:
        case BasicService::all_teleservices_but_sms:
        case BasicService::all_bearer_services:
        case BasicService::all_async_services:
        case BasicService::all_sync_services:
        case BasicService::data_circuit_sync:
        case BasicService::data_circuit_async:
        case BasicService::telephony_and_all_sync:
            return true;
    }
    return false;
}

constexpr bool includes_telephony(BasicService basic) noexcept {
    return basic == BasicService::all_teleservices || basic == BasicService::telephony ||
           basic == BasicService::all_teleservices_but_sms || basic == BasicService::telephony_and_all_sync;
}

constexpr bool reads_as_timer(std::string_view field) noexcept {
    if (field.empty() || field.size() > 2 || !all_digits(field)) return false;
    return is_no_reply_time(field.size() == 1 ? field[0] - '0' : two_digits(field));
}

constexpr std::size_t max_number_digits = 15;  // E.164

Problem check_digits(std::string_view number) noexcept {
    const bool international = number.front() == '+';
    const std::string_view digits = number.substr(international ? 1 : 0);
    if (digits.empty() || !all_digits(digits)) return Problem::number_malformed;
    if (digits.size() > max_number_digits) return Problem::number_too_long;
    if (international && (digits.front() == '0' || digits.size() < 2)) return Problem::number_country_code;
    return Problem::none;
}

Problem read_basic_service(std::string_view field, std::optional<BasicService>& basic) noexcept {
    if (field.size() != 2 || !all_digits(field)) return Problem::basic_service_unknown;
    const int code = two_digits(field);
    if (code == 16) return Problem::basic_service_sms;
    if (!is_basic_service(code)) return Problem::basic_service_unknown;
    basic = static_cast<BasicService>(code);
    return Problem::none;
}

Problem read_timer(std::string_view field, std::optional<int>& seconds) noexcept {
    if (!all_digits(field)) return Problem::timer_not_a_number;
    if (field.size() > 2) return Problem::timer_not_in_range;
    seconds = field.size() == 1 ? field[0] - '0' : two_digits(field);
    return Problem::none;
}

// Takes the procedure's prefix off `rest`. Registration written with one star is told apart later, by its
// number.
std::optional<Procedure> take_prefix(std::string_view& rest) noexcept {
    const char second = rest.size() > 1 ? rest[1] : '\0';
    Procedure procedure;
    if (rest[0] == '*') {
        procedure = second == '*'   ? Procedure::registration
                    : second == '#' ? Procedure::interrogation
                                    : Procedure::activation;
    } else {
        procedure = second == '#' ? Procedure::erasure : Procedure::deactivation;
    }
    rest.remove_prefix(entry(procedure).prefix.size());
    if (!rest.empty() && (rest[0] == '*' || rest[0] == '#')) return std::nullopt;
    return procedure;
}

std::optional<Service> find_service(std::string_view code) noexcept {
    for (std::size_t i = 0; i < services.size(); ++i)
        if (services[i].code == code) return static_cast<Service>(i);
    return std::nullopt;
}

constexpr std::size_t max_fields = 3;  // SIA, SIB, SIC; a fourth exists only for passwords

struct Fields {
    std::array<std::string_view, max_fields> text{};
    std::size_t count = 0;
};

// Splits `*SIA*SIB*SIC`; `offending` is set where there is a problem.
Problem split(std::string_view tail, Fields& fields, std::string_view& offending) noexcept {
    while (!tail.empty()) {
        tail.remove_prefix(1);
        const std::string_view field = tail.substr(0, tail.find('*'));
        tail.remove_prefix(field.size());
        offending = field;
        if (fields.count == max_fields)
            return field.empty() && tail.empty() ? Problem::trailing_star : Problem::too_many_fields;
        fields.text[fields.count++] = field;
    }
    if (fields.count > 0 && offending.empty()) return Problem::trailing_star;
    return Problem::none;
}

Problem check_basic_service(const ForwardingCode& code) noexcept {
    if (code.procedure == Procedure::registration && code.basic && !includes_telephony(*code.basic))
        return Problem::basic_service_not_voice;
    return Problem::none;
}

// Whether a timer may stand in the code at all, whatever its value.
Problem check_timer_place(const ForwardingCode& code) noexcept {
    if (code.procedure != Procedure::registration) return Problem::timer_without_registration;
    return has_timer(code.service) ? Problem::none : Problem::timer_without_no_reply;
}

Problem check_timer_value(int seconds) noexcept {
    if (seconds < min_no_reply_seconds || seconds > max_no_reply_seconds) return Problem::timer_not_in_range;
    return is_no_reply_time(seconds) ? Problem::none : Problem::timer_not_a_step;
}

Problem check_number(Procedure procedure, std::string_view number) noexcept {
    if (procedure != Procedure::registration)
        return number.empty() ? Problem::none : Problem::number_not_allowed;
    return number.empty() ? Problem::number_missing : check_digits(number);
}

// Reads SIA, SIB and SIC into `code`, whose procedure and service are known.
Problem read_information(std::string_view tail, ForwardingCode& code, std::string_view& offending) noexcept {
    Fields fields;
    const Problem shape = split(tail, fields, offending);
    const auto [sia, sib, sic] = fields.text;
    if (code.procedure == Procedure::activation && !sia.empty()) code.procedure = Procedure::registration;
    // A registration that ends in its first star lacks the number, which says more than that a star is left
    // over.
    if (shape != Problem::none && !(code.procedure == Procedure::registration && sia.empty())) return shape;

    offending = sia;
    if (const Problem problem = check_number(code.procedure, sia); problem != Problem::none) return problem;
    code.number.append(sia);

    offending = sib;
    if (!sib.empty()) {
        Problem problem = read_basic_service(sib, code.basic);
        if (problem == Problem::none) problem = check_basic_service(code);
        const bool place_of_timer = code.procedure == Procedure::registration && has_timer(code.service) &&
                                    sic.empty() && reads_as_timer(sib);
        if (problem != Problem::none) return place_of_timer ? Problem::timer_in_basic_service_place : problem;
    }

    offending = sic;
    if (sic.empty()) return Problem::none;
    if (const Problem problem = check_timer_place(code); problem != Problem::none) return problem;
    if (const Problem problem = read_timer(sic, code.no_reply_seconds); problem != Problem::none)
        return problem;
    return check_timer_value(*code.no_reply_seconds);
}

}  // namespace

Problem check(const ForwardingCode& code) noexcept {
    if (const Problem problem = check_number(code.procedure, code.number.view()); problem != Problem::none)
        return problem;
    if (const Problem problem = check_basic_service(code); problem != Problem::none) return problem;
    if (!code.no_reply_seconds) return Problem::none;
    if (const Problem problem = check_timer_place(code); problem != Problem::none) return problem;
    return check_timer_value(*code.no_reply_seconds);
}

ParseResult parse(std::string_view text) noexcept {
    ParseResult result;
    ForwardingCode& code = result.code;
    const auto fail = [&result](Problem problem, std::string_view offending) {
        result.problem = problem;
        result.offending = offending;
        return result;
    };

    if (text.empty()) return fail(Problem::empty, text);
    if (text[0] != '*' && text[0] != '#') return fail(Problem::no_prefix, text);
    std::string_view rest = text;
    const std::optional<Procedure> procedure = take_prefix(rest);
    if (!procedure) return fail(Problem::malformed_prefix, text);
    code.procedure = *procedure;

    // The first # closes the code, as in Android. oFono takes the last one; text in between is refused below.
    const std::size_t close = rest.find('#');
    if (close == std::string_view::npos)
        return fail(*procedure == Procedure::activation ? Problem::star_code : Problem::unclosed, text);
    const std::string_view after = rest.substr(close + 1);
    rest = rest.substr(0, close);

    const std::string_view service_digits = rest.substr(0, rest.find('*'));
    if (service_digits.size() < 2 || service_digits.size() > 3 || !all_digits(service_digits))
        return fail(Problem::malformed_service_code, service_digits);
    const std::optional<Service> service = find_service(service_digits);
    if (!service) return fail(Problem::unknown_service_code, service_digits);
    code.service = *service;
    if (!after.empty()) return fail(Problem::text_after_code, after);

    result.problem = read_information(rest.substr(service_digits.size()), code, result.offending);
    return result;
}

CodeText write(const ForwardingCode& code) noexcept {
    CodeText text;
    text.append(entry(code.procedure).prefix).append(entry(code.service).code);
    const bool has_sic = code.no_reply_seconds.has_value();
    const bool has_sib = code.basic.has_value();
    if (!code.number.empty() || has_sib || has_sic) text.append('*').append(code.number.view());
    if (has_sib || has_sic) text.append('*');
    if (has_sib) {
        const std::array<char, 2> group = digits(*code.basic);
        text.append({group.data(), group.size()});
    }
    if (has_sic) {
        text.append('*');
        const int seconds = *code.no_reply_seconds;
        if (seconds >= 10) text.append(static_cast<char>('0' + seconds / 10));
        text.append(static_cast<char>('0' + seconds % 10));
    }
    return text.append('#');
}

std::string_view name(Procedure procedure) noexcept {
    return entry(procedure).name;
}
std::string_view name(Service service) noexcept {
    return entry(service).name;
}
std::string_view service_code(Service service) noexcept {
    return entry(service).code;
}
std::uint8_t conditions(Service service) noexcept {
    return entry(service).conditions;
}

std::array<char, 2> digits(BasicService basic) noexcept {
    const int code = static_cast<int>(basic);
    return {static_cast<char>('0' + code / 10), static_cast<char>('0' + code % 10)};
}

bool has_timer(Service service) noexcept {
    return service == Service::no_reply || service == Service::all || service == Service::all_conditional;
}

}  // namespace telephony::mmi
