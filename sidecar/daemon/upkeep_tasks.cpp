// Each does its work once and says how it ended.
#include "daemon/upkeep_tasks.hpp"

#include <nlohmann/json.hpp>

#include "base/alert.hpp"
#include "base/logging.hpp"
#include "base/masking.hpp"
#include "base/metrics.hpp"
#include "contract/contract.hpp"
#include "credentials/open.hpp"
#include "reconcile/sweep.hpp"

namespace telephony::sidecar {
namespace {

using nlohmann::json;

UpkeepEnd done(const json& result) {
    return {UpkeepOutcome::done, "", result.dump()};
}

UpkeepEnd failed(const std::string& problem) {
    return {UpkeepOutcome::failed, masked_excerpt(problem), ""};
}

}  // namespace

UpkeepTasks::UpkeepTasks(Contract& contract, OpenCredentials& credentials, Metrics& metrics,
                         Duration database_timeout)
    : contract_(contract),
      credentials_(credentials),
      metrics_(metrics),
      database_timeout_(database_timeout) {}

std::vector<UpkeepTask> UpkeepTasks::all() {
    return {
        {"fold_counts", [this](const MayGoOn& may_go_on) { return fold_country_counts(may_go_on); }, {}},
        {"forget_searches", [this](const MayGoOn& may_go_on) { return forget_searches(may_go_on); }, {}},
        {"lapse_caller_ids", [this](const MayGoOn&) { return lapse_caller_ids(); }, {}},
        {"self_check", [this](const MayGoOn&) { return check_database(); },
         [this](const std::string& result) { show_self_check(result); }},
        {"sweep_accounts", [this](const MayGoOn& may_go_on) { return sweep(may_go_on); }, {}},
    };
}

// A call folds a bounded number of changes: a database that nobody kept up for a month is caught up with in
// steps.
Task<UpkeepEnd> UpkeepTasks::fold_country_counts(const MayGoOn& may_go_on) {
    std::int64_t folded = 0;
    for (;;) {
        const CallLimits limits{after(database_timeout_), std::nullopt};
        const ContractAnswer<std::int64_t> step = co_await contract_.fold_country_counts(limits);
        if (step.outcome != CallOutcome::ok) co_return failed(step.message);
        folded += step.value;
        if (step.value == 0 || !may_go_on()) break;
    }
    co_return done({{"folded", folded}});
}

Task<UpkeepEnd> UpkeepTasks::forget_searches(const MayGoOn& may_go_on) {
    std::int64_t forgotten = 0;
    for (;;) {
        const CallLimits limits{after(database_timeout_), std::nullopt};
        const ContractAnswer<std::int64_t> step = co_await contract_.forget_searches(limits);
        if (step.outcome != CallOutcome::ok) co_return failed(step.message);
        forgotten += step.value;
        if (step.value == 0 || !may_go_on()) break;
    }
    co_return done({{"forgotten", forgotten}});
}

Task<UpkeepEnd> UpkeepTasks::lapse_caller_ids() {
    const CallLimits limits{after(database_timeout_), std::nullopt};
    const ContractAnswer<std::int64_t> lapsed = co_await contract_.lapse_caller_ids(limits);
    if (lapsed.outcome != CallOutcome::ok) co_return failed(lapsed.message);
    co_return done({{"lapsed", lapsed.value}});
}

Task<UpkeepEnd> UpkeepTasks::check_database() {
    const CallLimits limits{after(database_timeout_), std::nullopt};
    const ContractAnswer<std::vector<SelfCheckRow>> rows = co_await contract_.run_self_check(limits);
    if (rows.outcome != CallOutcome::ok) co_return failed(rows.message);
    int wrong = 0;
    for (const SelfCheckRow& row : rows.value) {
        if (row.ok) continue;
        ++wrong;
        metrics_.alert(Alert::self_check, "a check of the database failed",
                       {{"check", row.check}, {"reason", masked_excerpt(row.detail)}});
    }
    log::info("database checked", {{"checks", rows.value.size()}, {"failed", wrong}});
    co_return done({{"checks", rows.value.size()}, {"failed", wrong}});
}

void UpkeepTasks::show_self_check(const std::string& result) {
    const json row = json::parse(result);
    metrics_.self_checked(row.at("checks").get<int>(), row.at("failed").get<int>());
}

Task<UpkeepEnd> UpkeepTasks::sweep(const MayGoOn& may_go_on) {
    const SweepSettings settings{database_timeout_, may_go_on};
    const SweepResult swept = co_await sweep_accounts(settings, contract_, credentials_, metrics_);
    if (!swept.problem.empty()) co_return failed(swept.problem);
    if (!swept.complete) co_return UpkeepEnd{UpkeepOutcome::interrupted, "", ""};
    log::info("swept", {{"accounts", swept.accounts},
                        {"not_compared", swept.not_compared},
                        {"differences", swept.differences}});
    co_return done({{"accounts", swept.accounts},
                    {"not_compared", swept.not_compared},
                    {"differences", swept.differences}});
}

}  // namespace telephony::sidecar
