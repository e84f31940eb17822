// Names and values are percent-encoded alike.
#include "twilio/form.hpp"

#include "io/http_client.hpp"

namespace telephony::sidecar {

std::string form_encoded(const FormParameters& parameters) {
    std::string text;
    for (const auto& [name, value] : parameters) {
        if (!text.empty()) text.push_back('&');
        text.append(percent_encoded(name)).append("=").append(percent_encoded(value));
    }
    return text;
}

}  // namespace telephony::sidecar
