// Randomness, and exponential backoff with full jitter, so that many clients do not retry at the same moment.
#pragma once

#include <algorithm>
#include <random>

#include "base/clock.hpp"

namespace telephony::sidecar {

/// The generator of a thread, seeded from the system.
inline std::minstd_rand& randomness() {
    static thread_local std::minstd_rand generator{std::random_device{}()};
    return generator;
}

/// A random duration between `low` and `high`.
inline Duration random_between(Duration low, Duration high) {
    return Duration(
        std::uniform_int_distribution<Duration::rep>(low.count(), std::max(low, high).count())(randomness()));
}

struct Backoff {
    Duration base;
    Duration cap;

    /// A random wait between zero and min(cap, base * 2^failures); `failures` counts from 0.
    Duration delay(int failures) const {
        const Duration ceiling =
            failures >= 20 ? cap : std::min(cap, base * (Duration::rep{1} << std::max(failures, 0)));
        return random_between(Duration::zero(), ceiling);
    }
};

}  // namespace telephony::sidecar
