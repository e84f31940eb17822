// NULL and JSON.
#include "contract/rows.hpp"

namespace telephony::sidecar::rows {

using nlohmann::json;

std::string text_of(const json& row, const char* column) {
    const json& value = row.at(column);
    return value.is_null() ? std::string() : value.get<std::string>();
}

bool flag_of(const json& row, const char* column) {
    const json& value = row.at(column);
    return !value.is_null() && value.get<bool>();
}

FormParameters form_of(const json& row, const char* column) {
    FormParameters parameters;
    if (const json& object = row.at(column); object.is_object())
        for (const auto& [name, value] : object.items())
            if (value.is_string()) parameters.emplace_back(name, value.get<std::string>());
    return parameters;
}

numbering::E164 number_of(const std::string& text) {
    numbering::E164 number;
    if (numbering::E164::parse(text, number) != numbering::E164Problem::none)
        throw ContractBroken("the database answered a number that is not E.164");
    return number;
}

std::optional<Timestamp> time_of(const json& row, const char* column) {
    const std::string text = text_of(row, column);
    if (text.empty()) return std::nullopt;
    const std::optional<Timestamp> time = parse_iso8601(text);
    if (!time) throw ContractBroken("the database answered a time that cannot be read: " + text);
    return time;
}

std::optional<std::string> value_or_null(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

std::string whole_seconds(Duration duration) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(duration).count());
}

std::string json_text(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

const std::string& only_value(const CallReply& reply) {
    if (reply.values.size() != 1 || !reply.values.front())
        throw ContractBroken("the database did not answer with exactly one value");
    return *reply.values.front();
}

}  // namespace telephony::sidecar::rows
