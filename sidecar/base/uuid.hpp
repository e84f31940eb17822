// UUIDs as text.
#pragma once

#include <string_view>

namespace telephony::sidecar {

/// True for a UUID in its 8-4-4-4-12 form, lower or upper case.
bool is_uuid(std::string_view text);

}  // namespace telephony::sidecar
