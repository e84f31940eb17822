// Resources and errors of Twilio's 2010-04-01 API as values, and their readers. No I/O.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/timestamp.hpp"
#include "io/http_client.hpp"
#include "numbering/e164.hpp"

namespace telephony::sidecar {

/// `^PN[0-9a-fA-F]{32}$`
bool is_number_sid(std::string_view text);

/// Parameters of a form or query, as in {"VoiceUrl", "https://..."}.
using FormParameters = std::vector<std::pair<std::string, std::string>>;

/// A number that an account holds (an IncomingPhoneNumber resource).
struct IncomingNumber {
    std::string sid;
    numbering::E164 number;
    std::string friendly_name;
    std::optional<Timestamp> date_created;
    std::optional<Timestamp> date_updated;
    /// Every member of the resource that is text or null (null as ""), as in {"voice_url", "https://..."};
    /// only read from answers that carry one number.
    std::map<std::string, std::string> settings;
};

/// A number for sale (an AvailablePhoneNumber resource) that can take calls.
struct AvailableNumber {
    numbering::E164 number;
    bool needs_address = false;  ///< address_requirements other than "none"
};

struct AccountInfo {
    std::string status;  ///< active, suspended or closed
    std::string type;    ///< Full or Trial
};

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

    /// One line for a log or a job's reason.
    std::string text() const;
};

/// The value, or the problem if there is none.
template <class T>
struct TwilioAnswer {
    std::optional<T> value;
    TwilioProblem problem;
    std::optional<Timestamp> server_date;  ///< Twilio's clock when it answered
};

/// One page of a list and the path of the next one, which is empty on the last.
struct NumberPage {
    std::vector<IncomingNumber> numbers;
    std::string next_page;
};

/// The problem that a response other than the expected one means.
TwilioProblem problem_of(const HttpResponse& response);

/// Readers of the bodies; nullopt if the body is not what the API describes.
std::optional<IncomingNumber> parse_incoming_number(const std::string& body);
/// Refuses a next_page_uri that is not a path below /2010-04-01/Accounts/<account>/: credentials must not be
/// sent elsewhere.
std::optional<NumberPage> parse_number_page(const std::string& body, const std::string& account_sid);
std::optional<std::vector<AvailableNumber>> parse_available_numbers(const std::string& body);
std::optional<AccountInfo> parse_account(const std::string& body, const std::string& account_sid);

}  // namespace telephony::sidecar
