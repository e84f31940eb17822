// The tag that names a purchase at Twilio (rule TAG).
#pragma once

#include <string>
#include <string_view>

namespace telephony::sidecar {

/// The FriendlyName of what `job` of `installation` buys: `telephony:<installation>:<job>`, both as 22
/// characters of base64url; 55 characters, Twilio allows 64. Throws std::invalid_argument unless both are
/// UUIDs.
std::string ownership_tag(std::string_view installation, std::string_view job);

}  // namespace telephony::sidecar
