// Resources of Twilio's 2010-04-01 API as values, and their readers. No I/O.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/timestamp.hpp"
#include "numbering/e164.hpp"

namespace telephony::sidecar {

/// `^PN[0-9a-fA-F]{32}$`
bool is_number_sid(std::string_view text);

/// A number that an account holds (an IncomingPhoneNumber resource).
struct IncomingNumber {
    std::string sid;
    numbering::E164 number;
    std::string friendly_name;
    std::optional<Timestamp> date_created;
    std::optional<Timestamp> date_updated;
    /// Every member of the resource that is text or null (null as ""), as in {"voice_url", "https://..."};
    /// of a number in a list only those that say what answers it.
    std::map<std::string, std::string> settings;
};

/// A number for sale (an AvailablePhoneNumber resource) that can take calls.
struct AvailableNumber {
    numbering::E164 number;
    bool needs_address = false;                ///< address_requirements other than "none"
    std::string locality;                      ///< empty: not told
    std::string region;                        ///< state or province; empty: not told
    std::map<std::string, bool> capabilities;  ///< by lower-case name: voice, sms, mms, fax
};

/// What a number of one type costs each month.
struct NumberPrice {
    std::string amount;  ///< decimal, as in 1.15
    std::string unit;    ///< currency, as in USD
};
/// By type, as in the paths: Local, Mobile, ...
using NumberPrices = std::map<std::string, NumberPrice>;

struct AccountInfo {
    std::string status;  ///< active, suspended or closed
    std::string type;    ///< Full or Trial
};

/// One page of a list and the path of the next one, which is empty on the last.
struct NumberPage {
    std::vector<IncomingNumber> numbers;
    std::string next_page;
};

/// Readers of the bodies; nullopt if the body is not what the API describes.
std::optional<IncomingNumber> parse_incoming_number(const std::string& body);
/// Refuses a next_page_uri that is not a path below /2010-04-01/Accounts/<account>/: credentials must not be
/// sent elsewhere.
std::optional<NumberPage> parse_number_page(const std::string& body, const std::string& account_sid);
std::optional<std::vector<AvailableNumber>> parse_available_numbers(const std::string& body);
/// Of the Pricing API; types that are not in the paths, and prices that are no numbers, are left out.
std::optional<NumberPrices> parse_prices(const std::string& body);
std::optional<AccountInfo> parse_account(const std::string& body, const std::string& account_sid);

}  // namespace telephony::sidecar
