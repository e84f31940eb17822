// /healthz, /readyz and /metrics on a loopback address, in a thread of its own, so that it answers while the
// loop is stuck.
#pragma once

#include <memory>
#include <string>

#include "base/metrics.hpp"

namespace telephony::sidecar {

class StatusEndpoint {
  public:
    /// Begins to serve; `port` 0 takes any that is free. Throws std::runtime_error if the address is taken.
    StatusEndpoint(const std::string& host, int port, const Metrics& metrics);
    /// Ends at once, whatever its clients do.
    ~StatusEndpoint();
    StatusEndpoint(const StatusEndpoint&) = delete;
    StatusEndpoint& operator=(const StatusEndpoint&) = delete;

    int port() const noexcept;

  private:
    class Server;
    std::unique_ptr<Server> server_;
};

}  // namespace telephony::sidecar
