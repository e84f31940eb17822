// telephony_libsodium.so as PostgreSQL sees it. A module of its own, so that a backend that never seals does
// not load libsodium, which would cost each its first call two tenths of a millisecond.
#include "pg/guard.hpp"

extern "C" {
TELEPHONY_MODULE("telephony_libsodium");

PGDLLEXPORT void _PG_init() {
    // The settings are defined by telephony.so. Before it is loaded, what a user has SET under their names
    // would be believed.
    load_external_function("$libdir/telephony", "telephony_refuse", /*signalNotFound=*/true, nullptr);
}
}
