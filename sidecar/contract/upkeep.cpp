// Taking, keeping and ending upkeep, and the tasks that are one call.
#include "contract/upkeep.hpp"

#include "contract/contract.hpp"
#include "contract/rows.hpp"

namespace telephony::sidecar {
namespace {

using nlohmann::json;

// Task names are ours: lower case and underscores.
std::string array_of(const std::vector<std::string>& tasks) {
    std::string array = "{";
    for (const std::string& task : tasks) array.append(array.size() > 1 ? "," : "").append(task);
    return array + "}";
}

UpkeepStanding standing_of(const json& row) {
    UpkeepStanding standing;
    standing.task = rows::text_of(row, "task");
    if (const json& token = row.at("token"); !token.is_null()) standing.token = token.get<std::int64_t>();
    standing.wait = from_seconds(row.at("wait_seconds").get<double>());
    standing.late = from_seconds(row.at("late_seconds").get<double>());
    standing.failures = row.at("failures").get<int>();
    standing.overdue = rows::flag_of(row, "overdue");
    if (const json& result = row.at("result"); !result.is_null()) standing.result = rows::json_text(result);
    return standing;
}

}  // namespace

std::string_view name_of(UpkeepOutcome outcome) {
    switch (outcome) {
        case UpkeepOutcome::done:
            return "done";
        case UpkeepOutcome::failed:
            return "failed";
        case UpkeepOutcome::interrupted:
            break;
    }
    return "interrupted";
}

Task<ContractAnswer<std::vector<UpkeepStanding>>> Contract::take_upkeep(const std::string& worker,
                                                                        const std::vector<std::string>& tasks,
                                                                        Duration lease,
                                                                        const CallLimits& limits) {
    const Statement statement{
        "SELECT pg_catalog.row_to_json(u)::text FROM telephony_internal.take_upkeep($1, $2::text[], "
        "$3::int) AS u",
        {worker, array_of(tasks), rows::whole_seconds(lease)}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<std::vector<UpkeepStanding>>(reply);
    for (const auto& row : reply.values)
        answer.value.push_back(rows::read_row(row.value_or(""), standing_of));
    co_return answer;
}

Task<ContractAnswer<bool>> Contract::renew_upkeep(const UpkeepLease& held, Duration lease,
                                                  const CallLimits& limits) {
    const Statement statement{"SELECT telephony_internal.renew_upkeep($1, $2::bigint, $3::int)",
                              {held.task, std::to_string(held.token), rows::whole_seconds(lease)}};
    auto answer = co_await truth_of(statement, limits);
    co_return answer;
}

Task<ContractAnswer<std::optional<Duration>>> Contract::finish_upkeep(const UpkeepLease& held,
                                                                      const UpkeepEnd& end,
                                                                      const CallLimits& limits) {
    const Statement statement{"SELECT telephony_internal.finish_upkeep($1, $2::bigint, $3, $4, $5::jsonb)",
                              {held.task, std::to_string(held.token), std::string(name_of(end.outcome)),
                               rows::value_or_null(end.problem), rows::value_or_null(end.result)}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<std::optional<Duration>>(reply);
    if (reply.outcome == CallOutcome::ok && !reply.values.empty() && reply.values.front())
        answer.value = from_seconds(std::stod(*reply.values.front()));
    co_return answer;
}

Task<ContractAnswer<std::int64_t>> Contract::fold_country_counts(const CallLimits& limits) {
    const Statement statement{"SELECT telephony_internal.fold_country_counts()", {}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<std::int64_t>(reply);
    if (reply.outcome == CallOutcome::ok) answer.value = std::stoll(rows::only_value(reply));
    co_return answer;
}

}  // namespace telephony::sidecar
