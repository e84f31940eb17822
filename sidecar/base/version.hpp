// The versions of this program. They are compiled into version.cpp alone, so that a change rebuilds one file.
#pragma once

namespace telephony::sidecar {

/// As in `0.1.0`.
extern const char* const program_version;

}  // namespace telephony::sidecar
