// The first sweep begins a quarter to a whole interval after the start, so that sidecars that start together
// do not sweep together.
#include "reconcile/sweep.hpp"

#include "base/alert.hpp"
#include "base/backoff.hpp"
#include "base/logging.hpp"
#include "base/metrics.hpp"
#include "contract/contract.hpp"
#include "credentials/open.hpp"
#include "reconcile/comparison.hpp"

namespace telephony::sidecar {

Sweep::Sweep(EventLoop& loop, Contract& contract, OpenCredentials& credentials, Metrics& metrics,
             SweepSettings settings)
    : loop_(loop),
      contract_(contract),
      credentials_(credentials),
      metrics_(metrics),
      settings_(std::move(settings)) {}

Task<void> Sweep::run() {
    const Duration interval = settings_.interval;
    if (interval == Duration::zero()) co_return;
    for (Duration wait = random_between(interval / 4, interval);;
         wait = random_between(interval * 3 / 4, interval * 5 / 4)) {
        co_await loop_.sleep_until(after(wait));
        try {
            if (metrics_.health.may_work()) co_await sweep();
        } catch (const ContractBroken& problem) {
            log::error("cannot sweep", {{"reason", problem.what()}});
        }
    }
}

Task<void> Sweep::sweep() {
    const CallLimits limits{after(settings_.database_timeout), std::nullopt};
    ContractAnswer<std::vector<SealedCredentials>> listed = co_await contract_.list_credentials(limits);
    if (listed.outcome != CallOutcome::ok) {
        log::warning("cannot sweep", {{"reason", listed.message}});
        co_return;
    }
    const std::vector<AccountToOpen> accounts =
        accounts_to_open(std::move(listed.value), credentials_.platform_sid());
    for (const AccountToOpen& account : accounts)
        if (metrics_.health.may_work()) co_await sweep_account(account);
    log::info("swept", {{"accounts", accounts.size()}});
    metrics_.swept();
}

Task<void> Sweep::sweep_account(const AccountToOpen& account) {
    std::string reasons;
    const std::shared_ptr<CredentialGate> gate = co_await open_account(credentials_, account, reasons);
    if (!gate) {
        log::warning("account not swept", {{"account", account.sid}, {"reason", reasons}});
        co_return;
    }
    const CredentialGate::Slot slot = co_await gate->take_slot();
    const AccountComparison comparison =
        co_await compare_account(*gate, contract_, settings_.database_timeout);
    if (!comparison.problem.empty()) {
        log::warning("account not swept", {{"account", account.sid}, {"reason", comparison.problem}});
        co_return;
    }
    const std::vector<std::string> mended = co_await repair_account(
        comparison, *gate, contract_, settings_.installation, settings_.database_timeout);
    for (const std::string& sentence : mended)
        log::warning("sweep", {{"account", account.sid}, {"done", sentence}});
    for (const ReconcileRow& row : comparison.rows) {
        if (!is_difference(row.verdict) || is_repairable(row.verdict)) continue;
        metrics_.alert(Alert::number_differs, "a number is not as the database has it, an operator must look",
                       {{"verdict", name_of(row.verdict)},
                        {"account", account.sid},
                        {"number", numbering::mask(row.number)},
                        {"sid", row.number_sid},
                        {"org", row.org_id},
                        {"reason", row.detail}});
    }
}

}  // namespace telephony::sidecar
