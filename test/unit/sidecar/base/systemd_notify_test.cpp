// What systemd is told.
#include "base/systemd_notify.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

namespace telephony::sidecar {
namespace {

using ::testing::StartsWith;

TEST(SystemdNotifier, SpeaksToItsSocketAndKnowsItsWatchdog) {
    char directory[] = "/tmp/telephony-test-XXXXXX";
    ASSERT_TRUE(mkdtemp(directory));
    const std::string path = std::string(directory) + "/notify";
    const int receiver = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size());
    ASSERT_EQ(bind(receiver, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
    setenv("WATCHDOG_USEC", "3000000", 1);
    const auto received = [receiver] {
        char buffer[256];
        const ssize_t count = recv(receiver, buffer, sizeof buffer, 0);
        return std::string(buffer, count < 0 ? 0 : static_cast<std::size_t>(count));
    };
    {
        const SystemdNotifier notifier;
        EXPECT_EQ(notifier.watchdog_interval(), std::chrono::milliseconds(1500));
        notifier.ready("at work");
        EXPECT_EQ(received(), "READY=1\nSTATUS=at work");
        notifier.reloading();
        EXPECT_THAT(received(), StartsWith("RELOADING=1\nMONOTONIC_USEC="));
        notifier.alive();
        EXPECT_EQ(received(), "WATCHDOG=1");
        notifier.stopping();
        EXPECT_EQ(received(), "STOPPING=1");
    }
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    EXPECT_FALSE(SystemdNotifier().watchdog_interval());
    close(receiver);
    std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace telephony::sidecar
