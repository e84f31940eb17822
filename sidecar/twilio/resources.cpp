// Nearly every member may be null, and the whole body may come from a proxy.
#include "twilio/resources.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "text/characters.hpp"
#include "twilio/body.hpp"

namespace telephony::sidecar {
namespace {

using nlohmann::json;

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

void read_setting(const std::string& name, const json& value, IncomingNumber& number) {
    if (value.is_string()) number.settings[name] = value.get<std::string>();
    if (value.is_null()) number.settings[name] = "";
}

// What answers calls and messages. A list may be long: the rest is not kept.
constexpr std::array<const char*, 4> answering = {"voice_url", "voice_application_sid", "trunk_sid",
                                                  "sms_url"};

void read_answering(const json& resource, IncomingNumber& number) {
    for (const char* const name : answering)
        if (const auto value = resource.find(name); value != resource.end())
            read_setting(name, *value, number);
}

bool is_page_path(const std::string& path, const std::string& account_sid) {
    const std::string below = "/2010-04-01/Accounts/" + account_sid + "/";
    return path.compare(0, below.size(), below) == 0 && path.find("..") == std::string::npos &&
           std::all_of(path.begin(), path.end(),
                       [](unsigned char c) { return c > 0x20 && c < 0x7f && c != '\\' && c != '#'; });
}

// Capabilities come as {"voice": true}; older answers write the keys in upper case.
std::map<std::string, bool> capabilities_of(const json& resource) {
    std::map<std::string, bool> capabilities;
    const auto found = resource.find("capabilities");
    if (found == resource.end() || !found->is_object()) return capabilities;
    for (const auto& [key, value] : found->items()) {
        std::string lower = key;
        std::transform(lower.begin(), lower.end(), lower.begin(), text::lower);
        capabilities[lower] = value.is_boolean() && value.get<bool>();
    }
    return capabilities;
}

bool can_take_calls(const AvailableNumber& number) {
    const auto voice = number.capabilities.find("voice");
    return voice == number.capabilities.end() || voice->second;
}

// The Pricing API writes "toll free" where paths have TollFree; empty for a type that they do not have.
std::string type_in_paths(const std::string& type) {
    if (type == "local") return "Local";
    if (type == "mobile") return "Mobile";
    if (type == "national") return "National";
    return type == "toll free" ? "TollFree" : "";
}

bool is_amount(const std::string& text) {
    const auto digits = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), text::is_digit));
    const std::size_t point = text.find('.');
    const bool has_point = point != std::string::npos;
    return text.size() <= 12 && digits > 0 && digits + (has_point ? 1 : 0) == text.size() && point != 0;
}

}  // namespace

bool is_number_sid(std::string_view text) {
    if (text.size() != 34 || !text.starts_with("PN")) return false;
    return std::all_of(text.begin() + 2, text.end(), text::is_hex_digit);
}

std::optional<IncomingNumber> parse_incoming_number(const std::string& body) {
    const json resource = parse_object(body);
    IncomingNumber number;
    if (read_number(resource, number) != Reading::complete) return std::nullopt;
    for (const auto& [key, value] : resource.items()) read_setting(key, value, number);
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
                read_answering(resource, number);
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
        if (!resource.is_object()) continue;
        number.capabilities = capabilities_of(resource);
        if (!can_take_calls(number)) continue;
        if (numbering::E164::parse(text_of(resource, "phone_number"), number.number) !=
            numbering::E164Problem::none)
            continue;
        const std::string requirements = text_of(resource, "address_requirements");
        number.needs_address = !requirements.empty() && requirements != "none";
        number.locality = text_of(resource, "locality");
        number.region = text_of(resource, "region");
        numbers.push_back(std::move(number));
    }
    return numbers;
}

std::optional<NumberPrices> parse_prices(const std::string& body) {
    const json object = parse_object(body);
    const auto prices = object.find("phone_number_prices");
    if (!object.is_object() || prices == object.end() || !prices->is_array()) return std::nullopt;
    NumberPrices by_type;
    const std::string unit = text_of(object, "price_unit");
    for (const json& price : *prices) {
        if (!price.is_object()) continue;
        const std::string type = type_in_paths(text_of(price, "number_type"));
        const std::string amount = text_of(price, "current_price");
        if (!type.empty() && is_amount(amount)) by_type[type] = {amount, unit};
    }
    return by_type;
}

std::optional<AccountInfo> parse_account(const std::string& body, const std::string& account_sid) {
    const json object = parse_object(body);
    if (!object.is_object() || text_of(object, "sid") != account_sid) return std::nullopt;
    AccountInfo account{text_of(object, "status"), text_of(object, "type")};
    if (account.status.empty()) return std::nullopt;
    return account;
}

}  // namespace telephony::sidecar
