// The first check comes soon after the start.
#include "daemon/self_check.hpp"

#include "base/alert.hpp"
#include "base/backoff.hpp"
#include "base/logging.hpp"
#include "base/masking.hpp"
#include "base/metrics.hpp"
#include "contract/contract.hpp"

namespace telephony::sidecar {
namespace {

constexpr Duration interval = std::chrono::hours(1);
// Jobs come first.
constexpr Duration first_delay = std::chrono::seconds(10);

}  // namespace

Task<void> SelfCheck::run() {
    for (Duration wait = first_delay;; wait = random_between(interval * 3 / 4, interval * 5 / 4)) {
        co_await loop_.sleep_until(after(wait));
        try {
            if (metrics_.health.may_work()) co_await check();
        } catch (const ContractBroken& problem) {
            log::error("cannot check the database", {{"reason", problem.what()}});
        }
    }
}

Task<void> SelfCheck::check() {
    const CallLimits limits{after(database_timeout_), std::nullopt};
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
