// /healthz, /readyz and /metrics on a loopback address, in a thread of its own, so that it answers while the
// loop is stuck.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "base/metrics.hpp"

namespace telephony::sidecar {

class StatusEndpoint {
  public:
    /// Begins to serve; `port` 0 takes any that is free. Throws std::runtime_error if the address is taken.
    StatusEndpoint(const std::string& host, int port, const Metrics& metrics);
    /// Ends within about a second: a client that takes longer to send its request is not waited for.
    ~StatusEndpoint();
    StatusEndpoint(const StatusEndpoint&) = delete;
    StatusEndpoint& operator=(const StatusEndpoint&) = delete;

    int port() const noexcept { return port_; }

  private:
    struct Server;
    std::shared_ptr<Server> server_;  ///< shared with the thread, which may outlive this
    std::thread thread_;
    int port_;
};

}  // namespace telephony::sidecar
