// PostgreSQL's headers for C++, and every difference between versions 15 to 18 that this extension meets.
#pragma once

extern "C" {
#include "postgres.h"

#include "fmgr.h"
}

#if PG_VERSION_NUM < 150000
#error "telephony needs PostgreSQL 15 or later"
#endif
#if SIZEOF_DATUM < 8
#error "telephony needs a 64-bit PostgreSQL: an e164 value is a Datum"
#endif

// Up to 15, PGDLLEXPORT does not make a symbol visible; this extension is compiled with everything else
// hidden.
#if PG_VERSION_NUM < 160000
#undef PGDLLEXPORT
#define PGDLLEXPORT __attribute__((visibility("default")))
#endif

// Soft errors (errsave) came with 16. Before, an input function has only ereport.
#if PG_VERSION_NUM >= 160000
extern "C" {
#include "nodes/miscnodes.h"
}
#define TELEPHONY_REPORT(context, ...) errsave(context, __VA_ARGS__)
#else
#define TELEPHONY_REPORT(context, ...) \
    do {                               \
        (void)(context);               \
        ereport(ERROR, __VA_ARGS__);   \
    } while (0)
#endif

// The macros for variable-length values left postgres.h in 16.
#if PG_VERSION_NUM >= 160000
extern "C" {
#include "varatt.h"
}
#endif

// A module tells its name and version since 18.
#if PG_VERSION_NUM >= 180000
#define TELEPHONY_MODULE(module_name) PG_MODULE_MAGIC_EXT(.name = module_name, .version = TELEPHONY_VERSION)
#else
#define TELEPHONY_MODULE(module_name) PG_MODULE_MAGIC
#endif
