// Two loops that wait, look, and tell.
#include "daemon/upkeep.hpp"

#include "base/backoff.hpp"
#include "base/masking.hpp"

namespace telephony::sidecar {
namespace {

constexpr Duration check_interval = std::chrono::hours(1);
// After a start several sidecars come up together, and jobs come first.
constexpr Duration first_check_delay = std::chrono::seconds(10);

}  // namespace

Upkeep::Upkeep(EventLoop& loop, Contract& contract, OpenCredentials& credentials, Metrics& metrics,
               const Configuration& configuration)
    : loop_(loop),
      contract_(contract),
      credentials_(credentials),
      metrics_(metrics),
      configuration_(configuration) {}

bool Upkeep::may_work() const {
    const Health& health = metrics_.health;
    return health.database_ready && !health.recovery_mode && !health.draining;
}

Task<void> Upkeep::sweep_accounts() {
    const Duration interval = configuration_.sweep_interval;
    if (interval == Duration::zero()) co_return;
    for (Duration wait = random_between(interval / 4, interval);;
         wait = random_between(interval * 3 / 4, interval * 5 / 4)) {
        co_await loop_.sleep_until(after(wait));
        try {
            if (may_work()) co_await sweep();
        } catch (const ContractBroken& problem) {
            log::error("cannot sweep", {{"reason", problem.what()}});
        }
    }
}

Task<void> Upkeep::sweep() {
    const CallLimits limits{after(configuration_.database_timeout), std::nullopt};
    ContractAnswer<std::vector<SealedCredentials>> rows = co_await contract_.list_credentials(limits);
    if (rows.outcome != CallOutcome::ok) {
        log::warning("cannot sweep", {{"reason", rows.message}});
        co_return;
    }
    const std::string platform = credentials_.platform_sid();
    const std::vector<AccountToOpen> accounts = accounts_to_open(std::move(rows.value), platform);
    for (const AccountToOpen& account : accounts)
        if (may_work()) co_await sweep_account(account);
    log::info("swept", {{"accounts", accounts.size()}});
    metrics_.swept();
}

Task<void> Upkeep::sweep_account(const AccountToOpen& account) {
    std::string reasons;
    const std::shared_ptr<CredentialGate> open = co_await open_account(credentials_, account, reasons);
    if (!open) {
        log::warning("account not swept", {{"account", account.sid}, {"reason", reasons}});
        co_return;
    }
    const CredentialGate::Slot slot = co_await open->take_slot();
    const Duration timeout = configuration_.database_timeout;
    const AccountComparison comparison = co_await compare_account(*open, contract_, timeout);
    if (!comparison.problem.empty()) {
        log::warning("account not swept", {{"account", account.sid}, {"reason", comparison.problem}});
        co_return;
    }
    const std::vector<std::string> mended =
        co_await repair_account(comparison, *open, contract_, configuration_.installation, timeout);
    for (const std::string& sentence : mended)
        log::warning("sweep", {{"account", account.sid}, {"done", sentence}});
    for (const ReconcileRow& row : comparison.rows) {
        if (!is_difference(row) || row.verdict == "orphan" || row.verdict == "retag") continue;
        metrics_.alert(Alert::number_differs, "a number is not as the database has it, a person must look",
                       {{"verdict", row.verdict},
                        {"account", account.sid},
                        {"number", numbering::mask(row.number)},
                        {"sid", row.number_sid},
                        {"org", row.org_id},
                        {"reason", row.detail}});
    }
}

Task<void> Upkeep::check_database() {
    for (Duration wait = first_check_delay;;
         wait = random_between(check_interval * 3 / 4, check_interval * 5 / 4)) {
        co_await loop_.sleep_until(after(wait));
        try {
            if (may_work()) co_await check();
        } catch (const ContractBroken& problem) {
            log::error("cannot check the database", {{"reason", problem.what()}});
        }
    }
}

Task<void> Upkeep::check() {
    const CallLimits limits{after(configuration_.database_timeout), std::nullopt};
    const ContractAnswer<std::vector<SelfCheckRow>> rows = co_await contract_.run_self_check(limits);
    if (rows.outcome != CallOutcome::ok) {
        log::warning("cannot check the database", {{"reason", rows.message}});
        co_return;
    }
    int failed = 0;
    for (const SelfCheckRow& row : rows.value) {
        if (row.ok) continue;
        ++failed;
        metrics_.alert(Alert::self_check, "a check of the database failed",
                       {{"check", row.check}, {"reason", mask_numbers(row.detail)}});
    }
    metrics_.self_checked(static_cast<int>(rows.value.size()), failed);
    log::info("database checked", {{"checks", rows.value.size()}, {"failed", failed}});
}

}  // namespace telephony::sidecar
