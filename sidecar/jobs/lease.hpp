// How long this process certainly has the job, on its own clock.
#pragma once

#include <algorithm>

#include "base/clock.hpp"

namespace telephony::sidecar {

/// Counted from before the claim or renewal was sent, so that it ends no later than the database's. After its
/// end another sidecar may have the job, and no request for it is sent to Twilio.
class Lease {
  public:
    Lease(Deadline asked_at, Duration length) : length_(length), ends_(asked_at + length) {}

    /// The database granted a renewal that was sent at `asked_at`. Answers out of order do not shorten the
    /// lease.
    void renewed(Deadline asked_at) { ends_ = std::max(ends_, asked_at + length_); }

    Deadline ends() const noexcept { return ends_; }
    Duration remaining() const { return ends_ - Clock::now(); }
    /// Less than two thirds are left.
    bool due_for_renewal() const { return remaining() < length_ * 2 / 3; }

  private:
    Duration length_;
    Deadline ends_;
};

}  // namespace telephony::sidecar
