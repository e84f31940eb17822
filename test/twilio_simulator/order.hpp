// How orders of tests are read and answered: JSON bodies, and parameters of queries.
#pragma once

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "api_error.hpp"
#include "http_server.hpp"

namespace telephony::simulator {

using Json = nlohmann::json;

void answer(httplib::Response& response, int status, const Json& body);

/// Answers with what `action` returns; with the reason if it refuses or cannot read the order.
template <typename Action>
void answer_with(httplib::Response& response, Action action) {
    try {
        answer(response, 200, action());
    } catch (const ApiError& error) {
        answer(response, error.status, {{"error", error.message}});
    } catch (const Json::exception& error) {
        answer(response, 400, {{"error", error.what()}});
    }
}

/// Serves `POST path` by what the action makes of the body.
void on_order(HttpServer& server, const char* path, std::function<Json(const Json&)> action);

std::optional<std::string> text(const Json& order, const char* key);
std::string required_text(const Json& order, const char* key);

/// A text that must be one of the choices.
std::string one_of(const std::string& key, const std::string& value,
                   std::initializer_list<const char*> choices);

/// A number in E.164 form.
std::string required_number(const Json& order, const char* key);

/// Refuses an order with a key that is none of these: misspelt, it would quietly do something else.
void check_keys(const Json& order, std::initializer_list<std::string_view> known);

std::uint64_t count_parameter(const httplib::Request& http, const std::string& name, std::uint64_t usual);

/// `timeout_ms` of a wait, at most ten minutes.
std::chrono::milliseconds timeout_parameter(const httplib::Request& http, std::uint64_t usual);

}  // namespace telephony::simulator
