// The loop and its coroutines: order, exceptions, waiting, and destruction in the middle of a wait.
#include "io/event_loop.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>
#include <vector>

namespace telephony::sidecar {
namespace {

using std::chrono::milliseconds;

Task<int> twice(EventLoop& loop, int value) {
    co_await loop.sleep_until(after(milliseconds(1)));
    co_return 2 * value;
}

Task<void> add_up(EventLoop& loop, int& sum) {
    for (int i = 1; i <= 3; ++i) {
        const int value = co_await twice(loop, i);
        sum += value;
    }
}

TEST(EventLoop, CoroutinesHandResultsToTheirCallers) {
    EventLoop loop;
    int sum = 0;
    loop.run_until_done(add_up(loop, sum));
    EXPECT_EQ(sum, 12);
}

Task<int> fail(EventLoop& loop) {
    co_await loop.sleep_until(after(milliseconds(1)));
    throw std::runtime_error("as told");
}

Task<void> catch_failure(EventLoop& loop, std::string& caught) {
    try {
        co_await fail(loop);
    } catch (const std::runtime_error& problem) {
        caught = problem.what();
    }
}

Task<void> pass_failure_on(EventLoop& loop) {
    co_await fail(loop);
}

TEST(EventLoop, ExceptionsReachTheCallerAndThenTheLoop) {
    EventLoop loop;
    std::string caught;
    loop.run_until_done(catch_failure(loop, caught));
    EXPECT_EQ(caught, "as told");
    EXPECT_THROW(loop.run_until_done(pass_failure_on(loop)), std::runtime_error);
}

TEST(EventLoop, TimersFireInOrderAndNotWhenDestroyed) {
    EventLoop loop;
    std::vector<int> fired;
    Timer second(loop, after(milliseconds(4)), [&fired] { fired.push_back(2); });
    Timer first(loop, after(milliseconds(2)), [&fired] { fired.push_back(1); });
    Timer moved(loop, after(milliseconds(1)), [&fired, &loop] {
        fired.push_back(3);
        loop.stop();
    });
    moved.set(after(milliseconds(6)));
    {
        Timer gone(loop, after(milliseconds(1)), [&fired] { fired.push_back(0); });
    }
    loop.run();
    EXPECT_EQ(fired, (std::vector<int>{1, 2, 3}));
}

Task<void> wait_thrice(Wakeup& wakeup, std::vector<bool>& results) {
    for (int i = 0; i < 3; ++i) {
        const bool raised = co_await wakeup.wait_until(after(milliseconds(1)));
        results.push_back(raised);
        if (i == 1) wakeup.raise();
    }
}

TEST(EventLoop, AWakeupRaisedBeforeTheWaitIsNotLost) {
    EventLoop loop;
    Wakeup wakeup(loop);
    wakeup.raise();
    std::vector<bool> results;
    loop.run_until_done(wait_thrice(wakeup, results));
    EXPECT_EQ(results, (std::vector<bool>{true, false, true}));
}

struct Pipe {
    int fds[2];
    Pipe() { EXPECT_EQ(pipe(fds), 0); }
    ~Pipe() {
        close(fds[0]);
        close(fds[1]);
    }
};

Task<void> wait_for_byte(EventLoop& loop, int fd, Duration patience, bool& came) {
    came = co_await loop.wait_for_socket(fd, EPOLLIN, after(patience));
}

TEST(EventLoop, SocketsAreWaitedForWithADeadline) {
    EventLoop loop;
    Pipe pipe;
    bool came = true;
    loop.run_until_done(wait_for_byte(loop, pipe.fds[0], milliseconds(2), came));
    EXPECT_FALSE(came);
    ASSERT_EQ(write(pipe.fds[1], "x", 1), 1);
    loop.run_until_done(wait_for_byte(loop, pipe.fds[0], std::chrono::seconds(10), came));
    EXPECT_TRUE(came);
}

TEST(EventLoop, ADescriptorNumberUsedAgainIsWatchedAnew) {
    EventLoop loop;
    for (int i = 0; i < 3; ++i) {
        Pipe pipe;  // gets the numbers of the one before
        bool came = false;
        ASSERT_EQ(write(pipe.fds[1], "x", 1), 1);
        loop.run_until_done(wait_for_byte(loop, pipe.fds[0], std::chrono::seconds(10), came));
        EXPECT_TRUE(came);
    }
}

TEST(EventLoop, SignalsComeThroughTheLoop) {
    EventLoop loop;
    sigset_t before;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, &before);
    int received = 0;
    loop.watch_signals({SIGUSR1}, [&](int signal) {
        received = signal;
        loop.stop();
    });
    raise(SIGUSR1);
    loop.run();
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    EXPECT_EQ(received, SIGUSR1);
}

Task<void> wait_forever(EventLoop& loop, std::shared_ptr<int> held, Wakeup& wakeup) {
    const std::shared_ptr<int> also_held = held;
    const int value = co_await twice(loop, *also_held);
    *also_held = value;
    co_await wakeup.wait_until(no_deadline);
}

Task<void> stop_soon(EventLoop& loop) {
    co_await loop.sleep_until(after(milliseconds(10)));
    loop.stop();
}

TEST(EventLoop, DestroyingCoroutinesReleasesWhatTheyHold) {
    EventLoop loop;
    Wakeup wakeup(loop);
    const auto held = std::make_shared<int>(21);
    loop.spawn(wait_forever(loop, held, wakeup));
    loop.spawn(stop_soon(loop));
    loop.run();
    EXPECT_EQ(*held, 42);
    EXPECT_GT(held.use_count(), 1);
    loop.destroy_coroutines();
    EXPECT_EQ(held.use_count(), 1);
}

TEST(EventLoop, AFinishedCoroutineIsFreed) {
    EventLoop loop;
    Wakeup wakeup(loop);
    const auto held = std::make_shared<int>(1);
    wakeup.raise();
    loop.run_until_done(wait_forever(loop, held, wakeup));
    loop.run_until_done(stop_soon(loop));
    EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace telephony::sidecar
