// Verifies organizations' credentials at Twilio as soon as they are handed in, and refused ones again after a
// long pause.
#pragma once

#include "contract/credentials.hpp"
#include "io/event_loop.hpp"
#include "io/task.hpp"

namespace telephony::sidecar {

class Contract;
class OpenCredentials;
struct TwilioSettings;

/// Claims due verifications, a few at a time, and reports the result of each.
class CredentialVerifications {
  public:
    CredentialVerifications(EventLoop& loop, Contract& contract, OpenCredentials& credentials,
                            const TwilioSettings& twilio, Duration database_timeout);
    CredentialVerifications(const CredentialVerifications&) = delete;
    CredentialVerifications& operator=(const CredentialVerifications&) = delete;

    /// Until the loop ends.
    Task<void> run();
    /// Looks for due verifications now, or a moment later if it has just looked.
    void look() { wakeup_.raise(); }
    /// No further claims.
    void stop() { stopped_ = true; }

  private:
    Task<void> claim();
    Task<void> verify(SealedCredentials row);
    Task<void> verify_one(const SealedCredentials& row);

    EventLoop& loop_;
    Contract& contract_;
    OpenCredentials& credentials_;
    const TwilioSettings& twilio_;
    const Duration database_timeout_;
    Wakeup wakeup_;
    int under_way_ = 0;
    bool more_due_ = false;  ///< the last claim returned as many as it asked for
    bool stopped_ = false;
};

}  // namespace telephony::sidecar
