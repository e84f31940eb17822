// The parts of the window table that need no lock of the caller's, or are called with it held.
#include "limiter/window_table.hpp"

#include <algorithm>
#include <bit>
#include <memory>
#include <new>
#include <type_traits>

namespace telephony::limiter {

static_assert(std::is_trivially_copyable_v<Slot> && std::is_trivially_destructible_v<WindowTable>);

namespace {

constexpr std::uint32_t most_shards = 64;
constexpr std::uint32_t fewest_slots_per_shard = 1024;

// How many slots a key may have. They lie as far apart as its hash says: with 64 the first key overflows when
// about nine of ten slots are taken.
constexpr std::uint32_t reach = 64;

// Odd constants with as many ones as zeros.
constexpr std::uint64_t mix_1 = 0x9E3779B97F4A7C15, mix_2 = 0xD6E8FEB86659FD93;

/// Both halves of the product folded: every bit of it depends on all bits of both.
std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
    const auto product = static_cast<unsigned __int128>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

std::uint32_t WindowTable::shards_for(std::uint32_t entries) noexcept {
    return std::clamp(std::bit_ceil(entries) / fewest_slots_per_shard, 1u, most_shards);
}

std::uint32_t WindowTable::slots_per_shard_for(std::uint32_t entries) noexcept {
    return std::bit_ceil(entries) / shards_for(entries);
}

std::size_t WindowTable::bytes(std::uint32_t entries) noexcept {
    const std::size_t shards = shards_for(entries), slots = shards * slots_per_shard_for(entries);
    return sizeof(WindowTable) + (shards + 1) * sizeof(ShardTotals) + (slots + 1) * sizeof(Slot);
}

WindowTable* WindowTable::make(void* memory, std::uint32_t entries,
                               std::array<std::uint64_t, 2> seed) noexcept {
    return new (memory) WindowTable(entries, seed);
}

WindowTable::WindowTable(std::uint32_t entries, std::array<std::uint64_t, 2> seed) noexcept
    : shards_(shards_for(entries)),
      slots_per_shard_(slots_per_shard_for(entries)),
      seed_(seed),
      generation_(1) {
    for (std::size_t shard = 0; shard <= shards_; ++shard) clear(shard);
}

void WindowTable::clear(std::size_t shard) noexcept {
    new (&shard_totals()[shard]) ShardTotals();
    std::uninitialized_fill_n(slots_of(shard), shard < shards_ ? slots_per_shard_ : 1, Slot());
}

std::uint64_t WindowTable::hash(const Key& key) const noexcept {
    const std::uint64_t rest = static_cast<std::uint64_t>(key.database) << 32 | key.kind;
    const std::uint64_t first = fold(key.high ^ seed_[0], key.low ^ seed_[1] ^ mix_1);
    return fold(first ^ seed_[0], rest ^ seed_[1] ^ mix_2);
}

Slot* WindowTable::find(const Place& place, const Key& key, Time now) noexcept {
    Slot* const slots = slots_of(place.shard);
    // The number of slots is a power of two, so an odd stride comes to all of them before it comes to one
    // again.
    const std::uint64_t last = slots_per_shard_ - 1, stride = place.hash >> 32 | 1;
    Slot* free = nullptr;
    for (std::uint64_t step = 0, at = place.hash; step < reach && step <= last; ++step, at += stride) {
        Slot& slot = slots[at & last];
        if (slot.key == key) return &slot;
        if (free == nullptr && slot.ends <= now) free = &slot;
        // A key takes the first slot that it can, and no slot becomes unused again: there is nothing behind.
        if (slot.key.kind == 0) break;
    }
    return free;
}

Verdict WindowTable::count(Slot& slot, const Key& key, Rule rule, Time now, Totals& totals) noexcept {
    if (slot.ends <= now) {
        slot.key = key;
        slot.ends = now + rule.window;
        slot.window = rule.window;
        slot.passed = slot.refused = 0;
    }
    slot.limit = rule.requests;
    const bool passed = slot.passed < rule.requests;
    if (passed) {
        ++slot.passed;
        ++totals.passed;
    } else {
        slot.refused += slot.refused < UINT32_MAX;
        ++totals.refused;
    }
    return {passed, {rule.requests, slot.window}, slot.ends};
}

}  // namespace telephony::limiter
