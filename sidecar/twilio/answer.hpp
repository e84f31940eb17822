// An answer of Twilio's API, or why there is none. No I/O.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/reasons.hpp"
#include "base/timestamp.hpp"

namespace telephony::sidecar {

struct HttpResponse;

/// Why a request failed.
struct TwilioProblem {
    enum class Kind {
        no_answer,     ///< timeout or cut connection: whether it was acted on is open
        throttled,     ///< 429: it was not
        denied,        ///< 401 or 403: the credentials, never the number
        not_found,     ///< 404, said by Twilio itself
        refused,       ///< another 4xx, said by Twilio itself
        server_error,  ///< 5xx: whether it was acted on is open
        unreadable,    ///< an answer that is none of Twilio's: open too
    };
    Kind kind = Kind::no_answer;
    int status = 0;       ///< HTTP status
    int code = 0;         ///< Twilio's error code; 0: none given
    std::string message;  ///< numbers masked
    std::optional<Duration> retry_after;

    /// One line for a log.
    std::string text() const;
    /// One line for an organization, in words of ours, and its code.
    std::string shown() const;
    const Reason& reason() const;
};

/// The value, or the problem if there is none.
template <class T>
struct TwilioAnswer {
    std::optional<T> value;
    TwilioProblem problem;
    std::optional<Timestamp> server_date;  ///< Twilio's clock when it answered
};

/// The problem that a response other than the expected one means.
TwilioProblem problem_of(const HttpResponse& response);

/// Thrown by a step whose request Twilio did not fulfil: run_attempt() postpones the job for it.
struct TwilioFailed {
    TwilioProblem problem;
};

/// The value of `answer`; throws TwilioFailed if there is none.
template <class T>
T& needed(TwilioAnswer<T>& answer) {
    if (!answer.value) throw TwilioFailed{answer.problem};
    return *answer.value;
}

}  // namespace telephony::sidecar
