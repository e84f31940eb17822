// Notifies systemd: READY, STATUS, RELOADING, STOPPING and WATCHDOG.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"

namespace telephony::sidecar {

/// Speaks the sd_notify(3) protocol; silent if NOTIFY_SOCKET is not set.
class SystemdNotifier {
  public:
    SystemdNotifier();
    ~SystemdNotifier();
    SystemdNotifier(const SystemdNotifier&) = delete;
    SystemdNotifier& operator=(const SystemdNotifier&) = delete;

    void ready(const std::string& status) const { send("READY=1\nSTATUS=" + status); }
    void status(const std::string& status) const { send("STATUS=" + status); }
    void reloading() const;
    void stopping() const { send("STOPPING=1"); }
    void alive() const { send("WATCHDOG=1"); }

    /// How often alive() is due: half of WatchdogSec; nullopt without a watchdog.
    std::optional<Duration> watchdog_interval() const noexcept { return watchdog_interval_; }

  private:
    void send(const std::string& message) const;

    int socket_ = -1;
    std::string address_;
    std::optional<Duration> watchdog_interval_;
};

}  // namespace telephony::sidecar
