// telephonyd check: says in words whether everything it needs is in order.
#pragma once

#include "configuration.hpp"
#include "twilio_client.hpp"

namespace telephony::sidecar {

/// Prints one line for each thing looked at; ok, or the code of the first that is not.
ExitCode check(const Configuration& configuration, TwilioCredential credential);

}  // namespace telephony::sidecar
