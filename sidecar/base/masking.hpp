// What may be shown of texts from outside.
#pragma once

#include <string>
#include <string_view>

namespace telephony::sidecar {

/// `text` as a log, an event, an alert or a tenant may see it: numbers masked, cut after 300 characters.
std::string masked_excerpt(std::string_view text);

}  // namespace telephony::sidecar
