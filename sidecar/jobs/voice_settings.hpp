// Does a number at Twilio carry the voice settings it was bought with? Pure.
#pragma once

#include "twilio/client.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {

/// True when every parameter that Twilio shows in the resource (VoiceUrl as voice_url, and so on) has the
/// value it was sent with. One that the resource does not show cannot be checked, and counts as carried.
bool voice_settings_match(const IncomingNumber& number, const FormParameters& parameters);

}  // namespace telephony::sidecar
