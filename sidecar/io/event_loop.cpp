// A generation number beside each descriptor keeps an event of a closed one from reaching its successor.
#include "io/event_loop.hpp"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace telephony::sidecar {
namespace {

int checked(int result, const char* call) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), call);
    return result;
}

void mask_signals(int how) {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
    pthread_sigmask(how, &set, nullptr);
}

// Steps that wake further steps are run in the same turn, up to this many, so that sockets are never starved.
constexpr int max_steps_per_turn = 1000;

}  // namespace

struct EventLoop::Watch {
    std::uint32_t generation;
    std::uint32_t events;
    std::function<void(std::uint32_t)> ready;
};

// The coroutine around a spawned Task: hands itself to the loop when done, which frees it at the end of the
// turn.
struct EventLoop::Root {
    struct promise_type {
        promise_type(EventLoop& owner, Task<void>&) noexcept : loop(owner) {}
        struct HandOver {
            bool await_ready() noexcept { return false; }
            void await_suspend(std::coroutine_handle<promise_type> root) noexcept {
                root.promise().loop.finished_.push_back(root);
            }
            void await_resume() noexcept {}
        };
        Root get_return_object() noexcept {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        HandOver final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() noexcept {
            loop.failure_ = std::current_exception();
            loop.stopping_ = true;
        }
        EventLoop& loop;
    };
    std::coroutine_handle<promise_type> handle;
};

void Waiter::wake() {
    if (woken_) return;
    woken_ = true;
    if (coroutine_) loop_.steps_.push_back(coroutine_);
}

Timer::Timer(EventLoop& loop, Deadline due, std::function<void()> call)
    : loop_(loop), call_(std::move(call)) {
    set(due);
}

Timer::~Timer() {
    if (armed_) loop_.timers_.erase(key_);
}

void Timer::set(Deadline due) {
    if (armed_) loop_.timers_.erase(key_);
    armed_ = due != no_deadline;
    key_ = {due, this};
    if (armed_) loop_.timers_.emplace(key_, this);
}

EventLoop::EventLoop() {
    epoll_ = checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    timer_fd_ = checked(timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd_create");
    watch(timer_fd_, EPOLLIN, [this](std::uint32_t) {
        std::uint64_t expirations = 0;
        // EAGAIN: the timer was set again after it fired; due timers run in this turn anyway.
        if (read(timer_fd_, &expirations, sizeof expirations) < 0 && errno != EAGAIN)
            checked(-1, "timerfd read");
        armed_for_ = no_deadline;
    });
}

EventLoop::~EventLoop() {
    destroy_coroutines();
    for (const int fd : {epoll_, timer_fd_, signal_fd_})
        if (fd >= 0) close(fd);
}

void EventLoop::watch(int fd, std::uint32_t events, std::function<void(std::uint32_t)> ready) {
    const std::uint32_t generation = ++generation_;
    epoll_event event{};
    event.events = events;
    event.data.u64 = (std::uint64_t{generation} << 32) | static_cast<std::uint32_t>(fd);
    // A descriptor closed by a library and opened anew has the old number but is not in the epoll set any
    // more.
    if (watches_.count(fd) == 0 || epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event) < 0)
        checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
    watches_[fd] = std::make_shared<Watch>(Watch{generation, events, std::move(ready)});
}

void EventLoop::unwatch(int fd) noexcept {
    if (watches_.erase(fd) > 0) epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

void EventLoop::watch_signals(const std::vector<int>& signals, std::function<void(int)> received) {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : signals) sigaddset(&set, signal);
    signal_fd_ = checked(signalfd(signal_fd_, &set, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd");
    watch(signal_fd_, EPOLLIN, [this, received = std::move(received)](std::uint32_t) {
        signalfd_siginfo info{};
        while (read(signal_fd_, &info, sizeof info) == sizeof info)
            received(static_cast<int>(info.ssi_signo));
    });
}

EventLoop::Root EventLoop::run_root(EventLoop&, Task<void> task) {
    co_await task;
}

void EventLoop::spawn(Task<void> task) {
    const auto handle = run_root(*this, std::move(task)).handle;
    roots_.insert(handle.address());
    steps_.push_back(handle);
}

Task<void> EventLoop::sleep_until(Deadline due) {
    Waiter waiter(*this);
    Timer timer(*this, due, [&waiter] { waiter.wake(); });
    co_await waiter;
}

Task<bool> EventLoop::wait_for_socket(int fd, std::uint32_t events, Deadline due) {
    struct Unwatch {
        EventLoop& loop;
        int fd;
        ~Unwatch() { loop.unwatch(fd); }
    };
    Waiter waiter(*this);
    bool ready = false;
    Timer timer(*this, due, [&waiter] { waiter.wake(); });
    watch(fd, events, [&waiter, &ready](std::uint32_t) {
        ready = true;
        waiter.wake();
    });
    Unwatch unwatch{*this, fd};
    co_await waiter;
    co_return ready;
}

void EventLoop::run() {
    stopping_ = false;
    while (!stopping_) turn();
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void EventLoop::run_until_done(Task<void> task) {
    struct Stopper {
        static Task<void> after(EventLoop& loop, Task<void> task) {
            co_await task;
            loop.stop();
        }
    };
    spawn(Stopper::after(*this, std::move(task)));
    run();
}

void EventLoop::turn() {
    arm_timer();
    std::array<epoll_event, 64> events;
    const int count =
        epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), steps_.empty() ? -1 : 0);
    if (count < 0 && errno != EINTR) checked(count, "epoll_wait");
    for (int i = 0; i < count; ++i) dispatch(events[i].data.u64, events[i].events);
    run_due_timers();
    run_steps();
    free_finished();
}

void EventLoop::dispatch(std::uint64_t key, std::uint32_t events) {
    const auto found = watches_.find(static_cast<int>(key & 0xffffffff));
    if (found == watches_.end() || found->second->generation != key >> 32) return;
    const std::shared_ptr<Watch> watch = found->second;  // it may unwatch itself
    watch->ready(events);
}

void EventLoop::arm_timer() {
    const Deadline earliest = timers_.empty() ? no_deadline : timers_.begin()->first.first;
    if (earliest == armed_for_) return;
    itimerspec spec{};
    if (earliest != no_deadline) {
        const auto time = std::max(earliest.time_since_epoch(), Duration(1));  // zero would disarm
        spec.it_value.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(time).count();
        spec.it_value.tv_nsec = (time % std::chrono::seconds(1)).count();
    }
    checked(timerfd_settime(timer_fd_, TFD_TIMER_ABSTIME, &spec, nullptr), "timerfd_settime");
    armed_for_ = earliest;
}

void EventLoop::run_due_timers() {
    const Deadline now = Clock::now();
    while (!timers_.empty() && timers_.begin()->first.first <= now) {
        Timer& timer = *timers_.begin()->second;
        timers_.erase(timers_.begin());
        timer.armed_ = false;
        timer.call_();
    }
}

void EventLoop::run_steps() {
    for (int i = 0; i < max_steps_per_turn && !steps_.empty() && !stopping_; ++i) {
        const std::coroutine_handle<> step = steps_.front();
        steps_.pop_front();
        step.resume();
    }
}

void EventLoop::free_finished() noexcept {
    for (const std::coroutine_handle<> root : finished_) {
        roots_.erase(root.address());
        root.destroy();
    }
    finished_.clear();
}

void EventLoop::destroy_coroutines() noexcept {
    finished_.clear();
    for (void* const root : std::exchange(roots_, {})) std::coroutine_handle<>::from_address(root).destroy();
    steps_.clear();  // they belong to the destroyed coroutines
}

void Wakeup::raise() {
    if (waiter_ && !waiter_->woken())
        waiter_->wake();
    else
        raised_ = true;
}

Task<bool> Wakeup::wait_until(Deadline due) {
    if (std::exchange(raised_, false)) co_return true;
    struct Registration {
        Wakeup& wakeup;
        ~Registration() { wakeup.waiter_ = nullptr; }
    };
    Waiter waiter(loop_);
    bool expired = false;
    Timer timer(loop_, due, [&waiter, &expired] {
        if (waiter.woken()) return;
        expired = true;
        waiter.wake();
    });
    waiter_ = &waiter;
    Registration registration{*this};
    co_await waiter;
    co_return !expired;
}

void block_signals() {
    mask_signals(SIG_BLOCK);
}

void unblock_signals() {
    mask_signals(SIG_UNBLOCK);
}

}  // namespace telephony::sidecar
