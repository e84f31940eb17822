// What a verification asks, and whom it tells.
#include "credentials/verifications.hpp"

#include "base/logging.hpp"
#include "contract/contract.hpp"
#include "credentials/gate.hpp"
#include "credentials/open.hpp"

namespace telephony::sidecar {
namespace {

constexpr int most_at_once = 16;
constexpr Duration shortest_interval = std::chrono::milliseconds(250);

}  // namespace

CredentialVerifications::CredentialVerifications(EventLoop& loop, Contract& contract,
                                                 OpenCredentials& credentials, const TwilioSettings& twilio,
                                                 Duration database_timeout)
    : ClaimRounds(loop, most_at_once, shortest_interval),
      contract_(contract),
      credentials_(credentials),
      twilio_(twilio),
      database_timeout_(database_timeout) {}

Task<std::vector<SealedCredentials>> CredentialVerifications::claim(int capacity) {
    // A verification takes two requests at most; after the lease another sidecar may try.
    const Duration lease = 3 * twilio_.longest_request_life();
    const CallLimits limits{after(database_timeout_), std::nullopt};
    ContractAnswer<std::vector<SealedCredentials>> due =
        co_await contract_.claim_credential_checks(capacity, lease, limits);
    if (due.outcome != CallOutcome::ok)
        log::warning("cannot look for credentials to verify", {{"reason", due.message}});
    co_return std::move(due.value);
}

Task<void> CredentialVerifications::carry_out(const SealedCredentials& row) {
    const std::shared_ptr<CredentialGate> gate = credentials_.of(row);
    const CredentialVerdict verdict = co_await gate->verify();
    const CallLimits limits{after(database_timeout_), std::nullopt};
    const ContractAnswer<bool> reported =
        co_await contract_.report_credential(row.org_id, row.generation, verdict, limits);
    if (reported.outcome != CallOutcome::ok)
        log::warning("cannot report a verification of credentials",
                     {{"org", row.org_id}, {"reason", reported.message}});
}

void CredentialVerifications::failed(const SealedCredentials& row, const std::exception& problem) {
    log::error("error in a verification of credentials", {{"org", row.org_id}, {"reason", problem.what()}});
}

}  // namespace telephony::sidecar
