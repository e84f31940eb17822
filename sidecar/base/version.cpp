// TELEPHONY_VERSION and TELEPHONY_SCHEMA_VERSION come from sidecar/CMakeLists.txt.
#include "base/version.hpp"

namespace telephony::sidecar {

const char* const program_version = TELEPHONY_VERSION;
const int schema_version = TELEPHONY_SCHEMA_VERSION;

}  // namespace telephony::sidecar
