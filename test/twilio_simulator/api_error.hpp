// A refusal in the form of Twilio's REST API.
#pragma once

#include <string>

namespace telephony::simulator {

/// What the API answers instead of doing what it was asked; thrown by what refuses, caught where the answer
/// is written. `code` is Twilio's error code, 0 for an answer without one.
struct ApiError {
    int status;
    int code;
    std::string message;
};

}  // namespace telephony::simulator
