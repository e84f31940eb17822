// Names of states and events.
#include "contract/states.hpp"

namespace telephony::sidecar {

std::string_view name_of(JobState state) {
    return job_state_names.at(static_cast<std::size_t>(state));
}
std::string_view name_of(JobEvent event) {
    return job_event_names.at(static_cast<std::size_t>(event));
}

std::span<const std::string_view> names_of_job_states() {
    return job_state_names;
}

std::optional<JobState> job_state_of(std::string_view name) {
    for (std::size_t i = 0; i < job_state_count; ++i)
        if (job_state_names[i] == name) return static_cast<JobState>(i);
    return std::nullopt;
}

}  // namespace telephony::sidecar
