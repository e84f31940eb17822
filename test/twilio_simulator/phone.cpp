// Reads orders about a phone and the codes that are dialled on it.
#include "phone.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "api_error.hpp"
#include "core/mmi/phone_rules.hpp"
#include "purchase_rules.hpp"

namespace telephony::simulator {
namespace {

constexpr std::array<std::string_view, 7> behaviour_names{"unanswered", "answers", "declines",  "engaged",
                                                          "off",        "screens", "unassigned"};
constexpr std::array<std::string_view, 4> condition_names{"unconditional", "busy", "no_reply",
                                                          "not_reachable"};

constexpr std::array<std::pair<std::string_view, Seconds Phone::*>, 7> durations{{
    {"alerts_after", &Phone::alerts_after},
    {"acts_after", &Phone::acts_after},
    {"types_after", &Phone::types_after},
    {"hangs_up_after", &Phone::hangs_up_after},
    {"no_reply_after", &Phone::no_reply_after},
    {"paging", &Phone::paging},
    {"forwards_in", &Phone::forwards_in},
}};

constexpr std::array<std::pair<std::string_view, bool Phone::*>, 4> flags{{
    {"voicemail", &Phone::voicemail},
    {"loses_legs", &Phone::loses_legs},
    {"early_ringing", &Phone::early_ringing},
    {"tells_forwarded_from", &Phone::tells_forwarded_from},
}};

ApiError bad_order(const std::string& problem) {
    return {400, 0, "phone: " + problem};
}

Condition condition_named(const std::string& name) {
    const auto* found = std::ranges::find(condition_names, name);
    if (found == condition_names.end()) throw bad_order("condition \"" + name + "\" is unknown");
    return static_cast<Condition>(found - condition_names.begin());
}

/// What a network makes of a dialled number: it knows the country of the phone, its prefix of calls abroad
/// and of long-distance calls.
std::string as_dialled_on(const Phone& phone, const std::string& dialled) {
    constexpr std::array<std::string_view, 4> calling_codes{"1", "44", "234", "90"};
    constexpr std::size_t nanp_digits = 10;
    if (dialled.starts_with('+')) return dialled;
    const std::string_view own = std::string_view(phone.number).substr(1);
    const auto* code = std::ranges::find_if(calling_codes, [&](auto each) { return own.starts_with(each); });
    if (code == calling_codes.end()) throw bad_order("only + numbers can be dialled in its country");
    if (*code == "1") {
        if (dialled.starts_with("011")) return '+' + dialled.substr(3);
        return (dialled.size() == nanp_digits ? "+1" : "+") + dialled;
    }
    if (dialled.starts_with("00")) return '+' + dialled.substr(2);
    return '+' + std::string(*code) + (dialled.starts_with('0') ? dialled.substr(1) : dialled);
}

void forward(Phone& phone, Condition condition, const std::string& number) {
    if (phone.ignored.contains(condition)) return;
    phone.forwarding[condition] = number;
    phone.deactivated.erase(condition);
}

/// *72 all calls, *71 those on busy and no answer, *73 ends both. True if the code is one of these.
bool dial_star(Phone& phone, const std::string& code) {
    if (code == "*73") {
        for (const Condition each : {Condition::unconditional, Condition::busy, Condition::no_reply})
            phone.forwarding.erase(each);
        return true;
    }
    if (!code.starts_with("*72") && !code.starts_with("*71")) return false;
    const std::string number = as_dialled_on(phone, code.substr(3));
    if (!is_e164(number)) return false;
    if (code.starts_with("*72")) {
        forward(phone, Condition::unconditional, number);
    } else {
        forward(phone, Condition::busy, number);
        forward(phone, Condition::no_reply, number);
    }
    return true;
}

void set_forwarding(Phone& phone, const Json& wanted) {
    for (const auto& [name, number] : wanted.items()) {
        const Condition condition = condition_named(name);
        if (number.is_null()) {
            phone.forwarding.erase(condition);
        } else if (is_e164(number.get_ref<const std::string&>())) {
            phone.forwarding[condition] = number;
        } else {
            throw bad_order("forwarding." + name + " must be an E.164 number or null");
        }
    }
}

void set(Phone& phone, const std::string& key, const Json& value) {
    if (const auto* flag = std::ranges::find(flags, key, [](const auto& each) { return each.first; });
        flag != flags.end()) {
        phone.*flag->second = value.get<bool>();
        return;
    }
    if (const auto* found = std::ranges::find(durations, key, [](const auto& each) { return each.first; });
        found != durations.end()) {
        const Seconds seconds(value.get<double>());
        if (seconds < Seconds(0)) throw bad_order(key + " must not be negative");
        phone.*found->second = seconds;
        return;
    }
    if (key == "behaviour") {
        const auto* found = std::ranges::find(behaviour_names, value.get_ref<const std::string&>());
        if (found == behaviour_names.end()) throw bad_order("behaviour is unknown");
        phone.behaviour = static_cast<Behaviour>(found - behaviour_names.begin());
    } else if (key == "forwarding") {
        set_forwarding(phone, value);
    } else if (key == "ignored") {
        phone.ignored.clear();
        for (const Json& name : value) phone.ignored.insert(condition_named(name.get<std::string>()));
    } else if (key == "shown_from") {
        const std::string shown = value.get<std::string>();
        if (shown != "caller" && shown != "own" && shown != "anonymous" && !is_e164(shown))
            throw bad_order("shown_from must be caller, own, anonymous or an E.164 number");
        phone.shown_from = shown;
    } else if (key != "number" && key != "dial") {
        throw bad_order("unknown key " + key);
    }
}

}  // namespace

std::string_view name_of(Behaviour behaviour) {
    return behaviour_names[static_cast<std::size_t>(behaviour)];
}

std::string_view name_of(Condition condition) {
    return condition_names[static_cast<std::size_t>(condition)];
}

void configure(Phone& phone, const Json& order) {
    for (const auto& [key, value] : order.items()) set(phone, key, value);
    const Json codes = order.value("dial", Json());
    if (codes.is_string()) dial(phone, codes.get<std::string>());
    if (codes.is_array())
        for (const Json& code : codes) dial(phone, code.get<std::string>());
}

void dial(Phone& phone, const std::string& code) {
    if (dial_star(phone, code)) return;
    const mmi::phone::Reading reading = mmi::phone::android(code);
    const std::string number = reading.number.empty() ? "" : as_dialled_on(phone, reading.number);
    const bool registers = reading.procedure == "registration";
    constexpr std::size_t longest_timer = 2;
    if (reading.action != mmi::phone::Action::set || (registers && !is_e164(number)) ||
        reading.timer.size() > longest_timer)
        throw bad_order("no phone sets forwarding by " + code);
    if (registers && !reading.timer.empty()) phone.no_reply_after = Seconds(std::stoi(reading.timer));
    for (const std::string& name : mmi::phone::conditions_of(reading.service)) {
        const Condition condition = condition_named(name);
        if (registers) {
            forward(phone, condition, number);
        } else if (reading.procedure == "erasure") {
            phone.forwarding.erase(condition);
            phone.deactivated.erase(condition);
        } else if (reading.procedure == "deactivation") {
            if (const auto active = phone.forwarding.find(condition); active != phone.forwarding.end())
                phone.deactivated[condition] = active->second;
            phone.forwarding.erase(condition);
        } else if (reading.procedure == "activation" && phone.deactivated.contains(condition)) {
            forward(phone, condition, std::string(phone.deactivated.at(condition)));
        }
    }
}

Json represent(const Phone& phone) {
    Json shown{{"number", phone.number},
               {"behaviour", name_of(phone.behaviour)},
               {"shown_from", phone.shown_from},
               {"forwarding", Json::object()}};
    for (const auto& [condition, number] : phone.forwarding)
        shown["forwarding"][std::string(name_of(condition))] = number;
    for (const auto& [name, flag] : flags) shown[std::string(name)] = phone.*flag;
    for (const auto& [name, duration] : durations) shown[std::string(name)] = (phone.*duration).count();
    return shown;
}

}  // namespace telephony::simulator
