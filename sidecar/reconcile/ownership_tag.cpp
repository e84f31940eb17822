// The database writes the same text with telephony_internal.tag_prefix() and short_id().
#include "reconcile/ownership_tag.hpp"

#include "base/uuid.hpp"

namespace telephony::sidecar {

std::string ownership_tag(std::string_view installation, std::string_view job) {
    return "telephony:" + short_uuid(installation) + ":" + short_uuid(job);
}

}  // namespace telephony::sidecar
