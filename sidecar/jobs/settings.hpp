// Time limits and counts of an attempt.
#pragma once

#include "base/clock.hpp"

namespace telephony::sidecar {

struct AttemptSettings {
    Duration lease{};
    Duration rollback_after{};  ///< how long the database must be lost before a purchase is undone without it
    Duration request_timeout{};  ///< of one request to Twilio
    int max_candidates = 10;     ///< numbers refused by Twilio before a purchase gives up

    /// What a lease must still last before a purchase is sent (rule ROLLBACK_IN_LEASE): the request, the wait
    /// for a lost database, and the undoing.
    Duration purchase_needs() const { return rollback_after + 2 * request_timeout; }
};

}  // namespace telephony::sidecar
