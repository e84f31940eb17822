// Jobs, as claim_jobs() and renew_lease() return them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/timestamp.hpp"
#include "contract/credentials.hpp"
#include "contract/states.hpp"
#include "numbering/e164.hpp"
#include "twilio/form.hpp"

namespace telephony::sidecar {

/// The kinds of jobs that this program works on: it is given no others.
enum class JobKind { provision, release, orphan_release, configure, erase };
inline constexpr std::array<std::string_view, 5> job_kind_names = {"provision", "release", "orphan_release",
                                                                   "configure", "erase"};
static_assert(job_kind_names.size() == static_cast<std::size_t>(JobKind::erase) + 1);

/// A kind of number that may be bought for an organization, and what regulations require with the purchase.
struct NumberKind {
    std::string country;      ///< ISO alpha-2, of the number
    std::string type;         ///< as in Twilio's paths: Local, Mobile, ...
    std::string address_sid;  ///< empty: none
    std::string bundle_sid;   ///< empty: none
};

struct ClaimedJob : ClaimedWork {
    std::string job_id;
    JobKind kind = JobKind::provision;
    JobState state = JobState::searching;
    std::int64_t token = 0;                 ///< fencing token
    std::string tag;                        ///< FriendlyName of what this job buys
    std::vector<NumberKind> kinds;          ///< to search for, in this order
    FormParameters filter;                  ///< what they are to be like, as parameters of Twilio's search
    std::optional<numbering::E164> wished;  ///< the number that was chosen, to be tried first
    bool or_similar = false;                ///< ... and another one, if it is gone
    std::optional<numbering::E164> number;  ///< candidate, or the number bought or to be released
    std::string number_country;             ///< the candidate's kind; empty while there is none
    std::string number_type;
    std::string number_sid;
    std::optional<Timestamp> intent_at;  ///< Twilio's clock before the first purchase was sent
    bool cancel_requested = false;
    bool resumed = false;     ///< begins in the middle: taken over from another attempt, or continued
    int posts_sent = 0;       ///< how often the purchase of the number was sent
    bool may_resend = false;  ///< ... and may be sent once more
    FormParameters voice;     ///< what the number is to answer with
};

/// How a job stands after a report or a renewal, as the database says: nothing of it is worked out here.
struct JobStanding {
    JobState state = JobState::queued;
    bool lease_kept = false;  ///< false: the attempt has ended
    std::optional<Duration>
        retry;  ///< until it can be claimed again; nullopt: leased, ended, or an operator's
    bool cancel_requested = false;
    int posts_sent = 0;
    bool may_resend = false;
    std::optional<Timestamp> intent_at;
};

/// Reads a row of claim_jobs(), JSON; throws ContractBroken if it is not one.
ClaimedJob parse_claimed_job(const std::string& row);
/// Reads what advance() and renew_lease() return, JSON; throws ContractBroken if it is not that.
JobStanding parse_job_standing(const std::string& row);

}  // namespace telephony::sidecar
