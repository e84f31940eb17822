// Datagrams to NOTIFY_SOCKET.
#include "base/systemd_notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/logging.hpp"

namespace telephony::sidecar {
namespace {

std::optional<Duration> watchdog_from_environment() {
    const char* const microseconds = std::getenv("WATCHDOG_USEC");
    const char* const pid = std::getenv("WATCHDOG_PID");
    if (!microseconds || (pid && std::strtol(pid, nullptr, 10) != getpid())) return std::nullopt;
    const long value = std::strtol(microseconds, nullptr, 10);
    return value > 0 ? std::optional<Duration>(std::chrono::microseconds(value / 2)) : std::nullopt;
}

}  // namespace

SystemdNotifier::SystemdNotifier() : watchdog_interval_(watchdog_from_environment()) {
    const char* const path = std::getenv("NOTIFY_SOCKET");
    if (!path || (path[0] != '/' && path[0] != '@') || std::strlen(path) >= sizeof(sockaddr_un::sun_path))
        return;
    address_ = path;
    if (address_.front() == '@') address_.front() = '\0';  // the abstract name space
    socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

SystemdNotifier::~SystemdNotifier() {
    if (socket_ >= 0) close(socket_);
}

void SystemdNotifier::reloading() const {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();  // CLOCK_MONOTONIC, as systemd asks
    send("RELOADING=1\nMONOTONIC_USEC=" +
         std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
}

void SystemdNotifier::send(const std::string& message) const {
    if (socket_ < 0) return;
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, address_.data(), address_.size());
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    if (sendto(socket_, message.data(), message.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to),
               length) < 0)
        log::warning("systemd does not take a notification", {{"reason", std::strerror(errno)}});
}

}  // namespace telephony::sidecar
