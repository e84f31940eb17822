// Jobs, as claim_jobs() and renew_lease() return them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/timestamp.hpp"
#include "contract/credentials.hpp"
#include "contract/states.hpp"
#include "numbering/e164.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {

enum class JobKind { provision, release, orphan_release, erase };

/// A kind of number that may be bought for an organization, and what regulations require with the purchase.
struct NumberKind {
    std::string country;      ///< ISO alpha-2, of the number
    std::string type;         ///< as in Twilio's paths: Local, Mobile, ...
    std::string address_sid;  ///< empty: none
    std::string bundle_sid;   ///< empty: none
};

struct ClaimedJob {
    std::string job_id;
    std::string org_id;
    JobKind kind = JobKind::provision;
    JobState state = JobState::searching;
    std::int64_t token = 0;                 ///< fencing token
    std::string tag;                        ///< FriendlyName of what this job buys
    std::vector<NumberKind> kinds;          ///< to search for, in this order
    std::optional<numbering::E164> number;  ///< candidate, or the number bought or to be released
    std::string number_country;             ///< the candidate's kind; empty while there is none
    std::string number_type;
    std::string account_sid;  ///< empty while no account was chosen
    std::string number_sid;
    std::optional<Timestamp> intent_at;  ///< Twilio's clock before the first purchase was sent
    bool cancel_requested = false;
    bool resumed = false;  ///< begins in the middle: taken over from another attempt, or continued
    int posts_sent = 0;
    bool repeat_refused = false;
    FormParameters voice;  ///< sent with the purchase
    /// The organization's own, for the job's account; nullopt if it has none for it.
    std::optional<SealedCredentials> credentials;
};

struct LeaseState {
    JobState state = JobState::queued;
    bool cancel_requested = false;
};

/// Reads a row of claim_jobs(), JSON; throws ContractBroken if it is not one.
ClaimedJob parse_claimed_job(const std::string& row);

}  // namespace telephony::sidecar
