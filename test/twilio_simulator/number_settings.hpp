// The form parameters that configure an incoming phone number, and the fields of the answer that show them.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace telephony::simulator {

using Json = nlohmann::json;

/// Form or query parameters, decoded.
using Parameters = std::multimap<std::string, std::string>;

/// The parameter's value, or "" where it is absent.
std::string parameter(const Parameters& parameters, const std::string& name);

/// What `FriendlyName` is, if it is given. Throws ApiError 20422 for one that is too long.
std::optional<std::string> checked_friendly_name(const Parameters& parameters);

/// How a number is configured: what differs from Twilio's defaults, by field name.
class NumberSettings {
  public:
    /// Checks the parameters and takes them over; those that are absent stay as they were. Unknown parameters
    /// are ignored, as Twilio does. Throws ApiError (21402 url, 21403 method, 21405 and 21406 fallback
    /// without url, 20422 any other) and then changes nothing.
    void apply(const Parameters& parameters);

    /// The field's value, or its default.
    Json value(std::string_view field) const;

    /// Takes a value over unchecked, for what is done by other means than the API.
    void set(std::string_view field, Json value) { changed_[field] = std::move(value); }

    /// Drops a value: the field has its default again.
    void clear(std::string_view field) { changed_.erase(field); }

    /// Writes every field into the object.
    void write_to(Json& object) const;

  private:
    /// Keys are the field names of the table in the .cpp file, which live for ever.
    std::map<std::string_view, Json> changed_;
};

}  // namespace telephony::simulator
