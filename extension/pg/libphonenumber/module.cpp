// telephony_libphonenumber.so as PostgreSQL sees it. A module of its own, so that a backend that never parses
// or formats a number does not load libphonenumber.
#include "pg/postgres_compat.hpp"

extern "C" {
TELEPHONY_MODULE("telephony_libphonenumber");
}
