// Verifies organizations' credentials at Twilio as soon as they are handed in, and refused ones again after a
// long pause.
#pragma once

#include "contract/credentials.hpp"
#include "io/claim_rounds.hpp"

namespace telephony::sidecar {

class Contract;
class OpenCredentials;
struct TwilioSettings;

/// Claims due verifications, a few at a time, and reports the result of each.
class CredentialVerifications : public ClaimRounds<SealedCredentials> {
  public:
    CredentialVerifications(EventLoop& loop, Contract& contract, OpenCredentials& credentials,
                            const TwilioSettings& twilio, Duration database_timeout);

  private:
    Task<std::vector<SealedCredentials>> claim(int capacity) override;
    Task<void> carry_out(const SealedCredentials& row) override;
    void failed(const SealedCredentials& row, const std::exception& problem) override;

    Contract& contract_;
    OpenCredentials& credentials_;
    const TwilioSettings& twilio_;
    const Duration database_timeout_;
};

}  // namespace telephony::sidecar
