// Comparison of a number's voice settings with those it was bought with. Pure.
#pragma once

#include "twilio/form.hpp"

namespace telephony::sidecar {

struct IncomingNumber;

/// True if every parameter that the resource shows (VoiceUrl as voice_url, and so on) has the value it was
/// sent with. A parameter that the resource does not show counts as equal.
bool voice_settings_match(const IncomingNumber& number, const FormParameters& parameters);

}  // namespace telephony::sidecar
