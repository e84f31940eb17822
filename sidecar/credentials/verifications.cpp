// One coroutine claims; each verification has its own.
#include "credentials/verifications.hpp"

#include "base/logging.hpp"
#include "contract/contract.hpp"
#include "credentials/gate.hpp"
#include "credentials/open.hpp"

namespace telephony::sidecar {
namespace {

constexpr int most_at_once = 16;
// Every notification of a job leads here.
constexpr Duration shortest_interval = std::chrono::milliseconds(250);

}  // namespace

CredentialVerifications::CredentialVerifications(EventLoop& loop, Contract& contract,
                                                 OpenCredentials& credentials, const TwilioSettings& twilio,
                                                 Duration database_timeout)
    : loop_(loop),
      contract_(contract),
      credentials_(credentials),
      twilio_(twilio),
      database_timeout_(database_timeout),
      wakeup_(loop) {}

Task<void> CredentialVerifications::run() {
    for (;;) {
        co_await wakeup_.wait_until(no_deadline);
        if (stopped_) co_return;
        co_await claim();
        co_await loop_.sleep_until(after(shortest_interval));
    }
}

Task<void> CredentialVerifications::claim() {
    const int capacity = most_at_once - under_way_;
    more_due_ = capacity <= 0;
    if (more_due_) co_return;
    // A verification takes two requests at most; after the lease another sidecar may try.
    const Duration lease = 3 * twilio_.longest_request_life();
    const CallLimits limits{after(database_timeout_), std::nullopt};
    ContractAnswer<std::vector<SealedCredentials>> due =
        co_await contract_.claim_credential_checks(capacity, lease, limits);
    if (due.outcome != CallOutcome::ok)
        log::warning("cannot look for credentials to verify", {{"reason", due.message}});
    more_due_ = static_cast<int>(due.value.size()) == capacity;
    for (SealedCredentials& row : due.value) loop_.spawn(verify(std::move(row)));
    if (more_due_) wakeup_.raise();
}

Task<void> CredentialVerifications::verify(SealedCredentials row) {
    ++under_way_;
    try {
        co_await verify_one(row);
    } catch (const std::exception& problem) {
        log::error("error in a verification of credentials",
                   {{"org", row.org_id}, {"reason", problem.what()}});
    }
    --under_way_;
    if (more_due_) wakeup_.raise();
}

Task<void> CredentialVerifications::verify_one(const SealedCredentials& row) {
    const std::shared_ptr<CredentialGate> gate = credentials_.of(row);
    const CredentialVerdict verdict = co_await gate->verify();
    const CallLimits limits{after(database_timeout_), std::nullopt};
    const ContractAnswer<bool> reported =
        co_await contract_.report_credential(row.org_id, row.generation, verdict, limits);
    if (reported.outcome != CallOutcome::ok)
        log::warning("cannot report a verification of credentials",
                     {{"org", row.org_id}, {"reason", reported.message}});
}

}  // namespace telephony::sidecar
