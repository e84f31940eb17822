// Parameters of a form or a query.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace telephony::sidecar {

/// As in {"VoiceUrl", "https://..."}.
using FormParameters = std::vector<std::pair<std::string, std::string>>;

/// As application/x-www-form-urlencoded.
std::string form_encoded(const FormParameters& parameters);

}  // namespace telephony::sidecar
