// Masks phone numbers in texts from outside, such as the message of a Twilio error.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace telephony::numbering {

/// `text`, in UTF-8, with every run of seven or more digits (with a leading `+` and up to two separators
/// between digits) replaced by its mask. Digits, separators and invisible characters are those that parse()
/// reads as such, of any script. UUIDs, Twilio SIDs, and dates and times of ISO 8601 stay. For every text
/// from outside that reaches a log, an event, an audit log or a tenant. Bytes that are no UTF-8 stay as they
/// are.
std::string mask_numbers(std::string_view text);

}  // namespace telephony::numbering
