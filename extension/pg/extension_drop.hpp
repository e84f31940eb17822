// Keeps DROP ... CASCADE from taking the extension away under a tenant schema that is there.
#pragma once

namespace telephony::pg::extension_drop {

/// Begins to look at what is dropped in this session.
void watch();

}  // namespace telephony::pg::extension_drop
