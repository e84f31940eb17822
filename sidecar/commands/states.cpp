// Made from the table of transitions in contract/states.hpp.
#include "commands/states.hpp"

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "contract/states.hpp"

namespace telephony::sidecar {

std::string states_as_mermaid() {
    std::string text = "stateDiagram-v2\n";
    for (const JobBeginning& beginning : job_beginnings)
        text.append("    [*] --> ")
            .append(name_of(beginning.state))
            .append(": ")
            .append(beginning.with)
            .append("\n");
    for (const JobTransition& t : job_transitions) {
        text.append("    ")
            .append(name_of(t.from))
            .append(" --> ")
            .append(name_of(t.to))
            .append(": ")
            .append(name_of(t.event))
            .append("\n");
        if (cancelled_target(t) != t.to)
            text.append("    ")
                .append(name_of(t.from))
                .append(" --> ")
                .append(name_of(cancelled_target(t)))
                .append(": ")
                .append(name_of(t.event))
                .append(" (cancelled)\n");
    }
    for (std::size_t i = 0; i < job_state_count; ++i)
        if (is_terminal(static_cast<JobState>(i)))
            text.append("    ").append(name_of(static_cast<JobState>(i))).append(" --> [*]\n");
    return text;
}

std::string states_as_json() {
    auto rows = nlohmann::ordered_json::array();
    for (const JobTransition& t : job_transitions) {
        nlohmann::ordered_json row;
        row["from"] = name_of(t.from);
        row["event"] = name_of(t.event);
        row["to"] = name_of(t.to);
        row["to_if_cancelled"] = nullptr;
        if (t.to_if_cancelled) row["to_if_cancelled"] = name_of(*t.to_if_cancelled);
        row["comment"] = t.comment;
        rows.push_back(std::move(row));
    }
    return rows.dump(2) + "\n";
}

std::string states_as_table() {
    std::string text;
    const auto line = [&text](std::string_view from, std::string_view event, std::string_view to,
                              std::string_view cancelled, std::string_view comment) {
        std::array<char, 256> row{};
        std::snprintf(row.data(), row.size(), "%-10.*s %-15.*s %-10.*s %-14.*s ",
                      static_cast<int>(from.size()), from.data(), static_cast<int>(event.size()),
                      event.data(), static_cast<int>(to.size()), to.data(),
                      static_cast<int>(cancelled.size()), cancelled.data());
        text.append(row.data()).append(comment).append("\n");
    };
    line("from", "event", "to", "if cancelled", "meaning");
    for (const JobTransition& t : job_transitions)
        line(name_of(t.from), name_of(t.event), name_of(t.to),
             cancelled_target(t) == t.to ? "" : name_of(cancelled_target(t)), t.comment);
    return text;
}

ExitCode print_states(const Arguments& arguments) {
    const std::string text = arguments.mermaid ? states_as_mermaid()
                             : arguments.json  ? states_as_json()
                                               : states_as_table();
    return std::fputs(text.c_str(), stdout) >= 0 ? ExitCode::ok : ExitCode::software;
}

}  // namespace telephony::sidecar
