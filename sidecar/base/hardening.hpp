// Keeps the secrets of this process out of core dumps, swap, and reach of other processes; and its limits.
#pragma once

#include <cstddef>

namespace telephony::sidecar {

/// Forbids core dumps, and with PR_SET_DUMPABLE also reading this process's memory and environment under
/// /proc by others of the same user. Throws std::system_error if the system refuses.
void forbid_dumps();

/// Raises the limit of locked memory as far as this process may. If `secrets` of them (credential::Secret, a
/// page each) do not fit under it, some can reach swap: logs a warning that says what to do.
void allow_locked_secrets(std::size_t secrets);

/// Raises the limit of file descriptors to `needed` as far as this process may; returns what it is then.
std::size_t allow_descriptors(std::size_t needed);

}  // namespace telephony::sidecar
