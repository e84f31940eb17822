// The shared memory of the request limits: the library's share at server start, or a named segment made on
// first use.
#pragma once

#include <atomic>
#include <cstddef>

#include "limiter/window_table.hpp"
#include "postgres_compat.hpp"

extern "C" {
#include "datatype/timestamp.h"
#include "storage/lwlock.h"
}

namespace telephony::pg {

/// The locks of one table. A lock is held without interrupts: nothing in between may ereport.
class ShardLocks {
  public:
    explicit ShardLocks(LWLockPadded* locks) : locks_(locks) {}

    class Held {
      public:
        explicit Held(LWLock* lock) : lock_(lock) { LWLockAcquire(lock_, LW_EXCLUSIVE); }
        Held(const Held&) = delete;
        Held& operator=(const Held&) = delete;
        ~Held() { LWLockRelease(lock_); }

      private:
        LWLock* lock_;
    };

    Held hold(std::size_t i) { return Held(&locks_[i].lock); }

  private:
    LWLockPadded* locks_;
};

/// What all backends share. No pointers: backends map a named segment at different addresses. The tables are
/// apart, so that a flood of addresses takes no organization's place, and none of a site.
class alignas(PG_CACHE_LINE_SIZE) SharedLimits {
  public:
    /// Memory for tables of `entries` slots each, up to the next power of two; a quarter of it for sites.
    static std::size_t bytes(int entries);

    /// Makes it in `memory`, with all counters at zero. Ereports if the system has no random numbers.
    static SharedLimits* make(void* memory, int entries);

    limiter::WindowTable& addresses() { return *at<limiter::WindowTable>(addresses_); }
    limiter::WindowTable& sites() { return *at<limiter::WindowTable>(sites_); }
    limiter::WindowTable& organizations() { return *at<limiter::WindowTable>(organizations_); }
    ShardLocks address_locks() { return ShardLocks(at<LWLockPadded>(locks_)); }
    ShardLocks organization_locks() { return ShardLocks(at<LWLockPadded>(locks_) + addresses().locks()); }
    ShardLocks site_locks() {
        return ShardLocks(at<LWLockPadded>(locks_) + addresses().locks() + organizations().locks());
    }

    /// The memory of all.
    std::size_t size() const { return bytes(entries_); }
    /// Id of the locks' tranche.
    int tranche() const { return tranche_; }

    /// When counting began.
    std::atomic<TimestampTz> since;
    /// Requests from exempt networks, which no address is charged for.
    std::atomic<std::uint64_t> exempt;
    /// Requests without a readable client address, which share a bucket.
    std::atomic<std::uint64_t> unaddressed;

  private:
    SharedLimits() = default;

    template <class T>
    T* at(std::size_t offset) {
        return reinterpret_cast<T*>(reinterpret_cast<char*>(this) + offset);
    }

    int entries_;
    int tranche_;
    std::size_t addresses_;
    std::size_t organizations_;
    std::size_t sites_;
    std::size_t locks_;
};

namespace shared_memory {

/// Asks for the memory at server start. Called when shared_preload_libraries loads the module.
void reserve();

/// The shared memory, or null where there is none: before PostgreSQL 17 the library must be in
/// shared_preload_libraries. Ereports if a named segment cannot be had.
SharedLimits* find();

/// True if it was reserved at server start.
bool is_reserved();

}  // namespace shared_memory

}  // namespace telephony::pg
