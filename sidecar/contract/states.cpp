// Names of states and events, the exports of the machine, and the proof that it is well-formed.
#include "contract/states.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace telephony::sidecar {
namespace {

constexpr std::array<std::string_view, job_state_count> state_names = {
    "queued",    "searching", "intended", "buying",   "in_doubt",  "bought", "done",
    "releasing", "erasing",   "released", "conflict", "cancelled", "failed"};

constexpr std::array<std::string_view, 25> event_names = {
    "start",     "cancel",      "candidate",   "taken",    "purchased",      "foreign",   "no_number",
    "postpone",  "send",        "unavailable", "refused",  "repeat_refused", "throttled", "throttled_again",
    "ambiguous", "rolled_back", "resend",      "not_seen", "absent",         "settle",    "gone",
    "released",  "look",        "erased",      "dismiss"};

constexpr JobState cancelled_target(const JobTransition& t) {
    return t.to_if_cancelled.value_or(t.to);
}

// A state that is neither terminal nor left, a terminal one that is left, or a pair listed twice would be a
// bug in the table.
constexpr bool every_state_has_a_way_out() {
    for (std::size_t i = 0; i < job_state_count; ++i) {
        const auto state = static_cast<JobState>(i);
        bool left = false;
        for (const JobTransition& t : job_transitions)
            left = left || (t.from == state && (t.to != state || cancelled_target(t) != state));
        if (left == is_terminal(state)) return false;
    }
    return true;
}

constexpr bool no_pair_twice() {
    for (std::size_t i = 0; i < job_transitions.size(); ++i)
        for (std::size_t j = i + 1; j < job_transitions.size(); ++j)
            if (job_transitions[i].from == job_transitions[j].from &&
                job_transitions[i].event == job_transitions[j].event)
                return false;
    return true;
}

// Jobs begin queued (purchases), releasing (releases) or erasing; every state must be reachable from there.
constexpr bool every_state_is_reached() {
    std::array<bool, job_state_count> reached{};
    reached[static_cast<std::size_t>(JobState::queued)] = true;
    reached[static_cast<std::size_t>(JobState::releasing)] = true;
    reached[static_cast<std::size_t>(JobState::erasing)] = true;
    for (std::size_t round = 0; round < job_state_count; ++round) {
        for (const JobTransition& t : job_transitions) {
            if (!reached[static_cast<std::size_t>(t.from)]) continue;
            reached[static_cast<std::size_t>(t.to)] = true;
            reached[static_cast<std::size_t>(cancelled_target(t))] = true;
        }
    }
    for (const bool one : reached)
        if (!one) return false;
    return true;
}

static_assert(every_state_has_a_way_out());
static_assert(no_pair_twice());
static_assert(every_state_is_reached());

}  // namespace

std::string_view name_of(JobState state) {
    return state_names.at(static_cast<std::size_t>(state));
}
std::string_view name_of(JobEvent event) {
    return event_names.at(static_cast<std::size_t>(event));
}

std::optional<JobState> job_state_of(std::string_view name) {
    for (std::size_t i = 0; i < job_state_count; ++i)
        if (state_names[i] == name) return static_cast<JobState>(i);
    return std::nullopt;
}

std::string states_as_mermaid() {
    std::string text =
        "stateDiagram-v2\n    [*] --> queued: purchase\n    [*] --> releasing: release\n    [*] --> erasing: "
        "erase\n";
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
            text.append("    ").append(state_names[i]).append(" --> [*]\n");
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

}  // namespace telephony::sidecar
