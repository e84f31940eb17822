// Reading the JSON of an answer, which may come from anybody.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace telephony::sidecar {

/// The body as an object, or a value that is not one.
inline nlohmann::json parse_object(const std::string& body) {
    nlohmann::json parsed = nlohmann::json::parse(body, nullptr, false);
    // Moved: a copy of deeply nested JSON recurses, and an answer may be nested as deeply as it is long.
    return parsed.is_object() ? std::move(parsed) : nlohmann::json();
}

/// A member that is text; empty if it is not there, or is something else.
inline std::string text_of(const nlohmann::json& object, const char* member) {
    const auto found = object.find(member);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace telephony::sidecar
