// TELEPHONY_VERSION comes from sidecar/CMakeLists.txt.
#include "base/version.hpp"

namespace telephony::sidecar {

const char* const program_version = TELEPHONY_VERSION;

}  // namespace telephony::sidecar
