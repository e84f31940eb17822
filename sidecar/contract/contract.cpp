// The way of every call, and those that belong to no area.
#include "contract/contract.hpp"

#include "base/metrics.hpp"
#include "contract/rows.hpp"

namespace telephony::sidecar {

Task<CallReply> Contract::call(const Statement& statement, const CallLimits& limits) {
    const Deadline begun = Clock::now();
    CallReply reply = co_await database_.call(statement, limits);
    metrics_.database_call(Clock::now() - begun, reply.outcome == CallOutcome::ok);
    co_return reply;
}

Task<ContractAnswer<bool>> Contract::truth_of(const Statement& statement, const CallLimits& limits) {
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<bool>(reply);
    if (reply.outcome == CallOutcome::ok) answer.value = rows::only_value(reply) == "t";
    co_return answer;
}

Task<ContractAnswer<std::vector<SelfCheckRow>>> Contract::run_self_check(const CallLimits& limits) {
    const Statement statement{
        "SELECT pg_catalog.row_to_json(c)::text FROM telephony_internal.run_self_check() AS c", {}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<std::vector<SelfCheckRow>>(reply);
    for (const auto& row : reply.values) {
        answer.value.push_back(rows::read_row(row.value_or(""), [](const nlohmann::json& r) {
            return SelfCheckRow{rows::text_of(r, "check"), rows::flag_of(r, "ok"),
                                rows::text_of(r, "detail")};
        }));
    }
    co_return answer;
}

Task<ContractAnswer<std::string>> Contract::resume(const std::string& installation,
                                                   const CallLimits& limits) {
    const Statement statement{"SELECT telephony_internal.resume($1::uuid)", {installation}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<std::string>(reply);
    if (reply.outcome == CallOutcome::ok) answer.value = rows::only_value(reply);
    co_return answer;
}

}  // namespace telephony::sidecar
