// Takes phone numbers out of texts that others wrote, such as the message of a Twilio error.
#pragma once

#include <string>
#include <string_view>

namespace telephony::sidecar {

/// `text` with every run of seven or more digits (a leading `+` and single separators within counted in)
/// replaced by its mask, and cut after 300 characters; uuids and Twilio SIDs stay. For everything that
/// reaches a log, an event or a tenant and is not ours.
std::string mask_numbers(std::string_view text);

}  // namespace telephony::sidecar
