// Parameters are in CamelCase, members in snake_case.
#include "jobs/voice_settings.hpp"

#include <cctype>

namespace telephony::sidecar {
namespace {

// VoiceApplicationSid -> voice_application_sid
std::string member_name(const std::string& parameter) {
    std::string name;
    for (const unsigned char c : parameter) {
        if (std::isupper(c) && !name.empty()) name.push_back('_');
        name.push_back(static_cast<char>(std::tolower(c)));
    }
    return name;
}

}  // namespace

bool voice_settings_match(const IncomingNumber& number, const FormParameters& parameters) {
    for (const auto& [parameter, value] : parameters) {
        const auto shown = number.settings.find(member_name(parameter));
        if (shown != number.settings.end() && shown->second != value) return false;
    }
    return true;
}

}  // namespace telephony::sidecar
