// UUIDs as text: in the 8-4-4-4-12 form, and as 22 characters of base64url.
#pragma once

#include <string>
#include <string_view>

namespace telephony::sidecar {

/// True for a UUID in its 8-4-4-4-12 form, lower or upper case.
bool is_uuid(std::string_view text);

/// The 16 bytes of `uuid` as base64url without padding. Throws std::invalid_argument if it is not a UUID.
std::string short_uuid(std::string_view uuid);

}  // namespace telephony::sidecar
