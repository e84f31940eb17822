// Lists the accounts, compares, mends, tells.
#include "reconcile/sweep.hpp"

#include "base/alert.hpp"
#include "base/logging.hpp"
#include "base/metrics.hpp"
#include "contract/contract.hpp"
#include "credentials/open.hpp"
#include "reconcile/comparison.hpp"

namespace telephony::sidecar {
namespace {

void alert(const ReconcileRow& row, const AccountToOpen& account, Metrics& metrics) {
    metrics.alert(Alert::number_differs, "a number is not as the database has it, an operator must look",
                  {{"verdict", name_of(row.verdict)},
                   {"account", account.sid},
                   {"number", numbering::mask(row.number)},
                   {"sid", row.number_sid},
                   {"org", row.org_id},
                   {"reason", row.detail}});
}

Task<void> sweep_account(const AccountToOpen& account, const SweepSettings& settings, Contract& contract,
                         OpenCredentials& credentials, Metrics& metrics, SweepResult& result) {
    std::string reasons;
    const std::shared_ptr<CredentialGate> gate = co_await open_account(credentials, account, reasons);
    if (!gate) {
        ++result.not_compared;
        log::warning("account not swept", {{"account", account.sid}, {"reason", reasons}});
        co_return;
    }
    const CredentialGate::Slot slot = co_await gate->take_slot();
    const AccountComparison comparison = co_await compare_account(*gate, contract, settings.database_timeout);
    if (!comparison.problem.empty()) {
        ++result.not_compared;
        log::warning("account not swept", {{"account", account.sid}, {"reason", comparison.problem}});
        co_return;
    }
    const std::vector<std::string> mended =
        co_await repair_account(comparison, *gate, contract, settings.database_timeout);
    for (const std::string& sentence : mended)
        log::warning("sweep", {{"account", account.sid}, {"done", sentence}});
    for (const ReconcileRow& row : comparison.rows) {
        if (!is_difference(row.verdict) || is_repairable(row.verdict)) continue;
        ++result.differences;
        alert(row, account, metrics);
    }
}

}  // namespace

Task<SweepResult> sweep_accounts(const SweepSettings& settings, Contract& contract,
                                 OpenCredentials& credentials, Metrics& metrics) {
    SweepResult result;
    const CallLimits limits{after(settings.database_timeout), std::nullopt};
    ContractAnswer<std::vector<SealedCredentials>> listed = co_await contract.list_credentials(limits);
    if (listed.outcome != CallOutcome::ok) {
        result.problem = "database: " + listed.message;
        co_return result;
    }
    const std::string platform = credentials.platform_sid();
    const std::vector<AccountToOpen> accounts = accounts_to_open(std::move(listed.value), platform);
    result.accounts = static_cast<int>(accounts.size());
    for (const AccountToOpen& account : accounts) {
        if (!settings.may_go_on()) co_return result;
        co_await sweep_account(account, settings, contract, credentials, metrics, result);
    }
    result.complete = true;
    co_return result;
}

}  // namespace telephony::sidecar
