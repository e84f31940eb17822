// What check_request() and the reports about it have in common.
#pragma once

#include <cstdint>
#include <optional>

#include "limiter/window_table.hpp"
#include "shared_memory.hpp"

extern "C" {
#include "utils/uuid.h"
}

namespace telephony::pg {

/// Kinds of keys. Within a database no_address and unreadable_claims are one bucket each, for all.
enum class Counted : std::uint32_t {
    address = 1,
    organization = 2,
    no_address = 3,
    unreadable_claims = 4,
    site = 5
};

/// The clock of the windows: CLOCK_MONOTONIC, the same in all backends and not set back with the time of day.
limiter::Time window_clock();

/// The shared memory. Ereports 55000, which PostgREST answers with 500, where there is none: limits that
/// cannot be kept let nothing pass.
SharedLimits& require_shared_limits();

/// What telephony_internal.org_limits allows an organization now, if anything. Nothing is also the answer
/// where the table is not there. `generation` is 0, that is already called back, where the table is locked:
/// an answer for once. Calls PostgreSQL: no object with a destructor may be alive.
limiter::Allowance read_org_limit(const pg_uuid_t& org, std::uint32_t generation);

}  // namespace telephony::pg
