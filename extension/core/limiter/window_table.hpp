// Requests counted per key in fixed windows, in memory of a fixed size that many processes share.
//
// The memory holds no pointer. It is cut into shards, and whoever touches a shard holds its lock: the caller
// brings the locks, PostgreSQL's in the server and mutexes in the tests. A window begins with the first
// request of its key and keeps its length. A slot is given to another key only after its window has ended;
// when all that a key may use are taken, it counts in the overflow bucket, which all such keys share.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace telephony::limiter {

/// Microseconds on a clock that never goes back.
using Time = std::int64_t;

/// Who is counted. `kind` is the caller's, and not 0.
struct Key {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::uint32_t database = 0;
    std::uint32_t kind = 0;

    bool operator==(const Key&) const = default;
};

/// At most `requests` in `window` microseconds.
struct Rule {
    std::uint32_t requests = 0;
    Time window = 0;
};

/// What became of a request; `rule` is what decided, `ends` when the window does.
struct Verdict {
    bool passed = false;
    Rule rule;
    Time ends = 0;
};

/// What a key is allowed instead of what all are, if anything, as it was read from where allowances are kept.
/// `generation` is WindowTable::generation() from before that reading.
struct Allowance {
    std::uint32_t generation = 0;
    std::optional<Rule> rule;
};

/// One key's window. All zero: never used.
struct Slot {
    Key key;
    Time ends = 0;
    Time window = 0;
    std::uint32_t limit = 0;
    std::uint32_t passed = 0;
    std::uint32_t refused = 0;
    std::uint32_t generation = 0;
    Rule allowance;  // window 0: none
};

/// Requests since the table was made or reset.
struct Totals {
    std::uint64_t passed = 0;
    std::uint64_t refused = 0;
};

/// The table, at the beginning of its memory. `Locks` has `auto hold(std::size_t i)`, which gives an object
/// that holds lock `i` until its end, for 0 <= i < locks().
class alignas(64) WindowTable {
  public:
    /// Memory for `entries` slots, up to the next power of two.
    static std::size_t bytes(std::uint32_t entries) noexcept;

    /// Locks that such a table wants.
    static std::size_t locks(std::uint32_t entries) noexcept { return shards_for(entries) + 1; }

    /// Makes a table in `memory`: bytes(entries) of it, aligned for cache lines. `seed` is secret and random:
    /// whoever chooses keys must not know which share a slot.
    static WindowTable* make(void* memory, std::uint32_t entries, std::array<std::uint64_t, 2> seed) noexcept;

    std::size_t locks() const noexcept { return shards_ + std::size_t{1}; }
    std::uint32_t slots() const noexcept { return shards_ * slots_per_shard_; }

    /// Counts a request of `key`, and says whether it passes. For keys that have no allowances.
    template <class Locks>
    Verdict take(const Key& key, Rule rule, Time now, Locks& locks) noexcept {
        const Allowance none{generation(), std::nullopt};
        return *take(key, rule, &none, now, locks);
    }

    /// The same where a key may have an allowance. Without `read` it counts only if the allowance is known,
    /// that is read in the current window and not called back since; else it says nothing: read it, and come
    /// again.
    template <class Locks>
    std::optional<Verdict> take(const Key& key, Rule rule, const Allowance* read, Time now,
                                Locks& locks) noexcept {
        const Place place = place_of(key);
        {
            const auto held = locks.hold(place.shard);
            if (Slot* slot = find(place, key, now)) {
                if (slot->ends <= now || slot->generation != generation()) {
                    if (read == nullptr) return std::nullopt;
                    slot->allowance = read->rule.value_or(Rule{});
                    slot->generation = read->generation;
                }
                return count(*slot, key, slot->allowance.window != 0 ? slot->allowance : rule, now,
                             shard_totals()[place.shard].totals);
            }
        }
        const auto held = locks.hold(shards_);
        return count(overflow(), key, rule, now, shard_totals()[shards_].totals);
    }

    /// Counts a request of `key` as refused if its window runs and is full; else counts nothing and returns
    /// nullopt. Takes no slot. For keys that have no allowances.
    template <class Locks>
    std::optional<Verdict> refuse_if_full(const Key& key, Rule rule, Time now, Locks& locks) noexcept {
        const Place place = place_of(key);
        const auto held = locks.hold(place.shard);
        Slot* const slot = find(place, key, now);
        const bool runs = slot != nullptr && slot->key == key && slot->ends > now;
        if (!runs || slot->passed < rule.requests) return std::nullopt;
        return count(*slot, key, rule, now, shard_totals()[place.shard].totals);
    }

    /// Changes whenever allowances are called back.
    std::uint32_t generation() const noexcept { return generation_.load(std::memory_order_acquire); }

    /// Allowances may have changed: they are to be read anew.
    void call_back_allowances() noexcept { generation_.fetch_add(1, std::memory_order_acq_rel); }

    /// Shows `visit` every slot whose window runs, a shard at a time.
    template <class Locks, class Visit>
    void visit(Time now, Locks& locks, Visit&& visit) {
        for (std::uint32_t shard = 0; shard < shards_; ++shard) {
            const auto held = locks.hold(shard);
            const Slot* slot = slots_of(shard);
            for (const Slot* end = slot + slots_per_shard_; slot < end; ++slot)
                if (slot->ends > now) visit(*slot);
        }
    }

    /// All requests, those in the overflow bucket included.
    template <class Locks>
    Totals totals(Locks& locks) noexcept {
        Totals sum;
        for (std::size_t shard = 0; shard <= shards_; ++shard) {
            const auto held = locks.hold(shard);
            sum.passed += shard_totals()[shard].totals.passed;
            sum.refused += shard_totals()[shard].totals.refused;
        }
        return sum;
    }

    /// Those in the overflow bucket.
    template <class Locks>
    Totals overflowed(Locks& locks) noexcept {
        const auto held = locks.hold(shards_);
        return shard_totals()[shards_].totals;
    }

    /// Forgets all windows and counts.
    template <class Locks>
    void reset(Locks& locks) noexcept {
        for (std::size_t shard = 0; shard <= shards_; ++shard) {
            const auto held = locks.hold(shard);
            clear(shard);
        }
    }

  private:
    struct alignas(64) ShardTotals {
        Totals totals;
    };
    /// Where a key belongs: its shard, and what of its hash chooses a slot there.
    struct Place {
        std::size_t shard;
        std::uint64_t hash;
    };

    WindowTable(std::uint32_t entries, std::array<std::uint64_t, 2> seed) noexcept;

    static std::uint32_t shards_for(std::uint32_t entries) noexcept;
    static std::uint32_t slots_per_shard_for(std::uint32_t entries) noexcept;

    std::uint64_t hash(const Key& key) const noexcept;
    Place place_of(const Key& key) const noexcept {
        const std::uint64_t hashed = hash(key);
        return {hashed % shards_, hashed / shards_};
    }

    ShardTotals* shard_totals() noexcept { return reinterpret_cast<ShardTotals*>(this + 1); }
    Slot* slots_of(std::size_t shard) noexcept {
        return reinterpret_cast<Slot*>(shard_totals() + shards_ + 1) + shard * slots_per_shard_;
    }
    /// The overflow bucket stands behind the slots, and is guarded by the last lock.
    Slot& overflow() noexcept { return *slots_of(shards_); }

    void clear(std::size_t shard) noexcept;

    /// The slot of `key`, or the first that it may have; null if there is none. Needs the shard's lock.
    Slot* find(const Place& place, const Key& key, Time now) noexcept;

    /// Counts a request in the slot's window, or in a new one if that has ended. Needs the lock.
    static Verdict count(Slot& slot, const Key& key, Rule rule, Time now, Totals& totals) noexcept;

    std::uint32_t shards_;
    std::uint32_t slots_per_shard_;
    std::array<std::uint64_t, 2> seed_;
    std::atomic<std::uint32_t> generation_;
    static_assert(decltype(generation_)::is_always_lock_free, "several processes use it");
};

}  // namespace telephony::limiter
