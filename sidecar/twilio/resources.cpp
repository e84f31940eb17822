// Nearly every member may be null, and the whole body may come from a proxy.
#include "twilio/resources.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "base/masking.hpp"

namespace telephony::sidecar {
namespace {

using nlohmann::json;

// The body as an object, or a value that is not one.
json parse_object(const std::string& body) {
    json parsed = json::parse(body, nullptr, false);
    // Moved: a copy of deeply nested JSON recurses, and an answer may be nested as deeply as it is long.
    return parsed.is_object() ? std::move(parsed) : json();
}

std::string text_of(const json& object, const char* member) {
    const auto found = object.find(member);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// A resource without a SID is unreadable. One whose number is not E.164 cannot be ours: the caller skips it.
enum class Reading { complete, not_e164, unreadable };

Reading read_number(const json& resource, IncomingNumber& number) {
    if (!resource.is_object()) return Reading::unreadable;
    number.sid = text_of(resource, "sid");
    if (!is_number_sid(number.sid)) return Reading::unreadable;
    if (numbering::E164::parse(text_of(resource, "phone_number"), number.number) !=
        numbering::E164Problem::none)
        return Reading::not_e164;
    number.friendly_name = text_of(resource, "friendly_name");
    number.date_created = parse_rfc2822(text_of(resource, "date_created"));
    number.date_updated = parse_rfc2822(text_of(resource, "date_updated"));
    return Reading::complete;
}

bool is_page_path(const std::string& path, const std::string& account_sid) {
    const std::string below = "/2010-04-01/Accounts/" + account_sid + "/";
    return path.compare(0, below.size(), below) == 0 && path.find("..") == std::string::npos &&
           std::all_of(path.begin(), path.end(),
                       [](unsigned char c) { return c > 0x20 && c < 0x7f && c != '\\' && c != '#'; });
}

// Capabilities come as {"voice": true}; older answers write the keys in upper case.
bool can_take_calls(const json& resource) {
    const auto capabilities = resource.find("capabilities");
    if (capabilities == resource.end() || !capabilities->is_object()) return true;
    for (const auto& [key, value] : capabilities->items()) {
        std::string lower = key;
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (lower == "voice") return value.is_boolean() && value.get<bool>();
    }
    return true;
}

std::string status_text(int status) {
    return "HTTP " + std::to_string(status);
}

}  // namespace

bool is_number_sid(std::string_view text) {
    if (text.size() != 34 || !text.starts_with("PN")) return false;
    text.remove_prefix(2);
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
}

std::string TwilioProblem::text() const {
    std::string line = message;
    if (code != 0) line += " (Twilio error " + std::to_string(code) + ")";
    return line;
}

TwilioProblem problem_of(const HttpResponse& response) {
    TwilioProblem problem;
    problem.status = response.status;
    problem.retry_after = response.retry_after;
    if (response.status == 0) {
        problem.kind = TwilioProblem::Kind::no_answer;
        problem.message = "no answer from Twilio: " + mask_numbers(response.problem);
        return problem;
    }
    const json body = parse_object(response.body);
    if (const auto code = body.find("code"); code != body.end() && code->is_number_integer())
        problem.code = code->get<int>();
    const std::string message = text_of(body, "message");
    problem.message =
        message.empty() ? "Twilio answered " + status_text(response.status) : mask_numbers(message);
    // A body with a code or a status is Twilio's; another may come from a proxy, which does not know about
    // numbers.
    const bool by_twilio = problem.code != 0 || (body.is_object() && body.contains("status"));
    using Kind = TwilioProblem::Kind;
    if (response.status == 429)
        problem.kind = Kind::throttled;
    else if (response.status == 401 || response.status == 403)
        problem.kind = Kind::denied;
    else if (response.status >= 500)
        problem.kind = Kind::server_error;
    else if (response.status < 400 || response.status == 408 || !by_twilio)
        problem.kind = Kind::unreadable;
    else
        problem.kind = response.status == 404 ? Kind::not_found : Kind::refused;
    if (problem.kind == Kind::unreadable)
        problem.message = "Twilio's answer could not be read (" + status_text(response.status) + ")";
    return problem;
}

std::optional<IncomingNumber> parse_incoming_number(const std::string& body) {
    const json resource = parse_object(body);
    IncomingNumber number;
    if (read_number(resource, number) != Reading::complete) return std::nullopt;
    for (const auto& [key, value] : resource.items()) {
        if (value.is_string()) number.settings[key] = value.get<std::string>();
        if (value.is_null()) number.settings[key] = "";
    }
    return number;
}

std::optional<NumberPage> parse_number_page(const std::string& body, const std::string& account_sid) {
    const json object = parse_object(body);
    const auto resources = object.find("incoming_phone_numbers");
    if (!object.is_object() || resources == object.end() || !resources->is_array()) return std::nullopt;
    NumberPage page;
    for (const json& resource : *resources) {
        IncomingNumber number;
        switch (read_number(resource, number)) {
            case Reading::complete:
                page.numbers.push_back(std::move(number));
                break;
            case Reading::not_e164:
                break;
            case Reading::unreadable:
                return std::nullopt;
        }
    }
    page.next_page = text_of(object, "next_page_uri");
    if (!page.next_page.empty() && !is_page_path(page.next_page, account_sid)) return std::nullopt;
    return page;
}

std::optional<std::vector<AvailableNumber>> parse_available_numbers(const std::string& body) {
    const json object = parse_object(body);
    const auto resources = object.find("available_phone_numbers");
    if (!object.is_object() || resources == object.end() || !resources->is_array()) return std::nullopt;
    std::vector<AvailableNumber> numbers;
    for (const json& resource : *resources) {
        AvailableNumber number;
        if (!resource.is_object() || !can_take_calls(resource)) continue;
        if (numbering::E164::parse(text_of(resource, "phone_number"), number.number) !=
            numbering::E164Problem::none)
            continue;
        const std::string requirements = text_of(resource, "address_requirements");
        number.needs_address = !requirements.empty() && requirements != "none";
        numbers.push_back(number);
    }
    return numbers;
}

std::optional<AccountInfo> parse_account(const std::string& body, const std::string& account_sid) {
    const json object = parse_object(body);
    if (!object.is_object() || text_of(object, "sid") != account_sid) return std::nullopt;
    AccountInfo account{text_of(object, "status"), text_of(object, "type")};
    if (account.status.empty()) return std::nullopt;
    return account;
}

}  // namespace telephony::sidecar
