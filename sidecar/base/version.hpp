// The versions of this program. They are compiled into version.cpp alone, so that a change rebuilds one file.
#pragma once

namespace telephony::sidecar {

/// As in `0.1.0`.
extern const char* const program_version;
/// Of the tenant schema that this program works with: the newest of its source tree.
extern const int schema_version;

}  // namespace telephony::sidecar
