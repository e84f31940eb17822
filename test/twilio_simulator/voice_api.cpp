// Finds what a request for calls or caller ids asks for, and shows it.
#include "voice_api.hpp"

#include "api_error.hpp"
#include "list_page.hpp"
#include "voice_representation.hpp"

namespace telephony::simulator {

std::optional<VoiceApi::Answer> VoiceApi::execute(const std::string& account, const RestRequest& request,
                                                  const httplib::Request& http, const std::string& path,
                                                  const FaultPlan& plan) {
    const std::string url = http.get_header_value("Host") + path;
    const auto found = [&path](const Json& body) {
        if (body.is_null()) throw ApiError{404, 20404, "The requested resource " + path + " was not found"};
        return Answer{200, body};
    };
    switch (request.operation) {
        case Operation::validate:
            return Answer{200, represent(voice_.validate(account, http.params))};
        case Operation::list_caller_ids:
            return Answer{200, list_caller_ids(request, http, path, plan)};
        case Operation::get_caller_id:
            return Answer{200, represent(voice_.caller_id(account, request.sid))};
        case Operation::update_caller_id:
            return Answer{200, represent(voice_.rename_caller_id(account, request.sid, http.params))};
        case Operation::remove_caller_id:
            voice_.remove_caller_id(account, request.sid);
            return Answer{204, nullptr};
        case Operation::call:
            return Answer{201, represent(voice_.place(account, http.params))};
        case Operation::list_calls:
            return Answer{200, list_calls(request, http, path, plan)};
        case Operation::get_call:
            return Answer{200, represent(voice_.call(account, request.sid))};
        case Operation::update_call:
            return Answer{200, represent(voice_.update_call(account, request.sid, http.params))};
        case Operation::remove_call:
            voice_.remove_call(account, request.sid);
            return Answer{204, nullptr};
        case Operation::call_price:
            return found(represent_call_price(request.number, voice_.price_to(request.number),
                                              path.starts_with("/v1/") ? 1 : 2, url));
        case Operation::permissions:
            return found(represent_permissions(store_.find_account(account).value(), request.country, url));
        default:
            return std::nullopt;
    }
}

Json VoiceApi::list_calls(const RestRequest& request, const httplib::Request& http, const std::string& path,
                          const FaultPlan& plan) {
    const PageRequest wanted = parse_page_request(http.params);
    const auto lag = plan.lag.value_or(std::chrono::milliseconds(0));
    const Page<Call> page =
        voice_.list_calls(request.account_sid, CallFilter(http.params), lag, wanted.position, wanted.size);
    return represent(page, "calls", wanted, path, http.params);
}

Json VoiceApi::list_caller_ids(const RestRequest& request, const httplib::Request& http,
                               const std::string& path, const FaultPlan& plan) {
    const PageRequest wanted = parse_page_request(http.params);
    const CallerIdFilter filter{parameter(http.params, "PhoneNumber"), parameter(http.params, "FriendlyName"),
                                std::nullopt};
    const auto lag = plan.lag.value_or(std::chrono::milliseconds(0));
    const Page<CallerId> page =
        voice_.list_caller_ids(request.account_sid, filter, lag, wanted.position, wanted.size);
    return represent(page, "outgoing_caller_ids", wanted, path, http.params);
}

}  // namespace telephony::simulator
