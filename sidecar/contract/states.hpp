// The state machines as data, made from extension/tenant/transitions. The database goes by the same table and
// decides; telephonyd acts, prints and checks.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "contract/transitions.hpp"

namespace telephony::sidecar {

std::string_view name_of(JobState state);
std::string_view name_of(JobEvent event);
/// The names of all states.
std::span<const std::string_view> names_of_job_states();
/// nullopt for a name that this version does not know.
std::optional<JobState> job_state_of(std::string_view name);

constexpr JobState cancelled_target(const JobTransition& transition) {
    return transition.to_if_cancelled.value_or(transition.to);
}

}  // namespace telephony::sidecar
