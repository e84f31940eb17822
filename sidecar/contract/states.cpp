// Names of states and events, and the proof that the machine is well-formed.
#include "contract/states.hpp"

namespace telephony::sidecar {
namespace {

constexpr std::array<std::string_view, job_state_count> state_names = {
    "queued",    "searching", "intended", "buying",   "in_doubt",  "bought", "done",
    "releasing", "erasing",   "released", "conflict", "cancelled", "failed"};

static_assert(!state_names.back().empty(), "every state has a name");

constexpr std::array<std::string_view, static_cast<std::size_t>(JobEvent::dismiss) + 1> event_names = {
    "start",     "cancel",      "candidate",   "taken",    "purchased",      "foreign",   "no_number",
    "postpone",  "send",        "unavailable", "refused",  "repeat_refused", "throttled", "throttled_again",
    "ambiguous", "rolled_back", "resend",      "not_seen", "absent",         "settle",    "gone",
    "released",  "look",        "erased",      "dismiss"};
static_assert(!event_names.back().empty(), "every event has a name");

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

std::span<const std::string_view> job_state_names() {
    return state_names;
}

std::optional<JobState> job_state_of(std::string_view name) {
    for (std::size_t i = 0; i < job_state_count; ++i)
        if (state_names[i] == name) return static_cast<JobState>(i);
    return std::nullopt;
}

}  // namespace telephony::sidecar
