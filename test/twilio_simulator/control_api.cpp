// Reads the orders of tests and answers them.
#include "control_api.hpp"

#include <algorithm>
#include <string_view>

#include "api_error.hpp"
#include "order.hpp"
#include "representation.hpp"

namespace telephony::simulator {
namespace {

bool is_account_sid(const std::string& sid) {
    constexpr std::size_t length = 34;
    return sid.size() == length && sid.starts_with("AC") &&
           sid.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string::npos;
}

}  // namespace

void ControlApi::serve_on(HttpServer& server) {
    on_order(server, "/_control/faults", [this](const Json& order) { return add_fault(order); });
    on_order(server, "/_control/release", [this](const Json& order) { return release(order); });
    on_order(server, "/_control/inventory", [this](const Json& order) { return replace_inventory(order); });
    on_order(server, "/_control/console", [this](const Json& order) { return act_in_console(order); });
    on_order(server, "/_control/addresses", [this](const Json& order) { return put_address(order); });
    on_order(server, "/_control/accounts", [this](const Json& order) { return put_account(order); });
    on_order(server, "/_control/reset", [this](const Json&) { return reset(); });
    server.Get("/_control/state", [this](const httplib::Request&, httplib::Response& response) {
        answer_with(response, [&] { return state(); });
    });
    server.Get("/_control/faults", [this](const httplib::Request&, httplib::Response& response) {
        answer_with(response, [&] { return faults_.in_force(); });
    });
    server.Delete("/_control/faults", [this](const httplib::Request&, httplib::Response& response) {
        faults_.clear();
        answer(response, 200, Json::object());
    });
    server.Get("/_control/wait",
               [this](const httplib::Request& http, httplib::Response& response) { wait(http, response); });
}

Json ControlApi::add_fault(const Json& order) {
    return {{"id", faults_.add(parse_fault(order))}};
}

Json ControlApi::release(const Json& order) {
    const std::optional<std::size_t> released = faults_.release(order.at("id").get<std::uint64_t>());
    if (!released) throw ApiError{404, 0, "there never was such a fault"};
    return {{"released", *released}};
}

Json ControlApi::replace_inventory(const Json& order) {
    const Offer* offer = find_offer(required_text(order, "country"), required_text(order, "type"));
    if (offer == nullptr) {
        std::string sold;
        for (const Offer& each : offers())
            sold.append(" ").append(each.country).append("/").append(each.type);
        throw ApiError{400, 0, "there are only:" + sold};
    }
    store_.replace_inventory(*offer, order.at("numbers").get<std::vector<std::string>>());
    return Json::object();
}

Json ControlApi::put_address(const Json& order) {
    store_.put_address(required_text(order, "address_sid"), required_text(order, "area"));
    return Json::object();
}

Json ControlApi::act_in_console(const Json& order) {
    voice_.catch_up();
    using Kind = ConsoleAction::Kind;
    const std::string action_name =
        one_of("action", required_text(order, "action"), {"buy", "rename", "delete", "set_voice_url"});
    ConsoleAction action;
    action.kind = action_name == "buy"      ? Kind::buy
                  : action_name == "rename" ? Kind::rename
                  : action_name == "delete" ? Kind::release
                                            : Kind::set_voice_url;
    action.account_sid = text(order, "account_sid").value_or("");
    action.phone_number = text(order, "phone_number").value_or("");
    action.sid = text(order, "sid").value_or("");
    action.friendly_name = text(order, "friendly_name");
    action.voice_url = text(order, "voice_url");
    if (action.kind == Kind::rename) required_text(order, "friendly_name");
    if (action.kind == Kind::set_voice_url && !action.voice_url)
        throw ApiError{400, 0, "voice_url is missing"};
    if (action.kind == Kind::buy && !store_.find_account(action.account_sid)) {
        throw ApiError{404, 0, "there is no such account"};
    }
    if (const std::optional<std::string> date = text(order, "date_created")) {
        action.date_created = parse_iso8601(*date);
        if (!action.date_created) throw ApiError{400, 0, "date_created must be ISO 8601 in UTC"};
    }
    return represent(store_.act_in_console(action));
}

Json ControlApi::put_account(const Json& order) {
    voice_.catch_up();
    const std::string sid = required_text(order, "account_sid");
    if (!is_account_sid(sid)) throw ApiError{400, 0, "account_sid must be AC and 32 hexadecimal digits"};
    Account account = store_.find_account(sid).value_or(Account{});
    account.sid = sid;
    account.auth_token = text(order, "auth_token").value_or(account.auth_token);
    account.status =
        one_of("status", text(order, "status").value_or(account.status), {"active", "suspended", "closed"});
    account.type = one_of("type", text(order, "type").value_or(account.type), {"Full", "Trial"});
    account.friendly_name = text(order, "friendly_name").value_or(account.friendly_name);
    account.parent_sid = text(order, "parent_account_sid").value_or(account.parent_sid);
    if (!account.parent_sid.empty() && !store_.find_account(account.parent_sid))
        throw ApiError{404, 0, "there is no such parent account"};
    if (order.contains("api_keys")) {
        account.api_keys.clear();
        for (const Json& key : order.at("api_keys"))
            account.api_keys.push_back(
                {required_text(key, "sid"), required_text(key, "secret"),
                 one_of("kind", text(key, "kind").value_or("standard"), {"standard", "main"}) == "main"});
    }
    account.calls_per_second = order.value("calls_per_second", account.calls_per_second);
    if (account.calls_per_second <= 0) throw ApiError{400, 0, "calls_per_second must be positive"};
    account.blocked_prefixes = order.value("blocked_prefixes", account.blocked_prefixes);
    if (account.auth_token.empty()) throw ApiError{400, 0, "auth_token is missing"};
    store_.put_account(account);
    return Json::object();
}

Json ControlApi::state() const {
    Json state = store_.state();
    for (Json& account : state["accounts"]) {
        account["peak_concurrency"] = journal_.peak_concurrency(account["sid"].get_ref<const std::string&>());
    }
    state.update(voice_.state());
    state["requests"] = journal_.requests();
    state["counts"] = journal_.counts();
    state["faults"] = faults_.acted();
    return state;
}

Json ControlApi::reset() {
    faults_.reset();
    voice_.reset();
    store_.reset();
    journal_.reset();
    return Json::object();
}

void ControlApi::wait(const httplib::Request& http, httplib::Response& response) {
    try {
        const std::string operation_name = http.get_param_value("operation");
        const std::optional<Operation> operation = operation_named(operation_name);
        if (!operation && operation_name != "any") throw ApiError{400, 0, "operation is unknown"};
        const std::optional<Stage> stage = stage_named(http.get_param_value("stage"));
        if (!stage) throw ApiError{400, 0, "stage must be received, applied or answered"};
        const std::uint64_t wanted = count_parameter(http, "count", 1);
        const std::uint64_t reached =
            journal_.await(operation, *stage, wanted, timeout_parameter(http, 10'000));
        answer(response, reached >= wanted ? 200 : 408, {{"count", reached}});
    } catch (const ApiError& error) {
        answer(response, error.status, {{"error", error.message}});
    }
}

}  // namespace telephony::simulator
