// Work that is claimed in rounds, a few pieces at a time, and carried out side by side.
#pragma once

#include <exception>
#include <functional>
#include <utility>
#include <vector>

#include "io/event_loop.hpp"
#include "io/task.hpp"

namespace telephony::sidecar {

/// One coroutine claims; each piece of work has its own.
template <class Work>
class ClaimRounds {
  public:
    ClaimRounds(const ClaimRounds&) = delete;
    ClaimRounds& operator=(const ClaimRounds&) = delete;

    /// Until the loop ends.
    Task<void> run() {
        for (;;) {
            co_await wakeup_.wait_until(no_deadline);
            if (stopped_) co_return;
            co_await claim_and_begin();
            co_await loop_.sleep_until(after(shortest_interval_));
        }
    }
    /// Claims what is due now, or a moment later if it has just looked.
    void look() { wakeup_.raise(); }
    /// No further claims.
    void stop() { stopped_ = true; }
    /// Nothing is under way.
    bool idle() const noexcept { return under_way_ == 0; }

    /// Called when nothing is under way any more.
    std::function<void()> on_idle;

  protected:
    /// At most `most_at_once` pieces are under way, and claims are `shortest_interval` apart, however often
    /// it is told to look.
    ClaimRounds(EventLoop& loop, int most_at_once, Duration shortest_interval)
        : loop_(loop), wakeup_(loop), most_at_once_(most_at_once), shortest_interval_(shortest_interval) {}
    ~ClaimRounds() = default;

  private:
    /// At most `capacity` pieces that are due.
    virtual Task<std::vector<Work>> claim(int capacity) = 0;
    virtual Task<void> carry_out(const Work& work) = 0;
    /// carry_out() ended with an exception.
    virtual void failed(const Work& work, const std::exception& problem) = 0;

    Task<void> claim_and_begin() {
        const int capacity = most_at_once_ - under_way_;
        more_due_ = capacity <= 0;
        if (more_due_) co_return;
        std::vector<Work> due = co_await claim(capacity);
        more_due_ = static_cast<int>(due.size()) == capacity;
        for (Work& work : due) loop_.spawn(carry_out_guarded(std::move(work)));
    }

    Task<void> carry_out_guarded(Work work) {
        ++under_way_;
        try {
            co_await carry_out(work);
        } catch (const std::exception& problem) {
            failed(work, problem);
        }
        --under_way_;
        if (under_way_ == 0 && on_idle) on_idle();
        if (more_due_) wakeup_.raise();
    }

    EventLoop& loop_;
    Wakeup wakeup_;
    const int most_at_once_;
    const Duration shortest_interval_;
    int under_way_ = 0;
    bool more_due_ = false;  ///< the last claim returned as many as it asked for
    bool stopped_ = false;
};

}  // namespace telephony::sidecar
