// Where the shared memory comes from. Neither way survives a crash of a backend: PostgreSQL then makes all
// shared memory anew, and so no half-done change is ever seen.
#include "shared_memory.hpp"

#include <array>
#include <new>

#include "request_settings.hpp"

extern "C" {
#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/shmem.h"
#include "utils/timestamp.h"
}

namespace telephony::pg {

namespace {

constexpr const char* name = "telephony request limits";
constexpr const char* locks_name = "telephony_request_limits";

std::array<std::uint64_t, 2> random_seed() {
    std::array<std::uint64_t, 2> seed;
    if (!pg_strong_random(seed.data(), sizeof seed))
        ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate random values")));
    return seed;
}

using limiter::WindowTable;

std::size_t table_bytes(std::uint32_t slots) {
    return CACHELINEALIGN(WindowTable::bytes(slots));
}

/// A site is at least four addresses that pass (telephony.site_limit).
std::uint32_t site_slots(std::uint32_t slots) {
    return slots / 4;
}

std::size_t all_locks(std::uint32_t slots) {
    return 2 * WindowTable::locks(slots) + WindowTable::locks(site_slots(slots));
}

}  // namespace

std::size_t SharedLimits::bytes(int entries) {
    const auto slots = static_cast<std::uint32_t>(entries);
    return sizeof(SharedLimits) + 2 * table_bytes(slots) + table_bytes(site_slots(slots)) +
           all_locks(slots) * sizeof(LWLockPadded);
}

SharedLimits* SharedLimits::make(void* memory, int entries) {
    const auto seed = random_seed();
    auto* limits = new (memory) SharedLimits();
    limits->since = GetCurrentTimestamp();
    limits->entries_ = entries;
    limits->tranche_ = new_lock_tranche(locks_name);
    limits->addresses_ = sizeof(SharedLimits);
    const auto slots = static_cast<std::uint32_t>(entries);
    limits->organizations_ = limits->addresses_ + table_bytes(slots);
    limits->sites_ = limits->organizations_ + table_bytes(slots);
    limits->locks_ = limits->sites_ + table_bytes(site_slots(slots));
    WindowTable::make(&limits->addresses(), slots, seed);
    WindowTable::make(&limits->organizations(), slots, seed);
    WindowTable::make(&limits->sites(), site_slots(slots), seed);
    auto* locks = limits->at<LWLockPadded>(limits->locks_);
    for (std::size_t i = 0; i < all_locks(slots); ++i) LWLockInitialize(&locks[i].lock, limits->tranche_);
    return limits;
}

namespace shared_memory {

namespace {

SharedLimits* found = nullptr;
bool reserved = false;

shmem_request_hook_type next_request_hook = nullptr;
shmem_startup_hook_type next_startup_hook = nullptr;

void request() {
    if (next_request_hook != nullptr) next_request_hook();
    RequestAddinShmemSpace(SharedLimits::bytes(settings::request_limit_entries));
}

void start_up() {
    if (next_startup_hook != nullptr) next_startup_hook();
    const int entries = settings::request_limit_entries;
    LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
    bool exists = false;
    void* memory = ShmemInitStruct(name, SharedLimits::bytes(entries), &exists);
    found = exists ? static_cast<SharedLimits*>(memory) : SharedLimits::make(memory, entries);
    LWLockRelease(AddinShmemInitLock);
    register_lock_tranche(found->tranche(), locks_name);
}

void decide_entries(void* memory) {
    *static_cast<int*>(memory) = settings::request_limit_entries;
}

/// The registry calls the initializer with its own lock held, and with nothing but the memory.
int entries_to_make = 0;

void make_limits(void* memory) {
    SharedLimits::make(memory, entries_to_make);
}

SharedLimits* attach() {
    // The size that all backends use: telephony.request_limit_entries of the one that came first.
    entries_to_make =
        *static_cast<int*>(named_segment<decide_entries>("telephony request limit entries", sizeof(int)));
    auto* limits =
        static_cast<SharedLimits*>(named_segment<make_limits>(name, SharedLimits::bytes(entries_to_make)));
    register_lock_tranche(limits->tranche(), locks_name);
    return limits;
}

}  // namespace

void reserve() {
    next_request_hook = shmem_request_hook;
    shmem_request_hook = request;
    next_startup_hook = shmem_startup_hook;
    shmem_startup_hook = start_up;
    reserved = true;
}

SharedLimits* find() {
    if (has_named_segments && found == nullptr) found = attach();
    return found;
}

bool is_reserved() {
    return reserved;
}

}  // namespace shared_memory

}  // namespace telephony::pg
