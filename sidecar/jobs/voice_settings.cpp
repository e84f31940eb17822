// Parameters are in CamelCase, members in snake_case.
#include "jobs/voice_settings.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "text/characters.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {
namespace {

// VoiceApplicationSid -> voice_application_sid
std::string member_name(const std::string& parameter) {
    std::string name;
    for (const char c : parameter) {
        const char lower = text::lower(c);
        if (lower != c && !name.empty()) name.push_back('_');
        name.push_back(lower);
    }
    return name;
}

}  // namespace

FormParameters complete_voice_settings(FormParameters parameters) {
    for (const char* const name : {"VoiceApplicationSid", "TrunkSid"}) {
        const bool given = std::any_of(parameters.begin(), parameters.end(),
                                       [name](const auto& parameter) { return parameter.first == name; });
        if (!given) parameters.emplace_back(name, "");
    }
    return parameters;
}

bool voice_settings_match(const IncomingNumber& number, const FormParameters& parameters) {
    for (const auto& [parameter, value] : parameters) {
        const auto shown = number.settings.find(member_name(parameter));
        if (shown != number.settings.end() && shown->second != value) return false;
    }
    return true;
}

nlohmann::json voice_data(const FormParameters& parameters) {
    nlohmann::json data;
    data["voice"] = nlohmann::json::object();
    for (const auto& [name, value] : parameters) data["voice"][name] = value;
    return data;
}

}  // namespace telephony::sidecar
