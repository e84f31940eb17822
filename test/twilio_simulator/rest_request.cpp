// Finds the resource and the operation that a request names.
#include "rest_request.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "representation.hpp"

namespace telephony::simulator {
namespace {

/// Typed subresources of IncomingPhoneNumbers; what else stands there is a sid.
constexpr std::array<std::string_view, 3> incoming_types{"Local", "Mobile", "TollFree"};

/// Of the Voice API; the country follows.
constexpr std::string_view permissions_path = "/v1/DialingPermissions/Countries/";

/// Of the Pricing API; the country, or the number, follows.
constexpr std::string_view prices_path = "/v1/PhoneNumbers/Countries/";
constexpr std::array<std::string_view, 2> call_prices_paths{"/v1/Voice/Numbers/", "/v2/Voice/Numbers/"};

std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> parts;
    while (true) {
        const std::size_t end = path.find('/');
        parts.emplace_back(path.substr(0, end));
        if (end == std::string_view::npos) return parts;
        path.remove_prefix(end + 1);
    }
}

/// A method that a resource allows, and what it does there.
struct Allowed {
    std::string_view method;
    Operation operation;
};

void choose(RestRequest& request, const std::string& method, std::initializer_list<Allowed> allowed) {
    const auto* found = std::ranges::find(allowed, method, &Allowed::method);
    if (found == allowed.end()) {
        request.problem = RestProblem::method_not_allowed;
    } else {
        request.operation = found->operation;
    }
}

/// `parts` are what follows the account's sid in the path.
void find_resource(RestRequest& request, const std::string& method, const std::vector<std::string>& parts) {
    if (parts.empty()) return choose(request, method, {{"GET", Operation::account}});
    if (parts[0] == "AvailablePhoneNumbers" && parts.size() == 2) {
        request.country = parts[1];
        return choose(request, method, {{"GET", Operation::countries}});
    }
    if (parts[0] == "AvailablePhoneNumbers" && parts.size() == 3) {
        request.country = parts[1];
        request.type = parts[2];
        return choose(request, method, {{"GET", Operation::search}});
    }
    if (parts[0] == "IncomingPhoneNumbers" && parts.size() <= 2) {
        const bool is_typed =
            parts.size() == 2 && std::ranges::find(incoming_types, parts[1]) != incoming_types.end();
        if (is_typed) request.type = parts[1];
        if (is_typed || parts.size() == 1) {
            return choose(request, method, {{"GET", Operation::list}, {"POST", Operation::buy}});
        }
        request.sid = parts[1];
        return choose(request, method,
                      {{"GET", Operation::get}, {"POST", Operation::update}, {"DELETE", Operation::remove}});
    }
    if (parts[0] == "OutgoingCallerIds" && parts.size() == 1) {
        return choose(request, method, {{"GET", Operation::list_caller_ids}, {"POST", Operation::validate}});
    }
    if (parts[0] == "OutgoingCallerIds" && parts.size() == 2) {
        request.sid = parts[1];
        return choose(request, method,
                      {{"GET", Operation::get_caller_id},
                       {"POST", Operation::update_caller_id},
                       {"DELETE", Operation::remove_caller_id}});
    }
    if (parts[0] == "Calls" && parts.size() == 1) {
        return choose(request, method, {{"GET", Operation::list_calls}, {"POST", Operation::call}});
    }
    if (parts[0] == "Calls" && parts.size() == 2) {
        request.sid = parts[1];
        return choose(request, method,
                      {{"GET", Operation::get_call},
                       {"POST", Operation::update_call},
                       {"DELETE", Operation::remove_call}});
    }
    request.problem = RestProblem::unknown_resource;
}

}  // namespace

RestRequest parse_rest_request(const httplib::Request& http) {
    constexpr std::string_view suffix = ".json";
    constexpr std::size_t parts_before_account = 2;

    RestRequest request;
    std::string_view path(http.path);
    if (path.starts_with(prices_path)) {
        request.country = path.substr(prices_path.size());
        choose(request, http.method, {{"GET", Operation::pricing}});
        return request;
    }
    if (path.starts_with(permissions_path)) {
        request.country = path.substr(permissions_path.size());
        choose(request, http.method, {{"GET", Operation::permissions}});
        return request;
    }
    for (const std::string_view prefix : call_prices_paths) {
        if (!path.starts_with(prefix)) continue;
        request.number = path.substr(prefix.size());
        choose(request, http.method, {{"GET", Operation::call_price}});
        return request;
    }
    path.remove_prefix(std::min(path.size(), api_root.size() + 1));
    const bool is_json = path.ends_with(suffix);
    if (is_json) path.remove_suffix(suffix.size());

    std::vector<std::string> parts = split_path(path);
    if (parts.size() < parts_before_account || parts[0] != "Accounts") {
        request.problem = RestProblem::unknown_resource;
        return request;
    }
    request.account_sid = parts[1];
    if (!is_json) {
        request.problem = RestProblem::not_json;
        return request;
    }
    parts.erase(parts.begin(), parts.begin() + parts_before_account);
    find_resource(request, http.method, parts);
    return request;
}

}  // namespace telephony::simulator
