// The clock that leases and deadlines are counted on: monotonic, and running on while the machine sleeps.
#pragma once

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>

namespace telephony::sidecar {

/// CLOCK_BOOTTIME: unlike std::chrono::steady_clock it counts a suspended machine's time too, which the
/// database's lease does.
struct Clock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<Clock>;
    static constexpr bool is_steady = true;

    static time_point now() noexcept {
        timespec time{};
        clock_gettime(CLOCK_BOOTTIME, &time);
        return time_point(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
    }
};

using Duration = Clock::duration;
/// A moment by which something must have happened.
using Deadline = Clock::time_point;

inline constexpr Deadline no_deadline = Deadline::max();

/// `duration` in seconds, as the database takes it.
constexpr double in_seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

/// `seconds` (decimals allowed) as a duration, rounded to nanoseconds; the longest for what is longer, and
/// for what is no number.
constexpr Duration from_seconds(double seconds) {
    if (!(seconds < in_seconds(Duration::max()))) return Duration::max();
    if (seconds < in_seconds(Duration::min())) return Duration::min();
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

/// `duration` for a message, as in `2.5 s`.
inline std::string seconds_text(Duration duration) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%g s", in_seconds(duration));
    return text.data();
}

/// Now plus `duration`; never wraps.
inline Deadline after(Duration duration) {
    const Deadline now = Clock::now();
    return duration > no_deadline - now ? no_deadline : now + duration;
}

}  // namespace telephony::sidecar
