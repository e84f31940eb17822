// Writes accounts, numbers and refusals in the JSON of Twilio's API.
#include "representation.hpp"

#include <algorithm>
#include <cctype>

namespace telephony::simulator {
namespace {

/// Subresources of an account that the simulator offers.
constexpr std::array<std::pair<const char*, std::string_view>, 4> account_subresources{{
    {"available_phone_numbers", "AvailablePhoneNumbers.json"},
    {"calls", "Calls.json"},
    {"incoming_phone_numbers", "IncomingPhoneNumbers.json"},
    {"outgoing_caller_ids", "OutgoingCallerIds.json"},
}};

Json represent(const Capabilities& capabilities) {
    return {{"voice", capabilities.voice},
            {"sms", capabilities.sms},
            {"mms", capabilities.mms},
            {"fax", capabilities.fax}};
}

}  // namespace

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char character) { return std::tolower(character); });
    return lower;
}

std::string account_path(const std::string& account_sid, std::string_view rest) {
    std::string path(api_root);
    path += "/Accounts/" + account_sid;
    if (!rest.empty()) path.append("/").append(rest);
    return path;
}

Json represent(const Account& account) {
    Json subresources = Json::object();
    for (const auto& [name, rest] : account_subresources)
        subresources[name] = account_path(account.sid, rest);
    return {{"sid", account.sid},
            {"auth_token", account.auth_token},
            {"friendly_name", account.friendly_name},
            {"status", account.status},
            {"type", account.type},
            {"owner_account_sid", account.parent_sid.empty() ? account.sid : account.parent_sid},
            {"date_created", rfc2822(account.date_created)},
            {"date_updated", rfc2822(account.date_created)},
            {"subresource_uris", subresources},
            {"uri", account_path(account.sid) + ".json"}};
}

Json represent(const IncomingNumber& number) {
    constexpr Capabilities unknown_capabilities{true, false, false, false};
    const Offer* offer = number.offer;
    const char* const emergency_status = number.has_emergency_address() ? "registered"
                                         : number.is_unregistering()    ? "pending-unregistration"
                                                                        : "unregistered";
    Json body{{"sid", number.sid},
              {"account_sid", number.account_sid},
              {"phone_number", number.phone_number},
              {"friendly_name", number.friendly_name},
              {"api_version", api_root.substr(1)},
              {"beta", false},
              {"origin", "twilio"},
              {"status", "in-use"},
              {"type", lower_case(offer == nullptr ? "local" : offer->type)},
              {"address_requirements", offer == nullptr ? "none" : offer->address_requirements},
              {"capabilities", represent(offer == nullptr ? unknown_capabilities : offer->capabilities)},
              {"emergency_address_status", emergency_status},
              {"date_created", rfc2822(number.date_created)},
              {"date_updated", rfc2822(number.date_updated)},
              {"uri", account_path(number.account_sid, "IncomingPhoneNumbers/" + number.sid + ".json")}};
    number.settings.write_to(body);
    return body;
}

Json represent_available(const Offer& offer, const std::string& phone_number) {
    const Place* place = find_place(phone_number);
    const auto part = [place](std::string_view Place::*which) {
        return place == nullptr || (place->*which).empty() ? Json() : Json(place->*which);
    };
    return {{"phone_number", phone_number},
            {"friendly_name", default_friendly_name(phone_number)},
            {"iso_country", offer.country},
            {"address_requirements", offer.address_requirements},
            {"beta", false},
            {"capabilities", represent(offer.capabilities)},
            {"region", part(&Place::region)},
            {"locality", part(&Place::locality)},
            {"postal_code", nullptr},
            {"rate_center", nullptr},
            {"lata", nullptr},
            {"latitude", nullptr},
            {"longitude", nullptr}};
}

Json represent_prices(const std::string& country, const std::string& url) {
    Json prices = Json::array();
    std::string_view iso_country;
    for (const Offer& offer : offers()) {
        if (offer.country != country) continue;
        iso_country = offer.country;
        prices.push_back({{"number_type", offer.type == "TollFree" ? "toll free" : lower_case(offer.type)},
                          {"base_price", offer.monthly_price},
                          {"current_price", offer.monthly_price}});
    }
    if (prices.empty()) return nullptr;
    return {{"country", iso_country},
            {"iso_country", iso_country},
            {"phone_number_prices", prices},
            {"price_unit", "USD"},
            {"url", url}};
}

Json represent(const ApiError& error) {
    Json body{{"message", error.message}, {"status", error.status}};
    if (error.code != 0) {
        body["code"] = error.code;
        body["more_info"] = "https://www.twilio.com/docs/errors/" + std::to_string(error.code);
    }
    return body;
}

std::string to_text(const Json& body) {
    return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string default_friendly_name(const std::string& phone_number) {
    constexpr std::size_t nanp_length = std::string_view("+12015550123").size();
    if (!phone_number.starts_with("+1") || phone_number.size() != nanp_length) return phone_number;
    return '(' + phone_number.substr(2, 3) + ") " + phone_number.substr(5, 3) + '-' + phone_number.substr(8);
}

}  // namespace telephony::simulator
