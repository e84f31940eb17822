// The state that the database returned decides the step.
#include "jobs/run_attempt.hpp"

#include <string>

#include "contract/answer.hpp"
#include "jobs/attempt.hpp"
#include "jobs/configure.hpp"
#include "jobs/purchase.hpp"
#include "jobs/release.hpp"

namespace telephony::sidecar {
namespace {

// False, and the job is postponed, if no request may be sent for it: the process shuts down, or the
// credential cannot be used.
Task<bool> may_ask_twilio(Attempt& attempt) {
    if (attempt.environment().draining) {
        co_await attempt.postpone(reasons::shutting_down.code, "the sidecar is shutting down",
                                  Duration::zero());
        co_return false;
    }
    const std::optional<CredentialGate::Blocked> blocked = co_await attempt.gate().make_ready();
    if (!blocked) co_return true;
    co_await attempt.postpone(blocked->code, blocked->reason, blocked->delay);
    co_return false;
}

Task<void> run_step(Attempt& attempt, Purchase& purchase) {
    if (attempt.state() == JobState::buying) {
        // Needs no request to Twilio, and must come before any.
        co_await report_unfinished_purchase(attempt);
        co_return;
    }
    const bool may_ask = co_await may_ask_twilio(attempt);
    if (!may_ask) co_return;
    switch (attempt.state()) {
        case JobState::searching:
            co_await find_candidate(attempt, purchase);
            break;
        case JobState::intended:
            co_await buy_candidate(attempt, purchase);
            break;
        case JobState::in_doubt:
            co_await resolve_doubt(attempt, purchase);
            break;
        case JobState::bought:
            co_await settle_purchase(attempt, purchase);
            break;
        case JobState::releasing:
            co_await release_number(attempt, purchase.bought);
            break;
        case JobState::configuring:
            co_await configure_number(attempt);
            break;
        case JobState::queued:
        case JobState::buying:
        case JobState::erasing:
        case JobState::conflict:
        case JobState::done:
        case JobState::released:
        case JobState::written_off:
        case JobState::cancelled:
        case JobState::failed:
            throw ContractBroken("an attempt goes on in state " + std::string(name_of(attempt.state())));
    }
}

}  // namespace

Task<void> run_attempt(Attempt& attempt) {
    if (attempt.state() == JobState::erasing) {
        // The database decides whether everything that an erasure waits for is over.
        co_await attempt.report(JobEvent::look);
        co_return;
    }
    const CredentialGate::Slot slot = co_await attempt.gate().take_slot();
    Purchase purchase;
    while (!attempt.ended()) {
        std::optional<TwilioProblem> problem;
        try {
            co_await run_step(attempt, purchase);
        } catch (const TwilioFailed& failure) {
            problem = failure.problem;  // there is no co_await in a handler
        }
        if (problem) co_await attempt.postpone(*problem);
    }
}

}  // namespace telephony::sidecar
