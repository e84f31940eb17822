// Every member may be null.
#include "twilio/calls.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "text/characters.hpp"
#include "twilio/body.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 5> final_statuses = {"completed", "busy", "failed", "no-answer",
                                                            "canceled"};

std::optional<Call> read_call(const json& resource) {
    Call call;
    if (!resource.is_object()) return std::nullopt;
    call.sid = text_of(resource, "sid");
    if (!is_call_sid(call.sid)) return std::nullopt;
    call.from = text_of(resource, "from");
    call.status = text_of(resource, "status");
    call.direction = text_of(resource, "direction");
    call.date_created = parse_rfc2822(text_of(resource, "date_created"));
    return call;
}

}  // namespace

bool is_call_sid(std::string_view text) {
    if (text.size() != 34 || !text.starts_with("CA")) return false;
    return std::all_of(text.begin() + 2, text.end(), text::is_hex_digit);
}

bool Call::is_over() const {
    return std::find(final_statuses.begin(), final_statuses.end(), status) != final_statuses.end();
}

std::optional<std::vector<CallerId>> parse_caller_ids(const std::string& body) {
    const json object = parse_object(body);
    const auto resources = object.find("outgoing_caller_ids");
    if (!object.is_object() || resources == object.end() || !resources->is_array()) return std::nullopt;
    std::vector<CallerId> all;
    for (const json& resource : *resources) {
        CallerId caller_id;
        if (!resource.is_object()) return std::nullopt;
        caller_id.sid = text_of(resource, "sid");
        if (!is_number_sid(caller_id.sid)) return std::nullopt;
        // One that is no number, such as a short code, is not ours.
        if (numbering::E164::parse(text_of(resource, "phone_number"), caller_id.number) !=
            numbering::E164Problem::none)
            continue;
        caller_id.friendly_name = text_of(resource, "friendly_name");
        caller_id.date_created = parse_rfc2822(text_of(resource, "date_created"));
        all.push_back(std::move(caller_id));
    }
    return all;
}

std::optional<ValidationRequest> parse_validation_request(const std::string& body) {
    const json object = parse_object(body);
    if (!object.is_object()) return std::nullopt;
    ValidationRequest request{text_of(object, "call_sid"), text_of(object, "validation_code")};
    if (!is_call_sid(request.call_sid)) request.call_sid.clear();
    // An answer with neither of them may be anybody's.
    if (request.call_sid.empty() && request.validation_code.empty() && !object.contains("account_sid"))
        return std::nullopt;
    return request;
}

std::optional<Call> parse_call(const std::string& body) {
    return read_call(parse_object(body));
}

std::optional<std::vector<Call>> parse_calls(const std::string& body) {
    const json object = parse_object(body);
    const auto resources = object.find("calls");
    if (!object.is_object() || resources == object.end() || !resources->is_array()) return std::nullopt;
    std::vector<Call> all;
    for (const json& resource : *resources) {
        std::optional<Call> call = read_call(resource);
        if (!call) return std::nullopt;
        all.push_back(std::move(*call));
    }
    return all;
}

std::optional<CallPrice> parse_call_price(const std::string& body) {
    const json object = parse_object(body);
    const auto prices = object.find("outbound_call_prices");
    if (!object.is_object() || prices == object.end() || !prices->is_array()) return std::nullopt;
    CallPrice dearest;
    double most = -1;
    for (const json& price : *prices) {
        if (!price.is_object()) return std::nullopt;
        const std::string amount = text_of(price, "current_price");
        char* end = nullptr;
        const double value = std::strtod(amount.c_str(), &end);
        const bool is_decimal =
            !amount.empty() && amount.find_first_not_of("0123456789.") == std::string::npos && *end == '\0';
        // One that cannot be read may be the dearest.
        if (!is_decimal) return CallPrice{};
        if (value > most) dearest.amount = amount;
        most = std::max(most, value);
    }
    dearest.unit = text_of(object, "price_unit");
    return dearest;
}

}  // namespace telephony::sidecar
