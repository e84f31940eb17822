// The tasks of upkeep. One more is one more row of telephony_internal.upkeep and one more entry of all().
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "contract/upkeep.hpp"
#include "daemon/upkeep.hpp"

namespace telephony::sidecar {

class Contract;
class Metrics;
class OpenCredentials;

class UpkeepTasks {
  public:
    UpkeepTasks(Contract& contract, OpenCredentials& credentials, Metrics& metrics,
                Duration database_timeout);
    UpkeepTasks(const UpkeepTasks&) = delete;
    UpkeepTasks& operator=(const UpkeepTasks&) = delete;

    /// What they refer to is this object.
    std::vector<UpkeepTask> all();

  private:
    using MayGoOn = std::function<bool()>;

    Task<UpkeepEnd> fold_country_counts(const MayGoOn& may_go_on);
    Task<UpkeepEnd> forget_searches(const MayGoOn& may_go_on);
    Task<UpkeepEnd> lapse_caller_ids();
    Task<UpkeepEnd> check_database();
    Task<UpkeepEnd> sweep(const MayGoOn& may_go_on);
    void show_self_check(const std::string& result);

    Contract& contract_;
    OpenCredentials& credentials_;
    Metrics& metrics_;
    const Duration database_timeout_;
};

}  // namespace telephony::sidecar
