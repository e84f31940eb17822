// Anyone who has the public key can seal a box, so that its content must agree with the row.
#include "credentials/sealed.hpp"

namespace telephony::sidecar {
namespace {

constexpr std::chrono::hours longest_way{24};
constexpr std::chrono::minutes clock_difference{5};

std::string unopened(credential::BoxProblem problem) {
    std::string reason =
        "the sealed credentials cannot be read: " + std::string(credential::describe(problem));
    reason.pop_back();  // the full stop
    return reason;
}

}  // namespace

std::optional<credential::Credential> unseal_credentials(const SealedCredentials& row,
                                                         std::span<const credential::SecretKey> keys,
                                                         BoxRefusal& refusal) {
    constexpr const char* hand_in = ". Hand them in again with set_twilio_credentials()";
    credential::Credential credential;
    const credential::BoxProblem problem = credential::open(row.box, keys, credential);
    refusal = BoxRefusal{};
    if (problem == credential::BoxProblem::other_key) {
        refusal.key_is_missing = true;
        refusal.reason = "the credentials were sealed for a key that telephonyd does not have (" +
                         row.key_id + "): its operator is told";
        return std::nullopt;
    }
    if (problem != credential::BoxProblem::none) {
        refusal.reason = unopened(problem) + hand_in;
        return std::nullopt;
    }
    const Timestamp issued_at{std::chrono::seconds(credential.issued_at)};
    if (credential.org != row.org_id)
        refusal.reason = "the sealed credentials belong to another organization";
    else if (credential.account_sid != row.account_sid)
        refusal.reason = "the sealed credentials are of another Twilio account";
    else if (issued_at < row.set_at - longest_way)
        refusal.reason = "the credentials were sealed more than 24 hours before they were handed in";
    else if (issued_at > row.set_at + clock_difference)
        refusal.reason = "the credentials were sealed after they were handed in, by the sealing clock";
    if (refusal.reason.empty()) return credential;
    refusal.reason += hand_in;
    return std::nullopt;
}

}  // namespace telephony::sidecar
