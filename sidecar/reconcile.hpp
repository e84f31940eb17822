// telephonyd reconcile: compares what Twilio holds with what the database knows; and telephonyd resume, which
// ends recovery mode.
#pragma once

#include "configuration.hpp"
#include "twilio_client.hpp"

namespace telephony::sidecar {

/// Prints the comparison; repairs or adopts when configured to. ok when nothing differs, `differences` when
/// something does or an adoption was refused.
ExitCode reconcile(const Configuration& configuration, TwilioCredential credential);

/// Ends recovery mode and prints the mode.
ExitCode resume(const Configuration& configuration);

}  // namespace telephony::sidecar
