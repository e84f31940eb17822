// The state machine of a job as data. The database has the same table and decides; telephonyd acts on it.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace telephony::sidecar {

// What a job in each state waits for:
//   queued      a sidecar that claims it
//   searching, intended, buying, in_doubt, bought, releasing, erasing
//               the sidecar that holds the lease; when that runs out another takes over
//   conflict    an operator
//   done, released, cancelled, failed   nothing: end states
enum class JobState {
    queued,
    searching,
    intended,
    buying,
    in_doubt,
    bought,
    done,
    releasing,
    erasing,
    released,
    conflict,
    cancelled,
    failed
};
inline constexpr std::size_t job_state_count = static_cast<std::size_t>(JobState::failed) + 1;

enum class JobEvent {
    start,
    cancel,
    candidate,
    taken,
    purchased,
    foreign,
    no_number,
    postpone,
    send,
    unavailable,
    refused,
    repeat_refused,
    throttled,
    throttled_again,
    ambiguous,
    rolled_back,
    resend,
    not_seen,
    absent,
    settle,
    gone,
    released,
    look,
    erased,
    dismiss,
};

std::string_view name_of(JobState state);
/// The names of all states.
std::span<const std::string_view> job_state_names();
std::string_view name_of(JobEvent event);
/// nullopt for a name that this version does not know.
std::optional<JobState> job_state_of(std::string_view name);

constexpr bool is_terminal(JobState state) {
    return state == JobState::done || state == JobState::released || state == JobState::cancelled ||
           state == JobState::failed;
}

struct JobTransition {
    JobState from;
    JobEvent event;
    JobState to;
    std::optional<JobState> to_if_cancelled;  ///< if a cancel was asked for before; nullopt: the same
    std::string_view comment;
};

constexpr JobState cancelled_target(const JobTransition& transition) {
    return transition.to_if_cancelled.value_or(transition.to);
}

/// All transitions there are, in the order of a job's life. An event not listed for a state is refused by the
/// database.
inline constexpr auto job_transitions = [] {
    using S = JobState;
    using E = JobEvent;
    constexpr std::nullopt_t same = std::nullopt;
    return std::array{
        JobTransition{S::queued, E::start, S::searching, same, "a sidecar took the job"},
        JobTransition{S::queued, E::cancel, S::cancelled, same, "cancelled: no purchase was ever sent"},
        JobTransition{S::searching, E::candidate, S::intended, S::cancelled,
                      "the number is claimed and the intent written"},
        JobTransition{S::searching, E::taken, S::searching, S::cancelled,
                      "somebody else holds the number: try the next"},
        JobTransition{S::searching, E::purchased, S::bought, S::releasing,
                      "an earlier attempt had bought it: its SID is recorded"},
        JobTransition{S::searching, E::foreign, S::conflict, same,
                      "a number with our tag that we cannot prove to be ours"},
        JobTransition{S::searching, E::no_number, S::failed, S::cancelled, "no number to be had"},
        JobTransition{S::searching, E::postpone, S::queued, same, "try again later"},
        JobTransition{S::searching, E::cancel, S::cancelled, same,
                      "cancelled: no purchase was ever sent, or Twilio lists none"},
        JobTransition{S::intended, E::send, S::buying, S::cancelled,
                      "the purchase may be sent: committed before it is"},
        JobTransition{S::intended, E::taken, S::searching, S::cancelled,
                      "the account holds the number already: try the next"},
        JobTransition{S::intended, E::purchased, S::bought, S::releasing,
                      "an earlier attempt had bought it: its SID is recorded"},
        JobTransition{S::intended, E::foreign, S::conflict, same,
                      "a number with our tag that we cannot prove to be ours"},
        JobTransition{S::intended, E::postpone, S::intended, same, "try again later"},
        JobTransition{S::intended, E::cancel, S::cancelled, same,
                      "cancelled: no purchase was ever sent, or Twilio lists none"},
        JobTransition{S::intended, E::no_number, S::failed, S::cancelled,
                      "the deadline passed before the purchase could be sent"},
        JobTransition{S::buying, E::purchased, S::bought, S::releasing, "Twilio answered with the SID"},
        JobTransition{S::buying, E::unavailable, S::searching, S::cancelled,
                      "Twilio does not sell this number: try the next"},
        JobTransition{S::buying, E::refused, S::failed, same,
                      "Twilio refuses, and another number would not help"},
        JobTransition{S::buying, E::repeat_refused, S::in_doubt, same,
                      "a repeated purchase was refused: no proof that the first was not made"},
        JobTransition{S::buying, E::throttled, S::intended, S::cancelled,
                      "Twilio did not process the purchase: try again later"},
        JobTransition{S::buying, E::throttled_again, S::in_doubt, same,
                      "a repeated purchase was not processed: what came of the first is still open"},
        JobTransition{S::buying, E::ambiguous, S::in_doubt, same, "no answer, or one that does not tell"},
        JobTransition{S::buying, E::foreign, S::conflict, same,
                      "the number was in the account before the intent"},
        JobTransition{S::buying, E::rolled_back, S::failed, S::cancelled,
                      "bought and released again while the database was away"},
        JobTransition{S::in_doubt, E::purchased, S::bought, S::releasing,
                      "found at Twilio: its SID is recorded"},
        JobTransition{S::in_doubt, E::resend, S::buying, S::in_doubt,
                      "the same purchase may be sent again: committed before it is"},
        JobTransition{S::in_doubt, E::not_seen, S::in_doubt, same,
                      "not at Twilio when looked for; not yet proof"},
        JobTransition{S::in_doubt, E::absent, S::searching, S::cancelled,
                      "seen absent often and long enough: not bought"},
        JobTransition{S::in_doubt, E::foreign, S::conflict, same,
                      "the number was in the account before the intent"},
        JobTransition{S::in_doubt, E::rolled_back, S::failed, S::cancelled,
                      "bought and released again while the database was away"},
        JobTransition{S::in_doubt, E::postpone, S::in_doubt, same, "look again later"},
        JobTransition{S::bought, E::settle, S::done, S::releasing,
                      "the number is the organization's and answers"},
        JobTransition{S::bought, E::postpone, S::bought, S::releasing, "try again later"},
        JobTransition{S::bought, E::gone, S::failed, S::cancelled,
                      "a person deleted the number at Twilio before it was settled"},
        JobTransition{S::releasing, E::released, S::released, S::cancelled, "Twilio confirmed the release"},
        JobTransition{S::releasing, E::postpone, S::releasing, same, "try again later"},
        JobTransition{S::erasing, E::look, S::erasing, same,
                      "the database judges what is left of the organization"},
        JobTransition{S::erasing, E::postpone, S::erasing, same, "something is left: look again later"},
        JobTransition{S::erasing, E::erased, S::done, same, "nothing of the organization is left"},
        JobTransition{S::conflict, E::dismiss, S::failed, same, "a person looked into it"},
    };
}();

}  // namespace telephony::sidecar
