// Has Twilio call organizations' telephones to verify caller ids, and looks what came of it; looks whether
// those verified are still there, and deletes those of organizations that are erased.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "contract/calls.hpp"
#include "io/claim_rounds.hpp"
#include "twilio/answer.hpp"
#include "twilio/calls.hpp"

namespace telephony::sidecar {

class Contract;
class CredentialGate;
class Metrics;
class OpenCredentials;
struct TwilioSettings;

struct CallSettings {
    std::string worker;
    Duration database_timeout;
};

/// Why Twilio does not verify a number, in words of ours, and its code.
struct CallRefusal {
    std::string_view code;
    std::string reason;
};
CallRefusal refusal_of(const TwilioProblem& problem);

/// One request that places a call is sent in the life of a claimed call, and only after the database has said
/// that the intent is on disk. What was sent and not answered is looked for, and never sent again.
class CallerIdCalls : public ClaimRounds<ClaimedCall> {
  public:
    CallerIdCalls(EventLoop& loop, Contract& contract, OpenCredentials& credentials, Metrics& metrics,
                  const TwilioSettings& twilio, CallSettings settings);

    /// Called when one can be claimed again at that time.
    std::function<void(Deadline)> expect_work;

  private:
    Task<std::vector<ClaimedCall>> claim(int capacity) override;
    Task<void> carry_out(const ClaimedCall& call) override;
    void failed(const ClaimedCall& call, const std::exception& problem) override;

    Task<void> prepare(const ClaimedCall& call, CredentialGate& gate);
    Task<void> place(const ClaimedCall& call, CredentialGate& gate);
    Task<void> look_for_lost_call(const ClaimedCall& call, CredentialGate& gate);
    Task<void> watch(const ClaimedCall& call, CredentialGate& gate);
    Task<void> check(const ClaimedCall& call, CredentialGate& gate);
    Task<void> remove(const ClaimedCall& call, CredentialGate& gate);
    /// True if Twilio lists the number, which is reported, or the list could not be read, for which the call
    /// is put off.
    Task<bool> found_verified(const ClaimedCall& call, CredentialGate& gate);
    Task<void> end_call(const ClaimedCall& call, CredentialGate& gate, const std::string& sid);

    Task<void> put_off(const ClaimedCall& call, const CredentialGate& gate, const TwilioProblem& problem);
    Task<void> put_off(const ClaimedCall& call, std::string_view code, const std::string& reason,
                       Duration delay);
    Task<void> refuse(const ClaimedCall& call, const CallRefusal& refusal);
    /// Nullopt if the database does not have it, or it is not known whether it has.
    Task<std::optional<CallStanding>> report(const ClaimedCall& call, CallEvent event,
                                             const nlohmann::json& data);
    /// The last moment at which a request for the call may go out.
    Deadline send_by(const ClaimedCall& call) const;

    EventLoop& loop_;
    Contract& contract_;
    OpenCredentials& credentials_;
    Metrics& metrics_;
    const TwilioSettings& twilio_;
    const CallSettings settings_;
};

}  // namespace telephony::sidecar
