// Every request is logged with Twilio's request id.
#include "twilio/client.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

#include "base/alert.hpp"
#include "base/logging.hpp"
#include "base/masking.hpp"
#include "base/metrics.hpp"
#include "twilio/calls.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {
namespace {

// A resource takes some 1.3 kB, so that a page stays well below HttpClient::max_body.
constexpr const char* page_size = "400";
// More than any account needs.
constexpr std::size_t max_pages = 2000;
// Prices come beside offers, which somebody waits for.
constexpr Duration longest_wait_for_prices = std::chrono::seconds(5);

template <class T>
TwilioAnswer<T> failed(const HttpResponse& response) {
    TwilioAnswer<T> answer;
    answer.problem = problem_of(response);
    answer.server_date = response.date;
    return answer;
}

template <class T>
TwilioAnswer<T> given(std::optional<T> value, const HttpResponse& response) {
    if (!value) return failed<T>(response);  // the expected status, but not the expected body: unreadable
    TwilioAnswer<T> answer;
    answer.value = std::move(value);
    answer.server_date = response.date;
    return answer;
}

}  // namespace

constexpr std::string_view TwilioClient::name_of(Operation operation) {
    switch (operation) {
        case Operation::account:
            return "account";
        case Operation::list:
            return "list";
        case Operation::search:
            return "search";
        case Operation::look:
            return "look";
        case Operation::prices:
            return "prices";
        case Operation::buy:
            return "buy";
        case Operation::get:
            return "get";
        case Operation::update:
            return "update";
        case Operation::caller_ids:
            return "caller_ids";
        case Operation::validate:
            return "validate";
        case Operation::remove_caller_id:
            return "remove_caller_id";
        case Operation::call:
            return "call";
        case Operation::calls:
            return "calls";
        case Operation::end_call:
            return "end_call";
        case Operation::call_price:
            return "call_price";
        case Operation::del:
            return "delete";
    }
    throw std::logic_error("an operation without a name");
}

std::span<const std::string_view> TwilioClient::operation_names() {
    static constexpr auto names = [] {
        std::array<std::string_view, static_cast<std::size_t>(Operation::del) + 1> all;
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = name_of(static_cast<Operation>(i));
        return all;
    }();
    return names;
}

std::string TwilioClient::account_path() const {
    return "/2010-04-01/Accounts/" + credential_.account_sid;
}

std::string TwilioClient::number_path(const std::string& number_sid) const {
    // With an empty SID the path would be that of the list.
    if (!is_number_sid(number_sid)) throw std::invalid_argument("not the SID of a number");
    return account_path() + "/IncomingPhoneNumbers/" + number_sid + ".json";
}

std::string TwilioClient::caller_id_path(const std::string& sid) const {
    if (!is_number_sid(sid)) throw std::invalid_argument("not the SID of a caller id");
    return account_path() + "/OutgoingCallerIds/" + sid + ".json";
}

std::string TwilioClient::call_path(const std::string& sid) const {
    if (!is_call_sid(sid)) throw std::invalid_argument("not the SID of a call");
    return account_path() + "/Calls/" + sid + ".json";
}

Task<HttpResponse> TwilioClient::request(Operation operation, HttpMethod method, const std::string& path,
                                         const FormParameters& form, Deadline not_after) {
    HttpRequest request;
    request.not_after = not_after;
    request.method = method;
    const bool asks_prices = operation == Operation::prices || operation == Operation::call_price;
    request.url = (asks_prices ? settings_.pricing_url() : settings_.base_url) + path;
    request.user = credential_.username;
    request.password = &credential_.token;
    request.connect_timeout = settings_.connect_timeout;
    request.total_timeout = asks_prices ? std::min(settings_.request_timeout, longest_wait_for_prices)
                                        : settings_.request_timeout;
    if (method == HttpMethod::post)
        request.body = form_encoded(form);
    else if (!form.empty())
        request.url += "?" + form_encoded(form);
    const Deadline begun = Clock::now();
    const HttpResponse response = co_await http_.perform(request);
    const Duration took = Clock::now() - begun;
    // Does not mean that an API key is refused: account() tries a list next.
    const bool asked_too_much = operation == Operation::account && credential_.is_api_key() &&
                                (response.status == 401 || response.status == 403);
    // Who only looks holds no purchase up: a failure of theirs does not suspend the credential.
    const bool looks = operation == Operation::look || operation == Operation::caller_ids ||
                       operation == Operation::call || operation == Operation::calls;
    const bool only_looked =
        asks_prices || (looks && (response.status == 0 || response.status == 429 || response.status >= 500));
    if (on_response && !asked_too_much && !only_looked) on_response(response);
    const std::string_view name = name_of(operation);
    metrics_.twilio_request(name, response.status, took);
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
    if (response.status == 0)
        log::warning(
            "twilio request failed",
            {{"operation", name}, {"ms", milliseconds}, {"reason", masked_excerpt(response.problem)}});
    else
        log::info("twilio request", {{"operation", name},
                                     {"status", response.status},
                                     {"ms", milliseconds},
                                     {"request_id", response.request_id}});
    co_return response;
}

Task<TwilioAnswer<AccountInfo>> TwilioClient::account() {
    const std::string path = account_path() + ".json";
    const FormParameters none;
    const HttpResponse response = co_await request(Operation::account, HttpMethod::get, path, none);
    if (response.status == 200)
        co_return given(parse_account(response.body, credential_.account_sid), response);
    TwilioAnswer<AccountInfo> answer = failed<AccountInfo>(response);
    if (answer.problem.kind != TwilioProblem::Kind::denied || !credential_.is_api_key()) co_return answer;
    const std::string list_path = account_path() + "/IncomingPhoneNumbers.json?PageSize=1";
    const HttpResponse listed = co_await request(Operation::list, HttpMethod::get, list_path, none);
    if (listed.status != 200 || !parse_number_page(listed.body, credential_.account_sid))
        co_return failed<AccountInfo>(listed);
    co_return given(std::optional<AccountInfo>({"active", ""}), listed);
}

Task<TwilioAnswer<std::vector<IncomingNumber>>> TwilioClient::list(const FormParameters& query) {
    TwilioAnswer<std::vector<IncomingNumber>> answer;
    answer.value.emplace();
    const FormParameters none;
    std::string path = account_path() + "/IncomingPhoneNumbers.json?" + form_encoded(query);
    std::set<std::string> asked;
    while (!path.empty()) {
        asked.insert(path);
        const HttpResponse response = co_await request(Operation::list, HttpMethod::get, path, none);
        std::optional<NumberPage> page;
        if (response.status == 200) page = parse_number_page(response.body, credential_.account_sid);
        if (page && (asked.contains(page->next_page) || asked.size() == max_pages)) {
            // A fault of the server: to follow it would be to ask for ever.
            metrics_.alert(Alert::endless_list, "a list of numbers does not end",
                           {{"org", owner()}, {"account", account_sid()}, {"pages", asked.size()}});
            page.reset();
        }
        if (!page) co_return failed<std::vector<IncomingNumber>>(response);
        for (IncomingNumber& number : page->numbers) answer.value->push_back(std::move(number));
        answer.server_date = response.date;
        path = page->next_page;
    }
    co_return answer;
}

Task<TwilioAnswer<std::vector<IncomingNumber>>> TwilioClient::list_by_tag(const std::string& tag) {
    const FormParameters query = {{"FriendlyName", tag}, {"PageSize", page_size}};
    TwilioAnswer<std::vector<IncomingNumber>> answer = co_await list(query);
    if (answer.value)
        std::erase_if(*answer.value, [&tag](const IncomingNumber& n) { return n.friendly_name != tag; });
    co_return answer;
}

Task<TwilioAnswer<std::vector<IncomingNumber>>> TwilioClient::list_by_number(const numbering::E164& number) {
    const FormParameters query = {{"PhoneNumber", number.str()}, {"PageSize", page_size}};
    TwilioAnswer<std::vector<IncomingNumber>> answer = co_await list(query);
    if (answer.value)
        std::erase_if(*answer.value, [&number](const IncomingNumber& n) { return n.number != number; });
    co_return answer;
}

Task<TwilioAnswer<std::vector<IncomingNumber>>> TwilioClient::list_all() {
    const FormParameters query = {{"PageSize", page_size}};
    TwilioAnswer<std::vector<IncomingNumber>> answer = co_await list(query);
    co_return answer;
}

Task<TwilioAnswer<std::vector<AvailableNumber>>> TwilioClient::available(Operation operation,
                                                                         const std::string& country,
                                                                         const std::string& type,
                                                                         const FormParameters& filter) {
    const std::string path = account_path() + "/AvailablePhoneNumbers/" + percent_encoded(country) + "/" +
                             percent_encoded(type) + ".json";
    FormParameters query = {{"VoiceEnabled", "true"}, {"PageSize", "30"}};
    query.insert(query.end(), filter.begin(), filter.end());
    const HttpResponse response = co_await request(operation, HttpMethod::get, path, query);
    if (response.status == 200) co_return given(parse_available_numbers(response.body), response);
    TwilioAnswer<std::vector<AvailableNumber>> answer = failed<std::vector<AvailableNumber>>(response);
    if (answer.problem.kind == TwilioProblem::Kind::not_found) answer.value.emplace();
    co_return answer;
}

Task<TwilioAnswer<std::vector<AvailableNumber>>> TwilioClient::search(const std::string& country,
                                                                      const std::string& type,
                                                                      const FormParameters& filter) {
    return available(Operation::search, country, type, filter);
}

Task<TwilioAnswer<std::vector<AvailableNumber>>> TwilioClient::look_for(const std::string& country,
                                                                        const std::string& type,
                                                                        const FormParameters& filter) {
    return available(Operation::look, country, type, filter);
}

Task<TwilioAnswer<NumberPrices>> TwilioClient::prices(const std::string& country) {
    const std::string path = "/v1/PhoneNumbers/Countries/" + percent_encoded(country);
    const FormParameters none;
    const HttpResponse response = co_await request(Operation::prices, HttpMethod::get, path, none);
    if (response.status != 200) co_return failed<NumberPrices>(response);
    co_return given(parse_prices(response.body), response);
}

Task<TwilioAnswer<IncomingNumber>> TwilioClient::buy(const numbering::E164& number, const std::string& tag,
                                                     const FormParameters& settings, Deadline not_after) {
    const std::string path = account_path() + "/IncomingPhoneNumbers.json";
    FormParameters form = {{"PhoneNumber", number.str()}, {"FriendlyName", tag}};
    form.insert(form.end(), settings.begin(), settings.end());
    const HttpResponse response = co_await request(Operation::buy, HttpMethod::post, path, form, not_after);
    if (response.status != 201) co_return failed<IncomingNumber>(response);
    co_return given(parse_incoming_number(response.body), response);
}

Task<TwilioAnswer<IncomingNumber>> TwilioClient::get(const std::string& number_sid) {
    const std::string path = number_path(number_sid);
    const FormParameters none;
    const HttpResponse response = co_await request(Operation::get, HttpMethod::get, path, none);
    if (response.status != 200) co_return failed<IncomingNumber>(response);
    co_return given(parse_incoming_number(response.body), response);
}

Task<TwilioAnswer<IncomingNumber>> TwilioClient::update(const std::string& number_sid,
                                                        const FormParameters& changes) {
    const std::string path = number_path(number_sid);
    const HttpResponse response = co_await request(Operation::update, HttpMethod::post, path, changes);
    if (response.status != 200) co_return failed<IncomingNumber>(response);
    co_return given(parse_incoming_number(response.body), response);
}

Task<TwilioAnswer<bool>> TwilioClient::remove(const std::string& number_sid, Deadline not_after) {
    const std::string path = number_path(number_sid);
    const FormParameters none;
    const HttpResponse response = co_await request(Operation::del, HttpMethod::del, path, none, not_after);
    if (response.status != 204) co_return failed<bool>(response);
    co_return given(std::optional<bool>(true), response);
}

Task<TwilioAnswer<std::vector<CallerId>>> TwilioClient::caller_ids(const numbering::E164& number) {
    const std::string path = account_path() + "/OutgoingCallerIds.json";
    const FormParameters query = {{"PhoneNumber", number.str()}, {"PageSize", page_size}};
    const HttpResponse response = co_await request(Operation::caller_ids, HttpMethod::get, path, query);
    if (response.status != 200) co_return failed<std::vector<CallerId>>(response);
    auto answer = given(parse_caller_ids(response.body), response);
    if (answer.value)
        std::erase_if(*answer.value, [&number](const CallerId& c) { return c.number != number; });
    co_return answer;
}

Task<TwilioAnswer<ValidationRequest>> TwilioClient::validate(const numbering::E164& number,
                                                             const std::string& tag, Deadline not_after) {
    const std::string path = account_path() + "/OutgoingCallerIds.json";
    const FormParameters form = {{"PhoneNumber", number.str()}, {"FriendlyName", tag}};
    const HttpResponse response =
        co_await request(Operation::validate, HttpMethod::post, path, form, not_after);
    if (response.status != 200) co_return failed<ValidationRequest>(response);
    co_return given(parse_validation_request(response.body), response);
}

Task<TwilioAnswer<bool>> TwilioClient::remove_caller_id(const std::string& sid, Deadline not_after) {
    const std::string path = caller_id_path(sid);
    const FormParameters none;
    const HttpResponse response =
        co_await request(Operation::remove_caller_id, HttpMethod::del, path, none, not_after);
    if (response.status != 204) co_return failed<bool>(response);
    co_return given(std::optional<bool>(true), response);
}

Task<TwilioAnswer<Call>> TwilioClient::call(const std::string& sid) {
    const std::string path = call_path(sid);
    const FormParameters none;
    const HttpResponse response = co_await request(Operation::call, HttpMethod::get, path, none);
    if (response.status != 200) co_return failed<Call>(response);
    co_return given(parse_call(response.body), response);
}

Task<TwilioAnswer<std::vector<Call>>> TwilioClient::calls_to(const numbering::E164& number, Timestamp since) {
    const std::string path = account_path() + "/Calls.json";
    const FormParameters query = {
        {"To", number.str()}, {"StartTime>", iso8601(since).substr(0, 10)}, {"PageSize", page_size}};
    const HttpResponse response = co_await request(Operation::calls, HttpMethod::get, path, query);
    if (response.status != 200) co_return failed<std::vector<Call>>(response);
    co_return given(parse_calls(response.body), response);
}

Task<TwilioAnswer<Call>> TwilioClient::end_call(const std::string& sid, Deadline not_after) {
    const std::string path = call_path(sid);
    const FormParameters form = {{"Status", "completed"}};
    const HttpResponse response =
        co_await request(Operation::end_call, HttpMethod::post, path, form, not_after);
    if (response.status != 200) co_return failed<Call>(response);
    co_return given(parse_call(response.body), response);
}

Task<TwilioAnswer<CallPrice>> TwilioClient::call_price(const numbering::E164& number, std::string_view from) {
    const std::string path = "/v2/Voice/Numbers/" + percent_encoded(number.str());
    const FormParameters query = {{"OriginationNumber", std::string(from)}};
    const HttpResponse response = co_await request(Operation::call_price, HttpMethod::get, path, query);
    if (response.status != 200) co_return failed<CallPrice>(response);
    co_return given(parse_call_price(response.body), response);
}

}  // namespace telephony::sidecar
