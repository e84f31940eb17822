// What a request to the API asks for, read from its method and path.
#pragma once

#include <string>

#include "http_server.hpp"
#include "operation.hpp"

namespace telephony::simulator {

/// Why a request cannot be carried out, whatever its parameters.
enum class RestProblem { none, unknown_resource, not_json, method_not_allowed };

/// A request by its path: `/2010-04-01/Accounts/{account_sid}/...`; of the Pricing API, which names no
/// account,
/// `/v1/PhoneNumbers/Countries/{country}`, `/v1/Voice/Numbers/{number}` and `/v2/Voice/Numbers/{number}`; and
/// of the Voice API `/v1/DialingPermissions/Countries/{country}`. What does not apply is empty.
struct RestRequest {
    Operation operation = Operation::other;
    RestProblem problem = RestProblem::none;
    std::string account_sid;
    std::string sid;      ///< of an incoming number, a caller id or a call
    std::string country;  ///< of a search, of prices or permissions
    std::string number;   ///< whose price is asked for
    std::string type;     ///< of a search or a typed subresource: Local, Mobile ...
};

RestRequest parse_rest_request(const httplib::Request& http);

}  // namespace telephony::simulator
