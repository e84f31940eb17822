// Masks phone numbers in texts from outside, such as the message of a Twilio error.
#pragma once

#include <string>
#include <string_view>

namespace telephony::sidecar {

/// `text`, cut after 300 characters, with every run of seven or more digits (with a leading `+` and up to two
/// separators between digits) replaced by its mask. UUIDs and Twilio SIDs stay. For every text from outside
/// that reaches a log, an event or a tenant.
std::string mask_numbers(std::string_view text);

}  // namespace telephony::sidecar
