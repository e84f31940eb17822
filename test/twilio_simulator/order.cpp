// Reads orders of tests.
#include "order.hpp"

#include <charconv>

#include "purchase_rules.hpp"
#include "representation.hpp"

namespace telephony::simulator {

void answer(httplib::Response& response, int status, const Json& body) {
    response.status = status;
    response.set_content(to_text(body), "application/json");
}

void on_order(HttpServer& server, const char* path, std::function<Json(const Json&)> action) {
    server.Post(
        path, [action = std::move(action)](const httplib::Request& http, httplib::Response& response) {
            answer_with(response,
                        [&] { return action(http.body.empty() ? Json::object() : Json::parse(http.body)); });
        });
}

std::optional<std::string> text(const Json& order, const char* key) {
    if (!order.contains(key) || order.at(key).is_null()) return std::nullopt;
    return order.at(key).get<std::string>();
}

std::string required_text(const Json& order, const char* key) {
    std::optional<std::string> value = text(order, key);
    if (!value || value->empty()) throw ApiError{400, 0, std::string(key) + " is missing"};
    return *value;
}

std::string one_of(const std::string& key, const std::string& value,
                   std::initializer_list<const char*> choices) {
    if (std::ranges::find(choices, value) == choices.end()) {
        throw ApiError{400, 0, key + " \"" + value + "\" is unknown"};
    }
    return value;
}

std::string required_number(const Json& order, const char* key) {
    std::string number = required_text(order, key);
    if (!is_e164(number)) throw ApiError{400, 0, std::string(key) + " must be an E.164 number"};
    return number;
}

void check_keys(const Json& order, std::initializer_list<std::string_view> known) {
    if (!order.is_object()) throw ApiError{400, 0, "expected an object"};
    for (const auto& item : order.items()) {
        if (std::ranges::find(known, item.key()) == known.end())
            throw ApiError{400, 0, "unknown key " + item.key()};
    }
}

std::uint64_t count_parameter(const httplib::Request& http, const std::string& name, std::uint64_t usual) {
    if (!http.has_param(name)) return usual;
    const std::string given = http.get_param_value(name);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
    if (error != std::errc() || end != given.data() + given.size()) {
        throw ApiError{400, 0, name + " must be a whole number"};
    }
    return value;
}

std::chrono::milliseconds timeout_parameter(const httplib::Request& http, std::uint64_t usual) {
    constexpr std::uint64_t longest = 600'000;
    return std::chrono::milliseconds(std::min(count_parameter(http, "timeout_ms", usual), longest));
}

}  // namespace telephony::simulator
