// The way of a request through faults, authentication and the store, and the answers of the API.
#include "rest_api.hpp"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <exception>

#include "list_page.hpp"
#include "representation.hpp"

namespace telephony::simulator {
namespace {

/// A search shows no more than this, whatever its PageSize (twilio-node issue 316).
constexpr std::size_t longest_search_result = 30;

std::string path_without_query(const httplib::Request& http) {
    return http.target.substr(0, http.target.find('?'));
}

ApiError not_found(const std::string& path) {
    return {404, 20404, "The requested resource " + path + " was not found"};
}

std::string xml_not_found(const std::string& path) {
    const ApiError error = not_found(path);
    std::string escaped;
    for (const char character : error.message) {
        escaped += character == '<' ? "&lt;" : character == '&' ? "&amp;" : std::string(1, character);
    }
    return "<?xml version='1.0' encoding='UTF-8'?>\n"
           "<TwilioResponse><RestException><Code>20404</Code><Message>" +
           escaped +
           "</Message><MoreInfo>https://www.twilio.com/docs/errors/20404</MoreInfo><Status>404</Status>"
           "</RestException></TwilioResponse>";
}

/// Of a number only the last four digits may be logged, and nothing if that hides fewer than four.
std::string mask(const std::string& number) {
    constexpr std::size_t shown = 4;
    constexpr std::size_t hidden = 4;
    if (number.size() <= shown + hidden) return "";
    return '+' + std::string(number.size() - shown - 1, '*') + number.substr(number.size() - shown);
}

std::string request_sid(std::uint64_t number) {
    // Looks random but tells the request's number in the log (the steps of splitmix64).
    std::uint64_t mixed = number * 0x9E3779B97F4A7C15;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed ^= mixed >> 27;
    std::array<char, 36> sid{};
    std::snprintf(sid.data(), sid.size(), "RQ%016" PRIx64 "%016" PRIx64, mixed, number);
    return sid.data();
}

/// Parameters as JSON; of one that is given twice, the first.
Json by_name(const Parameters& parameters) {
    Json object = Json::object();
    for (const auto& [name, value] : parameters)
        if (!object.contains(name)) object[name] = value;
    return object;
}

std::optional<bool> flag(const Parameters& parameters, const std::string& name) {
    const std::string value = parameter(parameters, name);
    if (value.empty()) return std::nullopt;
    if (value == "true") return true;
    if (value == "false") return false;
    throw ApiError{400, 20422, "Invalid Parameter: " + name};
}

SearchFilter search_filter(const Parameters& parameters) {
    SearchFilter filter;
    filter.contains = parameter(parameters, "Contains");
    if (!filter.contains.empty() && !is_search_pattern(filter.contains))
        throw ApiError{400, 20422, "Invalid Parameter: Contains"};
    filter.area_code = parameter(parameters, "AreaCode");
    if (filter.area_code.find_first_not_of("0123456789") != std::string::npos)
        throw ApiError{400, 21451, "Invalid area code: " + filter.area_code};
    filter.locality = parameter(parameters, "InLocality");
    filter.region = parameter(parameters, "InRegion");
    filter.voice = flag(parameters, "VoiceEnabled");
    filter.sms = flag(parameters, "SmsEnabled");
    filter.mms = flag(parameters, "MmsEnabled");
    filter.fax = flag(parameters, "FaxEnabled");
    filter.exclude_any_address = flag(parameters, "ExcludeAllAddressRequired").value_or(false);
    filter.exclude_local_address = flag(parameters, "ExcludeLocalAddressRequired").value_or(false);
    filter.exclude_foreign_address = flag(parameters, "ExcludeForeignAddressRequired").value_or(false);
    filter.limit = std::min(longest_search_result, page_size(parameters));
    return filter;
}

/// The country's types, as links.
Json represent_country(const RestRequest& request, const std::string& path) {
    Json subresources = Json::object();
    const std::string country_path =
        account_path(request.account_sid, "AvailablePhoneNumbers/" + request.country);
    for (const Offer& offer : offers()) {
        if (offer.country != request.country) continue;
        const std::string name = offer.type == "TollFree" ? "toll_free" : lower_case(offer.type);
        subresources[name] = country_path + '/' + std::string(offer.type) + ".json";
    }
    if (subresources.empty()) throw not_found(path);
    return {{"country_code", request.country},
            {"beta", false},
            {"subresource_uris", subresources},
            {"uri", country_path + ".json"}};
}

/// The page of a list, naming itself as the next.
std::string endless(const std::string& body) {
    Json page = Json::parse(body);
    if (page.contains("uri")) page["next_page_uri"] = page["uri"];
    return to_text(page);
}

void remove_fields(Json& body, const std::vector<std::string>& fields) {
    if (body.is_object())
        for (const std::string& field : fields) body.erase(field);
    if (body.is_structured())
        for (Json& part : body) remove_fields(part, fields);
}

/// An answer, and all that it lists, without these fields.
std::string without(const std::string& body, const std::vector<std::string>& fields) {
    if (body.empty()) return body;
    Json rest = Json::parse(body);
    remove_fields(rest, fields);
    return to_text(rest);
}

}  // namespace

void RestApi::serve_on(HttpServer& server) {
    const auto handler = [this](const httplib::Request& http, httplib::Response& response) {
        handle(http, response);
    };
    for (const std::string_view root : {api_root, other_roots[0], other_roots[1]}) {
        const std::string paths = std::string(root) + "/.*";
        server.Get(paths, handler)
            .Post(paths, handler)
            .Delete(paths, handler)
            .Put(paths, handler)
            .Patch(paths, handler);
    }
}

void RestApi::handle(const httplib::Request& http, httplib::Response& response) {
    const RestRequest request = parse_rest_request(http);
    FaultTarget target{request.operation, number_named_by(http, request), request.account_sid};
    // Chosen before the request is counted: who waited for it to be received may release its hold at once.
    const FaultPlan plan = faults_.take(target);
    const Journal::Ticket ticket = journal_.received(request.operation, http.method, path_without_query(http),
                                                     request.account_sid, by_name(http.params));

    const std::optional<Answer> result = carry_out(http, request, plan, ticket);
    const int status = result ? result->status : 0;
    if (verbose_) log(request, http, ticket, target, status);
    if (!result) return;

    response.status = status;
    if (!result->body.empty()) response.set_content(result->body, result->content_type);
    std::map<std::string, std::string> headers = result->headers;
    headers.try_emplace("Date", http_date(clock_.second()));
    headers.try_emplace("Twilio-Request-Id", request_sid(ticket.number));
    headers.try_emplace("Twilio-Concurrent-Requests", std::to_string(ticket.concurrent));
    headers.try_emplace("X-Home-Region", "us1");
    headers.try_emplace("X-Api-Domain", "api.twilio.com");
    for (const auto& [name, value] : headers) response.set_header(name, value);
    journal_.answered(ticket, status);
}

/// The number that a request is about, as far as faults and the log go.
std::string RestApi::number_named_by(const httplib::Request& http, const RestRequest& request) const {
    if (!request.number.empty()) return request.number;
    if (!request.sid.empty()) {
        const std::string incoming = store_.number_with_sid(request.sid);
        return incoming.empty() ? voice_.number_with_sid(request.sid) : incoming;
    }
    const std::string number = parameter(http.params, "PhoneNumber");
    return number.empty() ? parameter(http.params, "To") : number;
}

std::optional<RestApi::Answer> RestApi::carry_out(const httplib::Request& http, const RestRequest& request,
                                                  const FaultPlan& plan, const Journal::Ticket& ticket) {
    const auto cut = [&]() -> std::optional<Answer> {
        journal_.answered(ticket, 0);
        Connection::current().cut();
        return std::nullopt;
    };

    if (plan.latency && !faults_.pause(plan, *plan.latency)) return cut();
    if (plan.suffers(FaultKind::status, Moment::before)) return injected(*plan.outcome);
    if (plan.suffers(FaultKind::garbage, Moment::before)) return injected(*plan.outcome);
    if (plan.suffers(FaultKind::cut, Moment::before)) return cut();
    if (plan.suffers(FaultKind::hold, Moment::before) && !faults_.await_release(plan)) return cut();
    const bool is_late = plan.suffers(FaultKind::apply_late, Moment::before);
    if (is_late) {
        cut();
        if (!faults_.pause(plan, plan.outcome->duration)) return std::nullopt;
    }

    voice_.catch_up();
    Answer result = answer(http, request, plan);
    journal_.applied(ticket);
    if (plan.suffers(FaultKind::endless, Moment::before)) result.body = endless(result.body);
    if (plan.suffers(FaultKind::omit, Moment::before))
        result.body = without(result.body, plan.outcome->fields);

    if (is_late) return std::nullopt;
    if (plan.suffers(FaultKind::hold, Moment::after) && !faults_.await_release(plan)) return cut();
    if (plan.suffers(FaultKind::cut, Moment::after)) return cut();
    if (plan.suffers(FaultKind::status, Moment::after)) return injected(*plan.outcome);
    if (plan.suffers(FaultKind::garbage, Moment::after)) return injected(*plan.outcome);
    return result;
}

RestApi::Answer RestApi::answer(const httplib::Request& http, const RestRequest& request,
                                const FaultPlan& plan) {
    try {
        return execute(http, request, plan);
    } catch (const ApiError& error) {
        return refusal(error);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "twilio_simulator: request failed: %s\n", error.what());
        return refusal({500, 20500, "Internal Server Error"});
    }
}

RestApi::Answer RestApi::execute(const httplib::Request& http, const RestRequest& request,
                                 const FaultPlan& plan) {
    const std::string path = path_without_query(http);
    if (request.problem == RestProblem::not_json) return {404, xml_not_found(path), "application/xml", {}};
    const std::string account_sid = authenticate(http, request);
    if (request.problem == RestProblem::unknown_resource) throw not_found(path);
    if (request.problem == RestProblem::method_not_allowed) throw ApiError{405, 20004, "Method not allowed"};

    switch (request.operation) {
        case Operation::account:
            return json(200, represent(store_.find_account(request.account_sid).value()));
        case Operation::countries:
            return json(200, represent_country(request, path));
        case Operation::search:
            return search(http, request);
        case Operation::pricing: {
            const Json prices = represent_prices(request.country, http.get_header_value("Host") + path);
            if (prices.is_null()) throw not_found(path);
            return json(200, prices);
        }
        case Operation::list:
            return list(http, request);
        case Operation::buy: {
            const auto lag = plan.lag.value_or(std::chrono::milliseconds(0));
            return json(201, represent(store_.buy({request.account_sid, request.type, http.params, lag})));
        }
        case Operation::get:
            return json(200, represent(store_.get(request.account_sid, request.sid)));
        case Operation::update:
            return json(200, represent(store_.update(request.account_sid, request.sid, http.params)));
        case Operation::remove:
            store_.release(request.account_sid, request.sid);
            return {204, "", "", {}};
        default:
            break;
    }
    const std::optional<VoiceApi::Answer> answer = voice_api_.execute(account_sid, request, http, path, plan);
    if (!answer) throw not_found(path);
    return answer->body.is_null() ? Answer{answer->status, "", "", {}} : json(answer->status, answer->body);
}

/// The sid of the account that is asked for something. The account in the path must be opened by its own
/// token, by a key of its own, or by its parent's token; and it must be active, but for its parent that asks
/// after the account itself. An account that is suspended or closed gets the same answer as a wrong token.
std::string RestApi::authenticate(const httplib::Request& http, const RestRequest& request) const {
    const std::string given = http.get_header_value("Authorization");
    const auto is_by = [&given](const std::string& user, const std::string& password) {
        return given == httplib::make_basic_authentication_header(user, password).second;
    };
    const ApiError refused{401, 20003, "Authenticate"};
    if (names_no_account(request.operation)) {
        // It is that of the token, or of any key.
        const auto opens = [&is_by](const Account& account) {
            return account.status == "active" &&
                   (is_by(account.sid, account.auth_token) ||
                    std::ranges::any_of(account.api_keys,
                                        [&is_by](const ApiKey& key) { return is_by(key.sid, key.secret); }));
        };
        const std::optional<Account> account = store_.find_account_where(opens);
        if (!account) throw refused;
        return account->sid;
    }
    const std::optional<Account> account = store_.find_account(request.account_sid);
    if (!account) throw refused;
    const bool about_account = request.operation == Operation::account;
    const std::optional<Account> parent = store_.find_account(account->parent_sid);
    if (parent && parent->status == "active" && is_by(parent->sid, parent->auth_token) &&
        (account->status == "active" || about_account))
        return account->sid;
    if (account->status != "active") throw refused;
    if (is_by(account->sid, account->auth_token)) return account->sid;
    for (const ApiKey& key : account->api_keys)
        if (is_by(key.sid, key.secret) && (key.is_main || !about_account)) return account->sid;
    throw refused;
}

RestApi::Answer RestApi::search(const httplib::Request& http, const RestRequest& request) {
    const Offer* offer = find_offer(request.country, request.type);
    const std::string path = path_without_query(http);
    if (offer == nullptr) throw not_found(path);
    Json numbers = Json::array();
    for (const std::string& number : store_.search(request.account_sid, *offer, search_filter(http.params))) {
        numbers.push_back(represent_available(*offer, number));
    }
    return json(200, {{"available_phone_numbers", numbers}, {"uri", path}});
}

RestApi::Answer RestApi::list(const httplib::Request& http, const RestRequest& request) const {
    const ListFilter filter{parameter(http.params, "PhoneNumber"), parameter(http.params, "FriendlyName"),
                            parameter(http.params, "Origin"), request.type};
    const PageRequest wanted = parse_page_request(http.params);
    const Page<IncomingNumber> page = store_.list(request.account_sid, filter, wanted.position, wanted.size);
    return json(200,
                represent(page, "incoming_phone_numbers", wanted, path_without_query(http), http.params));
}

void RestApi::log(const RestRequest& request, const httplib::Request& http, const Journal::Ticket& ticket,
                  const FaultTarget& target, int status) const {
    const std::string line = iso8601(clock_.now()) + ' ' + request_sid(ticket.number) + ' ' +
                             std::string(name_of(request.operation)) + ' ' + http.method + ' ' +
                             path_without_query(http) + ' ' + mask(target.number) + ' ' +
                             (status == 0 ? "cut" : std::to_string(status)) + '\n';
    std::fputs(line.c_str(), stderr);
}

RestApi::Answer RestApi::json(int status, const Json& body) {
    return {status, to_text(body), "application/json", {}};
}

RestApi::Answer RestApi::refusal(const ApiError& error) {
    Answer answer = json(error.status, represent(error));
    if (error.status == 401) answer.headers["WWW-Authenticate"] = "Basic realm=\"Twilio API\"";
    return answer;
}

RestApi::Answer RestApi::injected(const Fault& fault) {
    if (fault.kind == FaultKind::garbage)
        return {200, "<html><body>Bad gateway</body></html>", "text/html", {}};
    Answer answer = refusal({fault.status, fault.code, fault.message});
    for (const auto& [name, value] : fault.headers) answer.headers[name] = value;
    return answer;
}

}  // namespace telephony::simulator
