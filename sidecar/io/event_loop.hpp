// The one loop of the sidecar: sockets, timers and signals by epoll, timerfd and signalfd, and the coroutines
// they wake.
#pragma once

#include <coroutine>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "io/task.hpp"

namespace telephony::sidecar {

class EventLoop;

/// One wait of one coroutine; a named variable in its frame. wake() completes the wait, and the coroutine
/// resumes in the step phase of the turn, never inside the callback that called wake().
class Waiter {
  public:
    explicit Waiter(EventLoop& loop) : loop_(loop) {}
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    /// Completes the wait, even if it has not begun. Further calls have no effect.
    void wake();
    bool woken() const noexcept { return woken_; }

    bool await_ready() const noexcept { return woken_; }
    void await_suspend(std::coroutine_handle<> coroutine) noexcept { coroutine_ = coroutine; }
    void await_resume() const noexcept {}

  private:
    EventLoop& loop_;
    std::coroutine_handle<> coroutine_;
    bool woken_ = false;
};

/// Calls back once at `due`, unless destroyed before.
class Timer {
  public:
    Timer(EventLoop& loop, Deadline due, std::function<void()> call);
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    ~Timer();
    /// Calls back at `due` instead; also arms a timer that has fired.
    void set(Deadline due);

  private:
    friend class EventLoop;
    EventLoop& loop_;
    std::function<void()> call_;
    std::pair<Deadline, Timer*> key_;
    bool armed_ = false;
};

/// Turns run in a fixed order: sockets and signals, due timers, coroutine steps, then finished coroutines are
/// freed. Not thread-safe: everything here belongs to the thread that calls run().
class EventLoop {
  public:
    EventLoop();
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    /// Calls `ready` with the epoll events whenever one of `events` holds for `fd`; replaces an earlier watch
    /// of it.
    void watch(int fd, std::uint32_t events, std::function<void(std::uint32_t)> ready);
    /// Forgets `fd`; to be called before it is closed.
    void unwatch(int fd) noexcept;

    /// Takes over these signals, which must be blocked in every thread (see block_signals()).
    void watch_signals(const std::vector<int>& signals, std::function<void(int)> received);

    /// Runs a coroutine of its own. An exception that leaves it stops the loop: run() throws it.
    void spawn(Task<void> task);

    /// Completes at `due`.
    Task<void> sleep_until(Deadline due);
    /// Completes when one of the epoll `events` holds for `fd` (true) or at `due` (false).
    Task<bool> wait_for_socket(int fd, std::uint32_t events, Deadline due);

    /// Runs until stop(); throws what a spawned coroutine threw.
    void run();
    void stop() noexcept { stopping_ = true; }
    /// Runs until `task` is done; for the commands that do one thing.
    void run_until_done(Task<void> task);

    /// Destroys all coroutines, suspended as they are. To be called before anything they refer to is
    /// destroyed.
    void destroy_coroutines() noexcept;

  private:
    friend class Timer;
    friend class Waiter;
    struct Watch;
    struct Root;

    static Root run_root(EventLoop& loop, Task<void> task);
    void turn();
    void dispatch(std::uint64_t key, std::uint32_t events);
    void run_due_timers();
    void run_steps();
    void free_finished() noexcept;
    void arm_timer();

    int epoll_ = -1;
    int timer_fd_ = -1;
    int signal_fd_ = -1;
    std::uint32_t generation_ = 0;
    std::unordered_map<int, std::shared_ptr<Watch>> watches_;
    std::map<std::pair<Deadline, Timer*>, Timer*> timers_;
    Deadline armed_for_ = no_deadline;
    std::deque<std::coroutine_handle<>> steps_;
    std::unordered_set<void*> roots_;
    std::vector<std::coroutine_handle<>> finished_;
    std::exception_ptr failure_;
    bool stopping_ = false;
};

/// A flag that one coroutine waits for and others raise; raising it before the wait is not lost.
class Wakeup {
  public:
    explicit Wakeup(EventLoop& loop) : loop_(loop) {}
    /// Ends the current wait, or the next one at once.
    void raise();
    /// Completes when raised (true, and the flag is down again) or at `due` (false).
    Task<bool> wait_until(Deadline due);

  private:
    EventLoop& loop_;
    Waiter* waiter_ = nullptr;
    bool raised_ = false;
};

/// Blocks SIGTERM, SIGINT and SIGHUP in this thread and those it starts, for watch_signals(): a signal that
/// comes earlier stays pending until then. To be called before any thread is started.
void block_signals();
/// Unblocks them, for commands without a loop; a pending one ends the process.
void unblock_signals();

}  // namespace telephony::sidecar
