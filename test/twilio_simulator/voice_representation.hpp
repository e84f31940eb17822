// Calls, caller ids and prices of calls as Twilio's API shows them, and to tests what it does not tell.
#pragma once

#include <optional>
#include <string>

#include "voice.hpp"

namespace telephony::simulator {

Json represent(const Call& call);
Json represent(const CallerId& caller_id);
Json represent(const Validation& validation);

/// With what only the simulator knows.
Json represent_truth(const Call& call);
Json represent_truth(const Validation& validation);

/// What a call to the number costs, in version 1 or 2 of the Pricing API; null where Twilio calls nobody.
Json represent_call_price(const std::string& number, std::optional<double> price, int version,
                          const std::string& url);

/// Whether an account may call a country; null where Twilio calls nobody.
Json represent_permissions(const Account& account, const std::string& country, const std::string& url);

}  // namespace telephony::simulator
