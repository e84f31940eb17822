// Reads the orders of tests about calls.
#include "voice_control.hpp"

#include "order.hpp"
#include "purchase_rules.hpp"
#include "voice_representation.hpp"

namespace telephony::simulator {
namespace {

Seconds seconds(const Json& order, const char* key, Seconds usual) {
    const Seconds value(order.value(key, usual.count()));
    if (value < Seconds(0)) throw ApiError{400, 0, std::string(key) + " must not be negative"};
    return value;
}

std::set<CallStatus> statuses(const std::string& list) {
    std::set<CallStatus> wanted;
    for (std::size_t begin = 0; begin < list.size();) {
        const std::size_t end = std::min(list.find(',', begin), list.size());
        const std::optional<CallStatus> status = call_status_named(list.substr(begin, end - begin));
        if (!status) throw ApiError{400, 0, "status is unknown"};
        wanted.insert(*status);
        begin = end + 1;
    }
    return wanted;
}

}  // namespace

void VoiceControl::serve_on(HttpServer& server) {
    on_order(server, "/_control/phones", [this](const Json& order) { return configure_phone(order); });
    on_order(server, "/_control/type", [this](const Json& order) { return type(order); });
    on_order(server, "/_control/act", [this](const Json& order) { return act(order); });
    on_order(server, "/_control/ring", [this](const Json& order) { return ring(order); });
    on_order(server, "/_control/applications", [this](const Json& order) { return set_application(order); });
    on_order(server, "/_control/prices", [this](const Json& order) { return set_price(order); });
    on_order(server, "/_control/pace", [this](const Json& order) { return set_pace(order); });
    server.Get("/_control/calls",
               [this](const httplib::Request& http, httplib::Response& response) { await(http, response); });
}

Json VoiceControl::configure_phone(const Json& order) {
    return represent(voice_.configure_phone(required_number(order, "number"), order));
}

Json VoiceControl::type(const Json& order) {
    check_keys(order, {"number", "digits"});
    voice_.type(required_number(order, "number"), required_text(order, "digits"));
    return Json::object();
}

Json VoiceControl::act(const Json& order) {
    check_keys(order, {"number", "action"});
    const std::string action =
        one_of("action", required_text(order, "action"), {"answer", "decline", "hang_up"});
    if (!voice_.act(required_number(order, "number"), action))
        throw ApiError{404, 0, "there is no such call at the phone"};
    return Json::object();
}

Json VoiceControl::ring(const Json& order) {
    check_keys(order, {"from", "to", "forwarded_from", "hangs_up_after"});
    OutsideCall call;
    call.from = order.at("from").get<std::string>();
    call.to = required_number(order, "to");
    call.forwarded_from = text(order, "forwarded_from").value_or("");
    call.hangs_up_after = seconds(order, "hangs_up_after", call.hangs_up_after);
    voice_.ring(call);
    return Json::object();
}

Json VoiceControl::set_application(const Json& order) {
    check_keys(order, {"number", "answers", "rejects_from", "answers_after", "hangs_up_after"});
    Application application;
    application.answers = order.value("answers", true);
    application.rejects_from = order.value("rejects_from", std::set<std::string>());
    application.answers_after = seconds(order, "answers_after", Seconds(0));
    if (order.contains("hangs_up_after"))
        application.hangs_up_after = seconds(order, "hangs_up_after", Seconds(0));
    voice_.set_application(required_number(order, "number"), std::move(application));
    return Json::object();
}

Json VoiceControl::set_price(const Json& order) {
    check_keys(order, {"prefix", "price"});
    const Json& price = order.at("price");
    voice_.set_price(required_text(order, "prefix"),
                     price.is_null() ? std::nullopt : std::optional(price.get<double>()));
    return Json::object();
}

Json VoiceControl::set_pace(const Json& order) {
    check_keys(order, {"second_ms"});
    const auto milliseconds = order.at("second_ms").get<std::uint64_t>();
    if (milliseconds == 0) throw ApiError{400, 0, "second_ms must be positive"};
    voice_.set_pace(Pace(std::chrono::milliseconds(milliseconds)));
    return Json::object();
}

void VoiceControl::await(const httplib::Request& http, httplib::Response& response) {
    bool is_enough = false;
    answer_with(response, [&] {
        CallWait wait;
        wait.account_sid = http.get_param_value("account_sid");
        wait.to = http.get_param_value("to");
        wait.from = http.get_param_value("from");
        wait.sid = http.get_param_value("sid");
        wait.direction = http.get_param_value("direction");
        wait.statuses = statuses(http.get_param_value("status"));
        wait.count = count_parameter(http, "count", 1);
        const std::vector<Call> calls = voice_.await(wait, timeout_parameter(http, 0));
        is_enough = calls.size() >= wait.count;
        Json shown = Json::array();
        for (const Call& call : calls) shown.push_back(represent_truth(call));
        return Json{{"calls", shown}};
    });
    if (response.status == 200 && !is_enough) response.status = 408;
}

}  // namespace telephony::simulator
