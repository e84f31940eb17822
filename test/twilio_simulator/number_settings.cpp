// What each parameter of an incoming phone number may be, what it is by default, and how parameters exclude
// each other.
#include "number_settings.hpp"

#include <strings.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

#include "api_error.hpp"

namespace telephony::simulator {
namespace {

enum class Kind : std::uint8_t { url, method, sid, boolean, choice };

/// One parameter. `allowed`: the prefix of a sid, or the values of a choice between spaces; `initial`: "null"
/// for null.
struct Setting {
    std::string_view parameter;
    std::string_view field;
    Kind kind;
    std::string_view allowed;
    std::string_view initial;
};

constexpr std::array<Setting, 20> settings{{
    {"VoiceUrl", "voice_url", Kind::url, "", "null"},
    {"VoiceMethod", "voice_method", Kind::method, "", "POST"},
    {"VoiceFallbackUrl", "voice_fallback_url", Kind::url, "", "null"},
    {"VoiceFallbackMethod", "voice_fallback_method", Kind::method, "", "POST"},
    {"StatusCallback", "status_callback", Kind::url, "", ""},
    {"StatusCallbackMethod", "status_callback_method", Kind::method, "", "POST"},
    {"VoiceApplicationSid", "voice_application_sid", Kind::sid, "AP", ""},
    {"TrunkSid", "trunk_sid", Kind::sid, "TK", "null"},
    {"VoiceCallerIdLookup", "voice_caller_id_lookup", Kind::boolean, "", "false"},
    {"VoiceReceiveMode", "voice_receive_mode", Kind::choice, "voice fax", "voice"},
    {"SmsUrl", "sms_url", Kind::url, "", ""},
    {"SmsMethod", "sms_method", Kind::method, "", "POST"},
    {"SmsFallbackUrl", "sms_fallback_url", Kind::url, "", ""},
    {"SmsFallbackMethod", "sms_fallback_method", Kind::method, "", "POST"},
    {"SmsApplicationSid", "sms_application_sid", Kind::sid, "AP", ""},
    {"AddressSid", "address_sid", Kind::sid, "AD", "null"},
    {"BundleSid", "bundle_sid", Kind::sid, "BU", "null"},
    {"IdentitySid", "identity_sid", Kind::sid, "RI", "null"},
    {"EmergencyStatus", "emergency_status", Kind::choice, "Active Inactive", "Active"},
    {"EmergencyAddressSid", "emergency_address_sid", Kind::sid, "AD", "null"},
}};

/// What a sid consists of after its prefix of two letters.
constexpr std::size_t sid_digits = 32;

bool is_sid(std::string_view text, std::string_view prefix) {
    return text.size() == prefix.size() + sid_digits && text.starts_with(prefix) &&
           std::ranges::all_of(text.substr(prefix.size()),
                               [](unsigned char character) { return std::isxdigit(character) != 0; });
}

ApiError invalid(const Setting& setting) {
    const std::string name(setting.parameter);
    if (setting.kind == Kind::url) return {400, 21402, name + " is not a valid URL"};
    if (setting.kind == Kind::method) return {400, 21403, name + " must be GET or POST"};
    return {400, 20422, "Invalid Parameter: " + name};
}

bool is_choice(std::string_view value, std::string_view choices) {
    while (!choices.empty()) {
        const std::size_t end = std::min(choices.find(' '), choices.size());
        if (choices.substr(0, end) == value) return true;
        choices.remove_prefix(std::min(end + 1, choices.size()));
    }
    return false;
}

/// The value as the API shows it; throws ApiError if the parameter cannot have it. Empty texts clear what can
/// be empty.
Json checked(const Setting& setting, const std::string& value) {
    const auto is = [&](const char* text) { return strcasecmp(value.c_str(), text) == 0; };
    switch (setting.kind) {
        case Kind::url:
            if (value.empty() || value.starts_with("http://") || value.starts_with("https://")) return value;
            break;
        case Kind::method:
            if (is("GET")) return "GET";
            if (is("POST")) return "POST";
            break;
        case Kind::sid:
            if (value.empty() || is_sid(value, setting.allowed)) return value;
            break;
        case Kind::boolean:
            if (is("true")) return true;
            if (is("false")) return false;
            break;
        case Kind::choice:
            if (is_choice(value, setting.allowed)) return value;
            break;
    }
    throw invalid(setting);
}

Json initial(const Setting& setting) {
    if (setting.initial == "null") return nullptr;
    if (setting.kind == Kind::boolean) return setting.initial == "true";
    return setting.initial;
}

bool is_given(const Json& value) {
    return value.is_string() && !value.get_ref<const std::string&>().empty();
}

}  // namespace

std::string parameter(const Parameters& parameters, const std::string& name) {
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string() : found->second;
}

std::optional<std::string> checked_friendly_name(const Parameters& parameters) {
    constexpr std::size_t longest = 64;
    const auto given = parameters.find("FriendlyName");
    if (given == parameters.end()) return std::nullopt;
    if (given->second.size() > longest) throw ApiError{400, 20422, "Invalid Parameter: FriendlyName"};
    return given->second;
}

void NumberSettings::apply(const Parameters& parameters) {
    NumberSettings next = *this;
    for (const Setting& setting : settings) {
        const auto given = parameters.find(std::string(setting.parameter));
        if (given == parameters.end()) continue;
        Json value = checked(setting, given->second);
        if (value == "" || value == initial(setting)) {
            next.clear(setting.field);
        } else {
            next.set(setting.field, std::move(value));
        }
    }
    if (is_given(next.value("voice_fallback_url")) && !is_given(next.value("voice_url"))) {
        throw ApiError{400, 21405, "Cannot set VoiceFallbackUrl without setting Url"};
    }
    if (is_given(next.value("sms_fallback_url")) && !is_given(next.value("sms_url"))) {
        throw ApiError{400, 21406, "Cannot set SmsFallbackUrl without setting SmsUrl"};
    }
    // A trunk and a voice application exclude each other: the one that is set now deletes the other.
    if (!parameter(parameters, "TrunkSid").empty()) {
        next.clear("voice_application_sid");
    } else if (!parameter(parameters, "VoiceApplicationSid").empty()) {
        next.clear("trunk_sid");
    }
    *this = std::move(next);
}

Json NumberSettings::value(std::string_view field) const {
    if (const auto found = changed_.find(field); found != changed_.end()) return found->second;
    const auto* setting = std::ranges::find(settings, field, &Setting::field);
    return setting == settings.end() ? Json() : initial(*setting);
}

void NumberSettings::write_to(Json& object) const {
    for (const Setting& setting : settings) object[std::string(setting.field)] = value(setting.field);
}

}  // namespace telephony::simulator
