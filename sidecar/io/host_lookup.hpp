// Looks the database's host names up in a thread: libpq itself would block the loop while it waits for DNS.
#pragma once

#include <memory>
#include <string>

#include "io/event_loop.hpp"
#include "io/task.hpp"

namespace telephony::sidecar {

class HostLookup {
  public:
    /// The hosts named in `conninfo`, or by PGHOST where it names none. Names in a service
    /// file are looked up by libpq.
    HostLookup(EventLoop& loop, const std::string& conninfo);
    ~HostLookup();

    /// False if a name has no address, or none was known by `due`; see problem(). Completes at once if no
    /// name must be looked up: a socket directory, an address, or a conninfo with hostaddr.
    Task<bool> run(Deadline due);
    /// For libpq's host, hostaddr and port: lists of equal length, one entry for every address of every host;
    /// null if no name had to be looked up.
    const char* hosts() const;
    const char* addresses() const;
    const char* ports() const;
    const std::string& problem() const noexcept { return problem_; }

  private:
    struct Shared;
    static void start_thread(const std::shared_ptr<Shared>& shared);

    EventLoop& loop_;
    std::shared_ptr<Shared> shared_;
    bool found_ = false;
    std::string problem_;
};

}  // namespace telephony::sidecar
