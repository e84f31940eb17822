// How phones read dialled codes: the rules of Android (AOSP) and oFono, oracles of the MMI tests.
//
// They share nothing with the parser under test and are lenient where those phones are.
#pragma once

#include <array>
#include <cctype>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telephony::mmi::phone {

/// What a phone does with what was dialled.
enum class Action {
    set,    ///< a call-forwarding request goes to the network, as in Reading
    error,  ///< call forwarding, but the phone shows an error
    other,  ///< a code of another service (call barring, PIN, caller id, ...)
    ussd,   ///< sent to the network as unstructured text, or a short code
    call,   ///< dialled as a telephone number
};

struct Reading {
    Action action = Action::call;
    std::string procedure;  ///< registration, activation, deactivation, erasure, interrogation
    std::string service;    ///< service code
    std::string number;
    std::string basic;  ///< service group as dialled
    std::string timer;  ///< seconds as dialled; empty if none
};

inline bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
inline bool all_digits(std::string_view text) {
    for (char c : text)
        if (!is_digit(c)) return false;
    return true;
}
inline bool one_of(std::string_view text, std::initializer_list<std::string_view> list) {
    for (std::string_view item : list)
        if (item == text) return true;
    return false;
}
inline bool is_forwarding_service(std::string_view code) {
    return one_of(code, {"21", "67", "61", "62", "002", "004"});
}

/// When the network forwards by what a forwarding service code sets (3GPP TS 22.030, annex B).
inline std::vector<std::string> conditions_of(std::string_view service) {
    if (service == "21") return {"unconditional"};
    if (service == "67") return {"busy"};
    if (service == "61") return {"no_reply"};
    if (service == "62") return {"not_reachable"};
    if (service == "004") return {"busy", "no_reply", "not_reachable"};
    return {"unconditional", "busy", "no_reply", "not_reachable"};  // 002
}

/// The shape both phones share: prefix, digits, then whatever stands before the closing `#`.
struct Shape {
    std::string prefix;
    std::string service;
    std::vector<std::string> fields;
    std::string tail;  ///< after the closing `#`
};

inline std::string_view longest_prefix(std::string_view text) {
    for (std::string_view prefix : {"**", "*#", "##", "*", "#"})
        if (text.substr(0, prefix.size()) == prefix) return text.substr(0, prefix.size());
    return {};
}

inline std::optional<Shape> split_at(std::string_view text, std::size_t close) {
    Shape shape;
    shape.prefix = longest_prefix(text);
    if (shape.prefix.empty() || close == std::string_view::npos || close < shape.prefix.size())
        return std::nullopt;
    shape.tail = text.substr(close + 1);
    std::string_view body = text.substr(shape.prefix.size(), close - shape.prefix.size());
    std::size_t digits = 0;
    while (digits < body.size() && is_digit(body[digits])) ++digits;
    if (digits < 2 || digits > 3) return std::nullopt;
    shape.service = body.substr(0, digits);
    body.remove_prefix(digits);
    if (!body.empty() && body[0] != '*') return std::nullopt;
    while (!body.empty()) {
        const std::size_t next = body.find('*', 1);
        shape.fields.emplace_back(body.substr(1, next == std::string_view::npos ? next : next - 1));
        body = next == std::string_view::npos ? std::string_view{} : body.substr(next);
    }
    return shape;
}

inline std::string field(const Shape& shape, std::size_t i) {
    return i < shape.fields.size() ? shape.fields[i] : std::string();
}

inline Reading reading_of(const Shape& shape) {
    Reading reading;
    const std::string number = field(shape, 0);
    reading.procedure = shape.prefix == "**"   ? "registration"
                        : shape.prefix == "*#" ? "interrogation"
                        : shape.prefix == "##" ? "erasure"
                        : shape.prefix == "#"  ? "deactivation"
                        : number.empty()       ? "activation"
                                               : "registration";
    reading.service = shape.service;
    reading.number = number;
    reading.basic = field(shape, 1);
    reading.timer = field(shape, 2);
    return reading;
}

/// AOSP: separators are dropped; the first `#` after the prefix closes; up to four fields, the fourth
/// ignored; a missing number and any timer that is a number pass.
inline Reading android(std::string_view dialled) {
    std::string text;
    for (char c : dialled)
        if (!one_of({&c, 1}, {"(", ")", "-", " ", "."})) text += c;
    Reading reading;

    const std::size_t start = longest_prefix(text).size();
    const std::optional<Shape> shape = start == 0 ? std::nullopt : split_at(text, text.find('#', start));
    if (!shape || shape->fields.size() > 4) {
        const bool short_code = !text.empty() && text.size() <= 2 && !(text.size() == 2 && text[0] == '1');
        const bool closed = !text.empty() && text.back() == '#';
        reading.action = closed || short_code ? Action::ussd : Action::call;
        return reading;
    }
    reading = reading_of(*shape);
    if (!shape->tail.empty() && shape->tail.back() == '#') {
        reading.action = Action::ussd;
    } else if (!is_forwarding_service(reading.service)) {
        reading.action = Action::other;
    } else if (!shape->tail.empty() ||
               !(reading.basic.empty() || one_of(reading.basic, {"10", "11", "12", "13", "16", "19", "20",
                                                                 "21", "22", "24", "25", "26", "99"})) ||
               !all_digits(reading.timer)) {
        reading.action = Action::error;
    } else {
        reading.action = Action::set;
    }
    return reading;
}

/// A number as oFono takes it: an optional `+`, then 1 to 20 of `0-9 * #`.
inline bool is_ofono_number(std::string_view text) {
    if (!text.empty() && text[0] == '+') text.remove_prefix(1);
    if (text.empty() || text.size() > 20) return false;
    for (char c : text)
        if (!is_digit(c) && c != '*' && c != '#') return false;
    return true;
}

/// oFono: the last `#` closes; a fourth field must be empty; numbers only where they mean something; timers
/// from 1 to 30 with a registration of 61, 002 or 004.
inline Reading ofono(std::string_view dialled) {
    Reading reading;
    const std::string text{dialled};
    const bool closed = !text.empty() && text.back() == '#';
    reading.action = closed ? Action::ussd : Action::call;
    if (text.size() < 4 || text.substr(0, 2) == "#*") return reading;
    const std::optional<Shape> shape = split_at(text, text.rfind('#'));
    if (!shape || shape->fields.size() > 4 || !field(*shape, 3).empty()) return reading;
    if (!shape->tail.empty() && !is_ofono_number(shape->tail)) return reading;

    reading = reading_of(*shape);
    if (!is_forwarding_service(reading.service)) {
        reading.action = Action::other;
        return reading;
    }
    const bool registration = reading.procedure == "registration";
    bool fine = registration ? is_ofono_number(reading.number) : reading.number.empty();
    fine &= reading.basic.empty() ||
            one_of(reading.basic, {"10", "11", "12", "13", "16", "19", "20", "21", "22", "24", "25", "26"});
    if (!reading.timer.empty()) {
        const bool in_range = all_digits(reading.timer) && reading.timer.size() <= 2 &&
                              std::stoi(reading.timer) >= 1 && std::stoi(reading.timer) <= 30;
        fine &= registration && one_of(reading.service, {"61", "002", "004"}) && in_range;
    }
    reading.action = fine ? Action::set : Action::error;
    return reading;
}

}  // namespace telephony::mmi::phone
