// The window table against a slow reference, its promises one by one, and its exactness when threads share
// it.
#include "limiter/window_table.hpp"

#include <gtest/gtest.h>

#include <barrier>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <thread>
#include <tuple>
#include <vector>

namespace {

using telephony::limiter::Allowance;
using telephony::limiter::Key;
using telephony::limiter::Rule;
using telephony::limiter::Slot;
using telephony::limiter::Time;
using telephony::limiter::Totals;
using telephony::limiter::Verdict;
using telephony::limiter::WindowTable;

constexpr Time second = 1'000'000;

class Mutexes {
  public:
    explicit Mutexes(std::size_t count) : mutexes_(count) {}
    std::unique_lock<std::mutex> hold(std::size_t i) { return std::unique_lock(mutexes_.at(i)); }

  private:
    std::vector<std::mutex> mutexes_;
};

/// A table in memory of exactly the size it asks for, so that a sanitizer sees a step beside it.
class Table {
  public:
    explicit Table(std::uint32_t entries)
        : locks(WindowTable::locks(entries)),
          memory_(std::aligned_alloc(64, (WindowTable::bytes(entries) + 63) / 64 * 64), &std::free),
          table_(WindowTable::make(memory_.get(), entries, {0x0123456789ABCDEF, 0xFEDCBA9876543210})) {}

    WindowTable* operator->() { return table_; }
    Verdict take(const Key& key, Rule rule, Time now) { return table_->take(key, rule, now, locks); }
    bool passes(const Key& key, Rule rule, Time now) { return take(key, rule, now).passed; }

    Mutexes locks;

  private:
    std::unique_ptr<void, decltype(&std::free)> memory_;
    WindowTable* table_;
};

Key key(std::uint64_t client, std::uint32_t database = 1) {
    return {client, ~client, database, 1};
}

int passed_of(Table& table, int requests, const Key& who, Rule rule, Time now) {
    int passed = 0;
    for (int i = 0; i < requests; ++i) passed += table.passes(who, rule, now);
    return passed;
}

TEST(WindowTable, FixedWindowFromTheFirstRequest) {
    Table table(64);
    const Rule rule{100, 900 * second};
    const Time start = 5 * second;
    EXPECT_EQ(passed_of(table, 150, key(1), rule, start), 100);
    EXPECT_FALSE(table.passes(key(1), rule, start + 900 * second - 1));
    EXPECT_EQ(table.take(key(1), rule, start + 1).ends, start + 900 * second);
    EXPECT_EQ(passed_of(table, 150, key(1), rule, start + 900 * second), 100);
    EXPECT_TRUE(table.passes(key(2), rule, start)) << "another key has its own";
    EXPECT_TRUE(table.passes(key(1, 2), rule, start)) << "and the same one in another database";
}

TEST(WindowTable, AVerdictTellsTheRuleAndTheEnd) {
    Table table(64);
    const Verdict passed = table.take(key(1), {1, 10}, 100);
    EXPECT_TRUE(passed.passed);
    EXPECT_EQ(std::tuple(passed.rule.requests, passed.rule.window, passed.ends), std::tuple(1u, 10, 110));
    const Verdict refused = table.take(key(1), {1, 10}, 105);
    EXPECT_FALSE(refused.passed);
    EXPECT_EQ(std::tuple(refused.rule.requests, refused.rule.window, refused.ends), std::tuple(1u, 10, 110));
}

TEST(WindowTable, ANewRuleCountsAtOnceButAWindowKeepsItsLength) {
    Table table(64);
    EXPECT_EQ(passed_of(table, 20, key(1), {10, 1000}, 1), 10);
    EXPECT_EQ(passed_of(table, 20, key(1), {15, 50}, 100), 5);
    EXPECT_FALSE(table.passes(key(1), {3, 50}, 1000));
    EXPECT_TRUE(table.passes(key(1), {3, 50}, 1001));
    EXPECT_EQ(table.take(key(1), {3, 50}, 1001).ends, 1051);
}

TEST(WindowTable, AFullWindowRefusesWithoutTakingASlotForOthers) {
    Table table(16);
    const Rule rule{2, 100};
    const auto refused = [&](const Key& who, Time now) {
        return table->refuse_if_full(who, rule, now, table.locks).has_value();
    };
    EXPECT_FALSE(refused(key(1), 1)) << "no window runs";
    EXPECT_TRUE(table.passes(key(1), rule, 1));
    EXPECT_FALSE(refused(key(1), 2)) << "one request is left";
    EXPECT_TRUE(table.passes(key(1), rule, 2));
    EXPECT_TRUE(refused(key(1), 3));
    EXPECT_FALSE(refused(key(1), 101)) << "the window has ended";
    const Totals totals = table->totals(table.locks);
    EXPECT_EQ(std::tuple(totals.passed, totals.refused), std::tuple(2u, 1u));
    for (std::uint64_t i = 2; i < 100; ++i) EXPECT_FALSE(refused(key(i), 3));
    for (std::uint64_t i = 2; i < 17; ++i) EXPECT_TRUE(table.passes(key(i), rule, 3)) << i;
    EXPECT_EQ(table->overflowed(table.locks).passed, 0u) << "the other 15 slots were free";
}

TEST(WindowTable, ALimitOfNoneLetsNothingPass) {
    Table table(64);
    EXPECT_EQ(passed_of(table, 5, key(1), {0, 10}, 1), 0);
}

TEST(WindowTable, NothingIsEvictedInsideItsWindow) {
    Table table(16);
    const Rule rule{1, 100};
    for (std::uint64_t i = 0; i < 16; ++i) EXPECT_TRUE(table.passes(key(i), rule, 1 + i)) << i;
    EXPECT_EQ(table->overflowed(table.locks).passed, 0u);
    // All slots are taken: the keys that come now share a bucket, and those that were there keep their
    // counts.
    EXPECT_TRUE(table.passes(key(100), rule, 50));
    EXPECT_FALSE(table.passes(key(101), rule, 50)) << "the overflow bucket is one for all";
    for (std::uint64_t i = 0; i < 16; ++i) EXPECT_FALSE(table.passes(key(i), rule, 100)) << i;
    const Totals overflowed = table->overflowed(table.locks);
    EXPECT_EQ(std::tuple(overflowed.passed, overflowed.refused), std::tuple(1u, 1u));
    // The first window has ended: its slot is free, and only that one.
    EXPECT_TRUE(table.passes(key(101), rule, 101));
    EXPECT_FALSE(table.passes(key(102), rule, 101));
    EXPECT_TRUE(table.passes(key(103), rule, 150)) << "as is the overflow bucket after its own window";
    EXPECT_EQ(table->totals(table.locks).passed, 16u + 1 + 1 + 1);
}

TEST(WindowTable, AKeyIsFoundBehindASlotThatBecameFree) {
    Table table(16);
    // Fills the table with windows of different length, so that free slots lie before taken ones.
    for (std::uint64_t i = 0; i < 16; ++i) EXPECT_TRUE(table.passes(key(i), {1, i % 2 == 0 ? 10 : 1000}, 1));
    for (std::uint64_t i = 1; i < 16; i += 2) EXPECT_FALSE(table.passes(key(i), {1, 1000}, 500)) << i;
    for (std::uint64_t i = 0; i < 16; i += 2) EXPECT_TRUE(table.passes(key(i), {1, 10}, 500)) << i;
    for (std::uint64_t i = 0; i < 16; ++i) EXPECT_FALSE(table.passes(key(i), {1, 10}, 501)) << i;
}

TEST(WindowTable, LargeTablesHoldNearlyAllTheyAreMadeFor) {
    for (const std::uint32_t entries : {1024u, 4096u, 65536u, 100000u}) {
        Table table(entries);
        EXPECT_GE(table->slots(), entries);
        std::mt19937_64 random(entries);
        std::uint32_t held = 0;
        while (table->overflowed(table.locks).passed == 0) {
            table.passes(key(random()), {1, 100}, 1);
            ++held;
        }
        EXPECT_GT(held, entries * 8 / 10) << entries;
    }
}

TEST(WindowTable, KeysThatLookAlikeSpreadLikeRandomOnes) {
    // Consecutive /64s, IPv4 addresses of one network, and organizations that differ in one bit.
    const auto make = [](int way, std::uint64_t i) -> Key {
        switch (way) {
            case 0:
                return {0x20010DB800000000 + i, 0, 1, 1};
            case 1:
                return {0, 0x0000FFFF00000000 | (10u << 24) | i, 1, 1};
            default:
                return {i << 48, 0, 1, 2};
        }
    };
    for (int way = 0; way < 3; ++way) {
        Table table(65536);
        for (std::uint64_t i = 0; i < 48000; ++i) table.passes(make(way, i), {1, 100}, 1);
        EXPECT_EQ(table->overflowed(table.locks).passed, 0u) << way;
    }
}

TEST(WindowTable, ResetForgetsEverything) {
    Table table(16);
    for (std::uint64_t i = 0; i < 20; ++i) table.passes(key(i), {1, 100}, 1);
    table->reset(table.locks);
    EXPECT_EQ(table->totals(table.locks).passed + table->totals(table.locks).refused, 0u);
    for (std::uint64_t i = 0; i < 16; ++i) EXPECT_TRUE(table.passes(key(i), {1, 100}, 2)) << i;
    EXPECT_EQ(table->overflowed(table.locks).passed, 0u);
}

TEST(WindowTable, VisitShowsRunningWindowsOnly) {
    Table table(4096);
    for (std::uint64_t i = 0; i < 100; ++i) table.take(key(i), {2, i < 60 ? 10 : 1000}, 1);
    std::set<std::uint64_t> seen;
    table->visit(500, table.locks, [&](const Slot& slot) {
        EXPECT_EQ(slot.passed, 1u);
        EXPECT_TRUE(seen.insert(slot.key.high).second);
    });
    EXPECT_EQ(seen.size(), 40u);
    EXPECT_EQ(*seen.begin(), 60u);
}

// ---- allowances

TEST(WindowTableAllowance, IsAskedForOncePerWindow) {
    Table table(64);
    const Rule rule{2, 100};
    EXPECT_FALSE(table->take(key(1), rule, nullptr, 1, table.locks)) << "not known yet, and not counted";
    const Allowance own{table->generation(), Rule{5, 1000}};
    EXPECT_TRUE(table->take(key(1), rule, &own, 1, table.locks)->passed);
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(table->take(key(1), rule, nullptr, 2, table.locks)->passed);
    const auto refused = table->take(key(1), rule, nullptr, 900, table.locks);
    EXPECT_FALSE(refused->passed);
    EXPECT_EQ(refused->ends, 1001) << "the window is the allowance's";
    EXPECT_FALSE(table->take(key(1), rule, nullptr, 1001, table.locks)) << "a new window asks again";
    const Allowance none{table->generation(), std::nullopt};
    EXPECT_TRUE(table->take(key(1), rule, &none, 1001, table.locks)->passed);
    EXPECT_EQ(table->take(key(1), rule, nullptr, 1001, table.locks)->ends, 1101);
}

TEST(WindowTableAllowance, CalledBackIsAskedForInTheMiddleOfAWindow) {
    Table table(64);
    const Rule rule{2, 100};
    const Allowance before{table->generation(), std::nullopt};
    table->take(key(1), rule, &before, 1, table.locks);
    table->take(key(1), rule, &before, 1, table.locks);
    EXPECT_FALSE(table->take(key(1), rule, nullptr, 1, table.locks)->passed);
    table->call_back_allowances();
    EXPECT_FALSE(table->take(key(1), rule, nullptr, 1, table.locks)) << "unknown";
    // Who read before the call counts by what was true then, once.
    EXPECT_FALSE(table->take(key(1), rule, &before, 1, table.locks)->passed);
    EXPECT_FALSE(table->take(key(1), rule, nullptr, 1, table.locks)) << "still unknown";
    const Allowance after{table->generation(), Rule{3, 1000}};
    EXPECT_TRUE(table->take(key(1), rule, &after, 1, table.locks)->passed) << "the count went on";
    EXPECT_FALSE(table->take(key(1), rule, nullptr, 1, table.locks)->passed);
    EXPECT_EQ(table->take(key(1), rule, nullptr, 1, table.locks)->ends, 101)
        << "in the window that had begun";
}

// ---- against a reference

/// Fixed windows by the letter, for as many keys as there are.
class Reference {
  public:
    bool passes(std::uint64_t who, Rule rule, Time now) {
        auto& [ends, count] = windows_[who];
        if (ends <= now) std::tie(ends, count) = std::tuple(now + rule.window, 0u);
        return count < rule.requests && ++count > 0;
    }

  private:
    std::map<std::uint64_t, std::tuple<Time, std::uint32_t>> windows_;
};

TEST(WindowTable, AgreesWithTheReference) {
    for (unsigned seed = 1; seed <= 5; ++seed) {
        std::mt19937_64 random(seed);
        Table table(4096);
        Reference reference;
        Time now = 1;
        for (int i = 0; i < 200'000; ++i) {
            now += random() % 4;
            const std::uint64_t who = random() % 500;
            const Rule rule{static_cast<std::uint32_t>(random() % 30),
                            static_cast<Time>(1 + random() % 2000)};
            ASSERT_EQ(table.passes(key(who), rule, now), reference.passes(who, rule, now))
                << seed << ' ' << i;
        }
        EXPECT_EQ(table->overflowed(table.locks).passed, 0u);
    }
}

// ---- threads

/// Runs `body(thread)` in so many threads, from the same moment on.
template <class Body>
void in_threads(int count, Body body) {
    std::barrier begin(count);
    std::vector<std::jthread> threads;
    for (int i = 0; i < count; ++i)
        threads.emplace_back([&, i] {
            begin.arrive_and_wait();
            body(i);
        });
}

TEST(WindowTableThreads, Of150RequestsExactly100Pass) {
    for (int round = 0; round < 200; ++round) {
        Table table(round % 2 == 0 ? 16 : 65536);
        std::atomic<int> passed = 0;
        in_threads(8, [&](int thread) {
            for (int i = thread; i < 150; i += 8) passed += table.passes(key(7), {100, second}, 1);
        });
        ASSERT_EQ(passed, 100) << round;
        ASSERT_EQ(table->totals(table.locks).refused, 50u);
    }
}

TEST(WindowTableThreads, EveryKeyGetsItsDueThroughEndingWindowsAndAFullTable) {
    // Each thread counts all keys in the same windows; more keys than slots, so that some are in the overflow
    // bucket.
    constexpr int threads = 8, keys = 40, rounds = 50, per_window = 10;
    Table table(16);
    std::vector<std::atomic<int>> passed(keys);
    std::barrier window(threads);
    in_threads(threads, [&](int) {
        for (int round = 0; round < rounds; ++round) {
            window.arrive_and_wait();
            const Time now = 1 + round * Time{1000};
            for (int i = 0; i < 5 * keys; ++i)
                passed[i % keys] += table.passes(key(i % keys), {per_window, 1000}, now);
        }
    });
    int all = 0;
    for (int i = 0; i < keys; ++i) {
        ASSERT_LE(passed[i], rounds * per_window) << i;
        all += passed[i];
    }
    EXPECT_EQ(all, rounds * per_window * (16 + 1))
        << "sixteen keys at a time, and those in the overflow bucket together";
    const Totals totals = table->totals(table.locks);
    EXPECT_EQ(totals.passed, static_cast<std::uint64_t>(all));
    EXPECT_EQ(totals.passed + totals.refused, std::uint64_t{threads} * rounds * 5 * keys);
}

TEST(WindowTableThreads, AllowancesCalledBackMeanwhileLoseNoRequest) {
    Table table(64);
    std::atomic<std::uint32_t> allowed = 10;
    std::atomic<int> passed = 0;
    in_threads(8, [&](int thread) {
        for (int i = 0; i < 2000; ++i) {
            if (thread == 0 && i % 10 == 0) {
                allowed += 1;
                table->call_back_allowances();
            }
            auto verdict = table->take(key(1), {1, second}, nullptr, 1, table.locks);
            if (!verdict) {
                const Allowance read{table->generation(), Rule{allowed, second}};
                verdict = table->take(key(1), {1, second}, &read, 1, table.locks);
            }
            passed += verdict->passed;
        }
    });
    // As many as were ever allowed, and not one more; when all is quiet, exactly as many.
    EXPECT_LE(passed, 210);
    for (int i = 0; i < 300; ++i) {
        const Allowance read{table->generation(), Rule{allowed, second}};
        passed += table->take(key(1), {1, second}, &read, 1, table.locks)->passed;
    }
    EXPECT_EQ(passed, 210);
}

}  // namespace
