// Made from the tables of transitions in contract/transitions.hpp.
#include "commands/states.hpp"

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "contract/calls.hpp"
#include "contract/states.hpp"

namespace telephony::sidecar {
namespace {

// A machine with the names of its states and events, as the header has them.
template <class Transitions, class Beginnings, class States>
struct Machine {
    // clang deduces what a constructor takes, not what an aggregate has, before 17.
    constexpr Machine(std::string_view a_name, const Transitions& with, const Beginnings& from,
                      const States& of)
        : name(a_name), transitions(with), beginnings(from), states(of) {}

    std::string_view name;
    const Transitions& transitions;
    const Beginnings& beginnings;
    const States& states;
};

constexpr Machine jobs{"job", job_transitions, job_beginnings, job_state_names};
constexpr Machine calls{"call", call_transitions, call_beginnings, call_state_names};

template <class Transition>
auto cancelled_target_of(const Transition& transition) {
    return transition.to_if_cancelled.value_or(transition.to);
}

template <class M>
void append_mermaid(const M& machine, std::string& text) {
    text.append("stateDiagram-v2\n");
    const auto line = [&text](std::string_view from, std::string_view to, std::string_view label) {
        text.append("    ").append(from).append(" --> ").append(to).append(": ").append(label).append("\n");
    };
    for (const auto& beginning : machine.beginnings) line("[*]", name_of(beginning.state), beginning.with);
    for (const auto& t : machine.transitions) {
        line(name_of(t.from), name_of(t.to), name_of(t.event));
        if (cancelled_target_of(t) != t.to)
            line(name_of(t.from), name_of(cancelled_target_of(t)),
                 std::string(name_of(t.event)) + " (cancelled)");
    }
    using State = decltype(machine.transitions[0].from);
    for (std::size_t i = 0; i < machine.states.size(); ++i)
        if (is_terminal(static_cast<State>(i)))
            text.append("    ").append(machine.states[i]).append(" --> [*]\n");
}

template <class M>
void append_json(const M& machine, nlohmann::ordered_json& rows) {
    for (const auto& t : machine.transitions) {
        nlohmann::ordered_json row;
        row["machine"] = machine.name;
        row["from"] = name_of(t.from);
        row["event"] = name_of(t.event);
        row["to"] = name_of(t.to);
        row["to_if_cancelled"] = nullptr;
        if (t.to_if_cancelled) row["to_if_cancelled"] = name_of(*t.to_if_cancelled);
        row["comment"] = t.comment;
        rows.push_back(std::move(row));
    }
}

template <class M>
void append_table(const M& machine, std::string& text) {
    const auto line = [&text](std::string_view from, std::string_view event, std::string_view to,
                              std::string_view cancelled, std::string_view comment) {
        std::array<char, 256> row{};
        std::snprintf(row.data(), row.size(), "%-10.*s %-15.*s %-10.*s %-14.*s ",
                      static_cast<int>(from.size()), from.data(), static_cast<int>(event.size()),
                      event.data(), static_cast<int>(to.size()), to.data(),
                      static_cast<int>(cancelled.size()), cancelled.data());
        text.append(row.data()).append(comment).append("\n");
    };
    line("from", "event", "to", "if cancelled", std::string("meaning, of a ").append(machine.name));
    for (const auto& t : machine.transitions)
        line(name_of(t.from), name_of(t.event), name_of(t.to),
             cancelled_target_of(t) == t.to ? "" : name_of(cancelled_target_of(t)), t.comment);
}

}  // namespace

std::string states_as_mermaid() {
    std::string text;
    append_mermaid(jobs, text);
    text.append("```\n\n```mermaid\n");
    append_mermaid(calls, text);
    return text;
}

std::string states_as_json() {
    auto rows = nlohmann::ordered_json::array();
    append_json(jobs, rows);
    append_json(calls, rows);
    return rows.dump(2) + "\n";
}

std::string states_as_table() {
    std::string text;
    append_table(jobs, text);
    text.append("\n");
    append_table(calls, text);
    return text;
}

ExitCode print_states(const Arguments& arguments) {
    const std::string text = arguments.mermaid ? states_as_mermaid()
                             : arguments.json  ? states_as_json()
                                               : states_as_table();
    return std::fputs(text.c_str(), stdout) >= 0 ? ExitCode::ok : ExitCode::software;
}

}  // namespace telephony::sidecar
