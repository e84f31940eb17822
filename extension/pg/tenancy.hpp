// Whose request this is, as its claims say.
#pragma once

#include "postgres_compat.hpp"

extern "C" {
#include "utils/uuid.h"
}

namespace telephony::pg {

/// What the claims say of the organization. `unreadable`: there is something, and it is not what
/// telephony.org_claim_type says, or the claims are not a JSON object.
struct ClaimedOrganization {
    enum class State { none, known, unreadable } state = State::none;
    pg_uuid_t id{};
};

/// Reads the setting request.jwt.claims at the path telephony.org_claim. The claims read last are remembered.
/// Throws bad_alloc, and PostgresError where PostgreSQL has no memory.
ClaimedOrganization claimed_organization();

}  // namespace telephony::pg
