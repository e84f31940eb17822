// Which cluster this is, as a failover behind a pooler or a restore changes it: from the server's memory, so
// that every call that gives out work or takes a step can ask.
#include "datum.hpp"

extern "C" {
#include "access/xlog.h"
#include "miscadmin.h"
}

using telephony::pg::SqlError;
using telephony::pg::text_result;

TELEPHONY_FUNCTION(telephony_cluster_identity) {
    char text[48];
    const int length =
        snprintf(text, sizeof text, "%llu.%u", static_cast<unsigned long long>(GetSystemIdentifier()),
                 static_cast<unsigned int>(MyDatabaseId));
    return text_result({text, static_cast<std::size_t>(length)});
}

TELEPHONY_FUNCTION(telephony_cluster_timeline) {
    if (RecoveryInProgress())
        throw SqlError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "this server is in recovery",
                       "A standby writes on no timeline yet.",
                       "Ask the primary, or this server once it is promoted.");
    char text[9];
    snprintf(text, sizeof text, "%08X", static_cast<unsigned int>(GetWALInsertionTimeLine()));
    return text_result(text);
}
