// Tries organizations' new credentials at Twilio as soon as they are handed in, and refused ones again after
// a long pause.
#pragma once

#include "contract/credentials.hpp"
#include "credentials/open.hpp"
#include "io/event_loop.hpp"

namespace telephony::sidecar {

class Contract;

/// Claims the checks that are due, some at a time, and reports what Twilio says of each.
class CredentialVerifications {
  public:
    CredentialVerifications(EventLoop& loop, Contract& contract, OpenCredentials& credentials,
                            const TwilioSettings& twilio, Duration database_timeout);
    CredentialVerifications(const CredentialVerifications&) = delete;
    CredentialVerifications& operator=(const CredentialVerifications&) = delete;

    /// Until the loop ends.
    Task<void> run();
    /// Looks for checks that are due, at once, or soon after it last did.
    void look() { wakeup_.raise(); }
    /// Claims none from now on.
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
    bool more_due_ = false;  ///< the last claim was cut off
    bool stopped_ = false;
};

}  // namespace telephony::sidecar
