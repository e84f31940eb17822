// Looks for numbers on behalf of organizations that have not decided yet: claims searches, asks Twilio, and
// reports what is offered. Nothing is bought or held.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "contract/searches.hpp"
#include "io/claim_rounds.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {

class Contract;
class CredentialGate;
class OpenCredentials;
struct TwilioSettings;

class NumberSearches : public ClaimRounds<ClaimedSearch> {
  public:
    NumberSearches(EventLoop& loop, Contract& contract, OpenCredentials& credentials,
                   const TwilioSettings& twilio, Duration database_timeout);

    /// Called when one was put off until then.
    std::function<void(Deadline)> expect_work;

  private:
    struct KnownPrices {
        NumberPrices prices;
        Deadline until;
    };

    Task<std::vector<ClaimedSearch>> claim(int capacity) override;
    Task<void> carry_out(const ClaimedSearch& search) override;
    void failed(const ClaimedSearch& search, const std::exception& problem) override;
    Task<SearchEnd> look_for(const ClaimedSearch& search, CredentialGate& gate);
    Task<NumberPrices> prices_of(CredentialGate& gate, const std::string& country);

    Contract& contract_;
    OpenCredentials& credentials_;
    const TwilioSettings& twilio_;
    const Duration database_timeout_;
    /// By account and country: what Twilio asks may differ from account to account.
    std::map<std::pair<std::string, std::string>, KnownPrices> prices_;
};

}  // namespace telephony::sidecar
