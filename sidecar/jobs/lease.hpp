// How long a job is ours for certain, counted on our own clock.
#pragma once

#include <algorithm>

#include "base/clock.hpp"

namespace telephony::sidecar {

/// Counted from before the claim or renewal was sent, so that it ends no later than the database's. Past it
/// another sidecar may hold the job, and nothing more is done for it at Twilio.
class Lease {
  public:
    Lease(Deadline asked_at, Duration length) : length_(length), ends_(asked_at + length) {}

    /// The database granted what was asked for at `asked_at`. Answers that come in the wrong order do not
    /// shorten it.
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
