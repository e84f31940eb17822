// What each parameter of a call may be. The codes are Twilio's.
#include "call_request.hpp"

#include <strings.h>

#include <array>
#include <charconv>
#include <regex>

#include "api_error.hpp"
#include "purchase_rules.hpp"

namespace telephony::simulator {
namespace {

constexpr std::size_t longest_twiml = 4000;
constexpr std::size_t most_digits = 32;

ApiError invalid(const std::string& name) {
    return {400, 20422, "Invalid Parameter: " + name};
}

std::optional<int> whole_number(const Parameters& parameters, const std::string& name, int least, int most) {
    const std::string given = parameter(parameters, name);
    if (given.empty()) return std::nullopt;
    int value = 0;
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
    if (error != std::errc() || end != given.data() + given.size() || value < least || value > most)
        throw invalid(name);
    return value;
}

void check_urls(const Parameters& parameters) {
    constexpr std::array<const char*, 4> urls{"Url", "FallbackUrl", "StatusCallback",
                                              "AsyncAmdStatusCallback"};
    constexpr std::array<const char*, 4> methods{"Method", "FallbackMethod", "StatusCallbackMethod",
                                                 "AsyncAmdStatusCallbackMethod"};
    for (const char* name : urls) {
        const std::string url = parameter(parameters, name);
        if (!url.empty() && !url.starts_with("http://") && !url.starts_with("https://"))
            throw ApiError{400, 21402, std::string(name) + " is not a valid URL"};
    }
    for (const char* name : methods) {
        const std::string method = parameter(parameters, name);
        if (!method.empty() && strcasecmp(method.c_str(), "GET") != 0 &&
            strcasecmp(method.c_str(), "POST") != 0)
            throw ApiError{400, 21403, std::string(name) + " must be GET or POST"};
    }
}

/// The attribute of a verb, or `usual`.
double attribute(const std::string& verb, const char* name, double usual) {
    std::smatch found;
    const std::regex form(std::string("\\s") + name + R"(\s*=\s*["']([0-9]+)["'])");
    return std::regex_search(verb, found, form) ? std::stod(found[1]) : usual;
}

}  // namespace

CallRequest parse_call_request(const Parameters& parameters) {
    constexpr int longest_timeout = 600;
    constexpr int longest_call = 14'400;
    CallRequest request;
    request.to = parameter(parameters, "To");
    request.from = parameter(parameters, "From");
    if (request.to.empty()) throw ApiError{400, 21201, "No 'To' number is specified"};
    if (!is_e164(request.to))
        throw ApiError{400, 21211,
                       "The phone number you are attempting to call, " + request.to + ", is not valid."};
    if (request.from.empty()) throw ApiError{400, 21213, "No 'From' number is specified"};
    if (!is_e164(request.from))
        throw ApiError{400, 21212, "The From number " + request.from + " is not a valid phone number."};
    check_urls(parameters);

    const std::string twiml = parameter(parameters, "Twiml");
    const bool goes_elsewhere =
        !parameter(parameters, "Url").empty() || !parameter(parameters, "ApplicationSid").empty();
    if (twiml.empty() && !goes_elsewhere) throw ApiError{400, 21205, "Url parameter is required."};
    if (twiml.size() > longest_twiml) throw invalid("Twiml");
    if (!goes_elsewhere) request.script = twiml_seconds(twiml);

    if (const auto timeout = whole_number(parameters, "Timeout", 1, longest_timeout))
        request.timeout = Seconds(*timeout);
    if (const auto limit = whole_number(parameters, "TimeLimit", 1, longest_call))
        request.time_limit = Seconds(*limit);
    const std::string digits = parameter(parameters, "SendDigits");
    if (digits.size() > most_digits || digits.find_first_not_of("0123456789ABCDwW#*") != std::string::npos)
        throw invalid("SendDigits");
    const std::string detection = parameter(parameters, "MachineDetection");
    if (!detection.empty() && detection != "Enable" && detection != "DetectMessageEnd")
        throw invalid("MachineDetection");
    request.detects_machines = !detection.empty();
    return request;
}

ValidationOrder parse_validation(const Parameters& parameters) {
    constexpr int longest_delay = 60;
    ValidationOrder order;
    order.phone_number = parameter(parameters, "PhoneNumber");
    if (!is_e164(order.phone_number))
        throw ApiError{400, 21211, "The phone number " + order.phone_number + " is not valid."};
    order.friendly_name = checked_friendly_name(parameters).value_or("");
    check_urls(parameters);
    try {
        order.call_delay = Seconds(whole_number(parameters, "CallDelay", 0, longest_delay).value_or(0));
    } catch (const ApiError&) {
        throw ApiError{400, 21454, "CallDelay must be between 0 and 60"};
    }
    return order;
}

std::optional<Seconds> twiml_seconds(std::string_view twiml) {
    constexpr double said_per_second = 15;  // characters
    static const std::regex verb("<(Say|Pause|Play|Gather|Dial|Redirect|Hangup|Reject)\\b([^>]*)>([^<]*)");
    const std::string text(twiml);
    double seconds = 0;
    for (std::sregex_iterator found(text.begin(), text.end(), verb), end; found != end; ++found) {
        const std::string name = (*found)[1];
        const std::string attributes = (*found)[2];
        if (name == "Dial" || name == "Redirect") return std::nullopt;
        if (name == "Hangup" || name == "Reject") break;
        if (name == "Pause") seconds += attribute(attributes, "length", 1);
        if (name == "Gather") seconds += attribute(attributes, "timeout", 5);
        if (name == "Play") seconds += 10 * attribute(attributes, "loop", 1);
        if (name == "Say")
            seconds += static_cast<double>((*found)[3].length()) / said_per_second *
                       attribute(attributes, "loop", 1);
    }
    return Seconds(seconds);
}

}  // namespace telephony::simulator
