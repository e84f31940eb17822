// Looks for numbers on behalf of organizations that have not decided yet: claims searches, asks Twilio, and
// reports what is offered. Nothing is bought or held.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "contract/searches.hpp"
#include "io/event_loop.hpp"
#include "io/task.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {

class Contract;
class CredentialGate;
class OpenCredentials;
struct TwilioSettings;

class NumberSearches {
  public:
    NumberSearches(EventLoop& loop, Contract& contract, OpenCredentials& credentials,
                   const TwilioSettings& twilio, Duration database_timeout);
    NumberSearches(const NumberSearches&) = delete;
    NumberSearches& operator=(const NumberSearches&) = delete;

    /// Until the loop ends.
    Task<void> run();
    /// Looks for searches now.
    void look() { wakeup_.raise(); }
    /// No further claims.
    void stop() { stopped_ = true; }

    /// Called when one was put off until then.
    std::function<void(Deadline)> expect_work;

  private:
    struct KnownPrices {
        NumberPrices prices;
        Deadline until;
    };

    Task<void> claim();
    Task<void> search(ClaimedSearch search);
    Task<void> make(const ClaimedSearch& search);
    Task<SearchEnd> look_for(const ClaimedSearch& search, CredentialGate& gate);
    Task<NumberPrices> prices_of(CredentialGate& gate, const std::string& country);

    EventLoop& loop_;
    Contract& contract_;
    OpenCredentials& credentials_;
    const TwilioSettings& twilio_;
    const Duration database_timeout_;
    Wakeup wakeup_;
    /// By account and country: what Twilio asks may differ from account to account.
    std::map<std::pair<std::string, std::string>, KnownPrices> prices_;
    int under_way_ = 0;
    bool more_due_ = false;  ///< the last claim returned as many as it asked for
    bool stopped_ = false;
};

}  // namespace telephony::sidecar
