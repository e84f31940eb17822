// The exit codes of telephonyd, those of sysexits.h where it has one.
#pragma once

namespace telephony::sidecar {

enum class ExitCode : int {
    ok = 0,
    differences = 1,     ///< reconcile: Twilio and the database do not agree; reseal: a box is left unopened
    usage = 64,          ///< unknown flag, missing or malformed value
    unavailable = 69,    ///< database or Twilio cannot be reached
    software = 70,       ///< a bug
    permission = 77,     ///< running as root, or a file of secrets that others may read
    configuration = 78,  ///< settings that contradict each other, the database or the account
};

}  // namespace telephony::sidecar
