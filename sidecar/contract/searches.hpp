// Searches for numbers, as claim_number_searches() returns them.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "contract/credentials.hpp"
#include "contract/jobs.hpp"
#include "twilio/form.hpp"

namespace telephony::sidecar {

struct ClaimedSearch : ClaimedWork {
    std::string search_id;
    std::int64_t token = 0;         ///< fencing token
    FormParameters filter;          ///< the wishes, as parameters of Twilio's search
    std::vector<NumberKind> kinds;  ///< to look for, in this order, until one has any
};

/// What came of an attempt at a search.
struct SearchEnd {
    std::optional<nlohmann::json> found;  ///< a list of numbers; nullopt: see the reason
    std::string reason;                   ///< for the organization
    std::string reason_code;
    std::optional<Duration> retry;  ///< when it is worth trying again; nullopt: not
};

/// Wishes as number_wishes() writes them, as parameters of Twilio's search.
FormParameters search_filter(const nlohmann::json& wishes);
/// Kinds of number as buyable_kinds() and searchable_kinds() list them.
std::vector<NumberKind> number_kinds(const nlohmann::json& kinds);
/// Reads a row of claim_number_searches(), JSON; throws ContractBroken if it is not one.
ClaimedSearch parse_claimed_search(const std::string& row);

}  // namespace telephony::sidecar
