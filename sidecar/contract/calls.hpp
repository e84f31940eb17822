// Telephone calls, as claim_calls() and advance_call() return them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/timestamp.hpp"
#include "contract/credentials.hpp"
#include "contract/transitions.hpp"
#include "numbering/e164.hpp"

namespace telephony::sidecar {

struct ClaimedCall : ClaimedWork {
    std::string call_id;
    std::string kind;
    CallState state = CallState::preparing;
    std::int64_t token = 0;  ///< fencing token
    std::string tag;         ///< FriendlyName of the caller id that it makes
    numbering::E164 number;
    std::string caller_id_sid;           ///< of the one that is looked at or deleted
    std::string call_sid;                ///< empty: not known
    std::optional<Timestamp> intent_at;  ///< Twilio's clock before it was asked for
    bool overdue = false;                ///< it lasts too long
    Deadline lease_ends{};
};

/// How a call stands after a report, as the database says.
struct CallStanding {
    CallState state = CallState::queued;
    bool lease_kept = false;
    std::optional<Duration> retry;  ///< until it can be claimed again; nullopt: leased, or ended
};

std::string_view name_of(CallState state);
std::string_view name_of(CallEvent event);

/// Reads a row of claim_calls(), JSON; throws ContractBroken if it is not one.
ClaimedCall parse_claimed_call(const std::string& row);
/// Reads what advance_call() returns, JSON; throws ContractBroken if it is not that.
CallStanding parse_call_standing(const std::string& row);

}  // namespace telephony::sidecar
