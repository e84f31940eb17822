// Claims of telephone calls, and reports.
#include "contract/calls.hpp"

#include "base/logging.hpp"
#include "contract/contract.hpp"
#include "contract/rows.hpp"

namespace telephony::sidecar {
namespace {

using nlohmann::json;

CallState state_of(const std::string& name) {
    for (std::size_t i = 0; i < call_state_count; ++i)
        if (call_state_names[i] == name) return static_cast<CallState>(i);
    throw ContractBroken("unknown state of a call " + name);
}

// The kinds of calls that this program places and looks at, as an array of SQL: it is given no others.
constexpr const char* all_kinds() {
    return "{caller_id,caller_id_check,caller_id_removal}";
}

}  // namespace

std::string_view name_of(CallState state) {
    return call_state_names.at(static_cast<std::size_t>(state));
}
std::string_view name_of(CallEvent event) {
    return call_event_names.at(static_cast<std::size_t>(event));
}

ClaimedCall parse_claimed_call(const std::string& text) {
    return rows::read_row(text, [](const json& row) {
        ClaimedCall call;
        call.org_id = rows::text_of(row, "org_id");
        call.call_id = rows::text_of(row, "call_id");
        call.kind = rows::text_of(row, "kind");
        call.state = state_of(rows::text_of(row, "state"));
        call.token = row.at("token").get<std::int64_t>();
        call.tag = rows::text_of(row, "tag");
        call.number = rows::number_of(rows::text_of(row, "number"));
        call.account_sid = rows::text_of(row, "account_sid");
        call.caller_id_sid = rows::text_of(row, "caller_id_sid");
        call.call_sid = rows::text_of(row, "call_sid");
        call.intent_at = rows::time_of(row, "intent_at");
        call.overdue = rows::flag_of(row, "overdue");
        if (const json& credential = row.at("credential"); !credential.is_null())
            call.credentials = rows::sealed_credentials_of(credential);
        return call;
    });
}

CallStanding parse_call_standing(const std::string& text) {
    return rows::read_row(text, [](const json& row) {
        CallStanding standing;
        standing.state = state_of(rows::text_of(row, "state"));
        standing.lease_kept = rows::flag_of(row, "lease_kept");
        if (const json& retry = row.at("retry_seconds"); !retry.is_null())
            standing.retry = from_seconds(retry.get<double>());
        return standing;
    });
}

Task<ContractAnswer<std::vector<ClaimedCall>>> Contract::claim_calls(const std::string& worker, int max_calls,
                                                                     Duration lease,
                                                                     const CallLimits& limits) {
    const Statement statement{
        "SELECT pg_catalog.row_to_json(c)::text FROM telephony_internal.claim_calls($1, $2::int, $3::int, "
        "$4::text[]) AS c",
        {worker, std::to_string(max_calls), rows::whole_seconds(lease), all_kinds()}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<std::vector<ClaimedCall>>(reply);
    for (const auto& row : reply.values) {
        try {
            answer.value.push_back(parse_claimed_call(row.value_or("")));
            answer.value.back().lease_ends = reply.sent_at + lease;
        } catch (const ContractBroken& problem) {
            // One that cannot be read must not keep the others waiting; its lease runs out.
            log::error("claimed a call that cannot be read", {{"reason", problem.what()}});
        }
    }
    co_return answer;
}

Task<ContractAnswer<CallStanding>> Contract::advance_call(const ClaimedCall& of, CallEvent event,
                                                          const json& data, const CallLimits& limits) {
    const Statement statement{
        "SELECT pg_catalog.row_to_json(telephony_internal.advance_call($1::uuid, $2::uuid, $3::bigint, $4, "
        "$5::jsonb))::text",
        {of.org_id, of.call_id, std::to_string(of.token), std::string(name_of(event)),
         rows::json_text(data)}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<CallStanding>(reply);
    if (reply.outcome == CallOutcome::ok) answer.value = parse_call_standing(rows::only_value(reply));
    co_return answer;
}

Task<ContractAnswer<std::int64_t>> Contract::lapse_caller_ids(const CallLimits& limits) {
    const Statement statement{"SELECT telephony_internal.lapse_caller_ids()", {}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<std::int64_t>(reply);
    if (reply.outcome == CallOutcome::ok) answer.value = std::stoll(rows::only_value(reply));
    co_return answer;
}

}  // namespace telephony::sidecar
