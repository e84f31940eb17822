// PostgreSQL's headers for C++, and every difference between versions 15 to 19 that this extension meets: no
// other file asks for the server's version.
#pragma once

#include <cstddef>
#include <cstdlib>

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

// Memory of a setting, which guc.c frees, is of a kind of its own since 16.
extern "C" {
#include "utils/guc.h"
}
namespace telephony::pg {
inline void* guc_memory(std::size_t size) {
#if PG_VERSION_NUM >= 160000
    return guc_malloc(LOG, size);
#else
    return std::malloc(size);
#endif
}
}  // namespace telephony::pg

// Locks in shared memory: since 19 a tranche has its name from its making, before every backend registers it.
extern "C" {
#include "storage/lwlock.h"
}
namespace telephony::pg {
inline int new_lock_tranche([[maybe_unused]] const char* name) {
#if PG_VERSION_NUM >= 190000
    return LWLockNewTrancheId(name);
#else
    return LWLockNewTrancheId();
#endif
}
inline void register_lock_tranche([[maybe_unused]] int tranche, [[maybe_unused]] const char* name) {
#if PG_VERSION_NUM < 190000
    LWLockRegisterTranche(tranche, name);
#endif
}
}  // namespace telephony::pg

// Named segments of shared memory, made on first use, came with 17; an initializer has an argument since 19.
#if PG_VERSION_NUM >= 170000
extern "C" {
#include "storage/dsm_registry.h"
}
#endif
namespace telephony::pg {
#if PG_VERSION_NUM >= 170000
inline constexpr bool has_named_segments = true;
#else
inline constexpr bool has_named_segments = false;
#endif

/// The segment of that name, made and handed to `Make` by the first that asks. Only where there are such
/// segments.
template <void (*Make)(void* memory)>
void* named_segment([[maybe_unused]] const char* name, [[maybe_unused]] std::size_t size) {
#if PG_VERSION_NUM >= 170000
    bool exists = false;
#if PG_VERSION_NUM >= 190000
    return GetNamedDSMSegment(
        name, size, [](void* memory, void*) { Make(memory); }, &exists, nullptr);
#else
    return GetNamedDSMSegment(name, size, Make, &exists);
#endif
#else
    return nullptr;
#endif
}
}  // namespace telephony::pg
