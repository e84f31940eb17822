// The tag that names a purchase at Twilio: FriendlyName = telephony:<installation>:<job>, both uuids as
// base64url.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace telephony::sidecar {

/// True for a uuid in its 8-4-4-4-12 form, lower or upper case.
bool is_uuid(std::string_view text);

struct OwnershipTag {
    std::string installation;  ///< uuid, lower case
    std::string job;           ///< uuid, lower case

    /// 55 characters; Twilio allows 64. Both members must be uuids.
    std::string text() const;
    /// Reads a FriendlyName; nothing unless it is exactly what text() gives for some pair of uuids.
    static std::optional<OwnershipTag> parse(std::string_view friendly_name);
};

}  // namespace telephony::sidecar
