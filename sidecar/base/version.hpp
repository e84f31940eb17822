// What this program was built as. The build compiles the values into version.cpp alone, so that a new one
// rebuilds one file.
#pragma once

namespace telephony::sidecar {

/// As in `0.1.0`.
extern const char* const program_version;
/// The version of the tenant schema that this program works with: the newest of its source tree.
extern const int schema_version;

}  // namespace telephony::sidecar
