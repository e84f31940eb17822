// telephony.so as PostgreSQL sees it: the module block and what happens when it is loaded.
#include "guard.hpp"
#include "settings.hpp"

extern "C" {
TELEPHONY_MODULE("telephony");

PGDLLEXPORT void _PG_init() {
    telephony::pg::entry(telephony::pg::settings::define);
}
}
