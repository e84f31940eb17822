// Writes calls, caller ids and their prices in the JSON of Twilio's API.
#include "voice_representation.hpp"

#include <array>
#include <cmath>
#include <cstdio>

#include "called_country.hpp"
#include "dates.hpp"
#include "representation.hpp"

namespace telephony::simulator {
namespace {

Json date(Time time) {
    return rfc2822(std::chrono::floor<std::chrono::seconds>(time));
}

Json date(const std::optional<Time>& time) {
    return time ? date(*time) : Json();
}

Json or_null(const std::string& text) {
    return text.empty() ? Json() : Json(text);
}

Json precise(const std::optional<Time>& time) {
    return time ? Json(iso8601(*time)) : Json();
}

/// Twilio shows what a call cost with five digits, negative.
Json cost_text(const std::optional<double>& price) {
    if (!price) return nullptr;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.5f", *price);
    return text.data();
}

Json duration_text(const std::optional<Seconds>& duration) {
    constexpr double rounding_error = 1e-6;  // a shrunk second is no whole fraction of a real one
    return duration ? Json(std::to_string(std::lround(std::ceil(duration->count() - rounding_error))))
                    : Json();
}

}  // namespace

Json represent(const Call& call) {
    constexpr std::array<std::pair<const char*, const char*>, 3> subresources{
        {{"notifications", "Notifications"}, {"recordings", "Recordings"}, {"events", "Events"}}};
    const std::string path = account_path(call.account_sid, "Calls/" + call.sid);
    Json links = Json::object();
    for (const auto& [name, rest] : subresources) links[name] = path + '/' + rest + ".json";
    return {{"sid", call.sid},
            {"account_sid", call.account_sid},
            {"parent_call_sid", nullptr},
            {"group_sid", nullptr},
            {"from", call.from},
            {"from_formatted", default_friendly_name(call.from)},
            {"to", call.to},
            {"to_formatted", default_friendly_name(call.to)},
            {"direction", call.direction},
            {"status", name_of(call.status)},
            {"date_created", date(call.created)},
            {"date_updated", date(call.updated)},
            {"start_time", date(call.started)},
            {"end_time", date(call.ended)},
            {"duration", duration_text(call.duration)},
            {"price", cost_text(call.price)},
            {"price_unit", "USD"},
            {"answered_by", or_null(call.answered_by)},
            {"api_version", api_root.substr(1)},
            {"caller_name", nullptr},
            {"forwarded_from", or_null(call.forwarded_from)},
            {"phone_number_sid", or_null(call.phone_number_sid)},
            {"queue_time", std::to_string(call.queue_time.count())},
            {"trunk_sid", or_null(call.trunk_sid)},
            {"subresource_uris", links},
            {"uri", path + ".json"}};
}

Json represent(const CallerId& caller_id) {
    return {{"sid", caller_id.sid},
            {"account_sid", caller_id.account_sid},
            {"friendly_name", caller_id.friendly_name},
            {"phone_number", caller_id.phone_number},
            {"date_created", date(caller_id.created)},
            {"date_updated", date(caller_id.updated)},
            {"uri", account_path(caller_id.account_sid, "OutgoingCallerIds/" + caller_id.sid + ".json")}};
}

Json represent(const Validation& validation) {
    return {{"account_sid", validation.account_sid},
            {"call_sid", validation.call_sid},
            {"friendly_name", validation.friendly_name},
            {"phone_number", validation.phone_number},
            {"validation_code", validation.code}};
}

Json represent_truth(const Call& call) {
    Json shown = represent(call);
    shown["truth"] = {{"created", iso8601(call.created)},
                      {"started", precise(call.started)},
                      {"answered", precise(call.answered)},
                      {"ended", precise(call.ended)},
                      {"error_code", call.error_code},
                      {"forwarded_by", or_null(call.forwarded_by)},
                      {"condition", call.condition ? Json(name_of(*call.condition)) : Json()},
                      {"caused_by", or_null(call.caused_by)}};
    return shown;
}

Json represent_truth(const Validation& validation) {
    constexpr std::array<const char*, 3> states{"pending", "verified", "failed"};
    Json shown = represent(validation);
    shown["state"] = states[static_cast<std::size_t>(validation.state)];
    shown["tries"] = validation.tries;
    shown["error_code"] = validation.error_code;
    return shown;
}

Json represent_call_price(const std::string& number, std::optional<double> price, int version,
                          const std::string& url) {
    const std::optional<CalledCountry> country = called_country(number);
    if (!country) return nullptr;
    const Json shown = price_text(price);
    const Json no_price = nullptr;
    Json body{{"country", country->name},
              {"iso_country", country->iso},
              {"inbound_call_price",
               {{"base_price", no_price}, {"current_price", no_price}, {"number_type", no_price}}},
              {"price_unit", "USD"},
              {"url", url}};
    const Json outbound{{"base_price", shown}, {"current_price", shown}};
    if (version == 1) {
        body["number"] = number;
        body["outbound_call_price"] = outbound;
    } else {
        body["destination_number"] = number;
        body["origination_number"] = nullptr;
        body["outbound_call_prices"] = Json::array({outbound});
        body["outbound_call_prices"][0]["origination_prefixes"] = Json::array({"ALL"});
    }
    return body;
}

Json represent_permissions(const Account& account, const std::string& country, const std::string& url) {
    const std::optional<CalledCountry> called = country_with_code(country);
    if (!called) return nullptr;
    return {{"iso_code", called->iso},
            {"name", called->name},
            {"continent", called->continent},
            {"country_codes", Json::array({called->prefix})},
            {"low_risk_numbers_enabled", !is_blocked(account, std::string(called->prefix))},
            {"high_risk_special_numbers_enabled", false},
            {"high_risk_tollfraud_numbers_enabled", false},
            {"url", url},
            {"links", {{"highrisk_special_prefixes", url + "/HighRiskSpecialPrefixes"}}}};
}

}  // namespace telephony::simulator
