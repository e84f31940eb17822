// telephony.so as PostgreSQL sees it: the module block and what happens when it is loaded.
#include "datum.hpp"
#include "extension_drop.hpp"
#include "guard.hpp"
#include "request_log.hpp"
#include "settings.hpp"
#include "shared_memory.hpp"

extern "C" {
#include "miscadmin.h"

TELEPHONY_MODULE("telephony");

PGDLLEXPORT void _PG_init() {
    telephony::pg::entry(telephony::pg::settings::define);
    telephony::pg::request_log::watch();
    telephony::pg::extension_drop::watch();
    if (process_shared_preload_libraries_in_progress) telephony::pg::shared_memory::reserve();
}
}

/// The version that this library was built as: the extension's SQL may be older until ALTER EXTENSION UPDATE,
/// or newer than a library that the session loaded before the upgrade.
TELEPHONY_FUNCTION(telephony_library_version) {
    (void)fcinfo;
    return telephony::pg::text_result(TELEPHONY_VERSION);
}
