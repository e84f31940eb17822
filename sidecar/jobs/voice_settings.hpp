// Comparison of a number's voice settings with those it was bought with. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "twilio/form.hpp"

namespace telephony::sidecar {

struct IncomingNumber;

/// With what must be empty beside them: Twilio ignores the voice URL of a number that has an application or a
/// trunk, which a number has got in the console, or by settings before.
FormParameters complete_voice_settings(FormParameters parameters);

/// True if every parameter that the resource shows (VoiceUrl as voice_url, and so on) has the value it was
/// sent with. A parameter that the resource does not show counts as equal.
bool voice_settings_match(const IncomingNumber& number, const FormParameters& parameters);

/// What the report of a number that answers with them carries.
nlohmann::json voice_data(const FormParameters& parameters);

}  // namespace telephony::sidecar
