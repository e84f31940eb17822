// Accounts and numbers as Twilio's API shows them.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "api_error.hpp"
#include "store.hpp"

namespace telephony::simulator {

/// The start of every path of the API.
inline constexpr std::string_view api_root = "/2010-04-01";
/// The starts of every path of the Pricing and the Voice API, which have hosts of their own at Twilio.
inline constexpr std::array<std::string_view, 2> other_roots{"/v1", "/v2"};

/// Countries and types in paths are capitalized; the API shows types in lower case.
std::string lower_case(std::string_view text);

/// Path of an account's resource, without suffix: `/2010-04-01/Accounts/AC.../<rest>`.
std::string account_path(const std::string& account_sid, std::string_view rest = {});

Json represent(const Account& account);
Json represent(const IncomingNumber& number);

/// A number in the result of a search.
Json represent_available(const Offer& offer, const std::string& phone_number);

/// What numbers of a country cost in the Pricing API; null for a country where none are sold.
Json represent_prices(const std::string& country, const std::string& url);

/// The body of a refusal: exactly code, message, more_info and status; without a code only message and
/// status.
Json represent(const ApiError& error);

/// The text of a body. Clients may send names that are not UTF-8; the bad bytes become replacement
/// characters.
std::string to_text(const Json& body);

/// What the API calls a number unless it is told: `(415) 555-0123` in the North American Numbering Plan,
/// E.164 elsewhere.
std::string default_friendly_name(const std::string& phone_number);

}  // namespace telephony::simulator
