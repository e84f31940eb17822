// Claims, leases and reports.
#include "contract/jobs.hpp"

#include "base/logging.hpp"
#include "contract/contract.hpp"
#include "contract/rows.hpp"
#include "contract/searches.hpp"

namespace telephony::sidecar {
namespace {

using nlohmann::json;

JobState state_of(const std::string& name) {
    const std::optional<JobState> state = job_state_of(name);
    if (!state) throw ContractBroken("unknown job state " + name);
    return *state;
}

JobKind kind_of(const std::string& name) {
    for (std::size_t i = 0; i < job_kind_names.size(); ++i)
        if (job_kind_names[i] == name) return static_cast<JobKind>(i);
    throw ContractBroken("unknown kind of job " + name);
}

// As an array of SQL.
std::string all_kinds() {
    std::string kinds;
    for (const std::string_view kind : job_kind_names) kinds.append(kinds.empty() ? "{" : ",").append(kind);
    return kinds + "}";
}

// A number like the one that was chosen, where nothing else was said of it: of the same area.
void read_wishes(const json& wishes, ClaimedJob& job) {
    job.filter = search_filter(wishes);
    const auto number = wishes.find("number");
    if (number == wishes.end()) return;
    job.wished = rows::number_of(number->get<std::string>());
    job.or_similar = wishes.contains("or_similar");
    const std::string digits = job.wished->str();
    if (job.filter.empty() && digits.starts_with("+1"))
        job.filter.emplace_back("AreaCode", digits.substr(2, 3));
}

}  // namespace

ClaimedJob parse_claimed_job(const std::string& text) {
    return rows::read_row(text, [](const json& row) {
        ClaimedJob job;
        job.job_id = rows::text_of(row, "job_id");
        job.org_id = rows::text_of(row, "org_id");
        job.kind = kind_of(rows::text_of(row, "kind"));
        job.state = state_of(rows::text_of(row, "state"));
        job.token = row.at("token").get<std::int64_t>();
        job.tag = rows::text_of(row, "tag");
        if (const json& kinds = row.at("buyable"); kinds.is_array()) job.kinds = number_kinds(kinds);
        read_wishes(row.at("wishes"), job);
        job.number_country = rows::text_of(row, "number_country");
        job.number_type = rows::text_of(row, "number_type");
        if (const std::string number = rows::text_of(row, "number"); !number.empty())
            job.number = rows::number_of(number);
        job.account_sid = rows::text_of(row, "account_sid");
        job.number_sid = rows::text_of(row, "number_sid");
        job.intent_at = rows::time_of(row, "intent_at");
        job.cancel_requested = rows::flag_of(row, "cancel_requested");
        job.resumed = rows::flag_of(row, "resumed");
        job.posts_sent = row.at("posts_sent").get<int>();
        job.may_resend = rows::flag_of(row, "may_resend");
        job.voice = rows::form_of(row, "voice");
        if (const json& credential = row.at("credential"); !credential.is_null())
            job.credentials = rows::sealed_credentials_of(credential);
        return job;
    });
}

JobStanding parse_job_standing(const std::string& text) {
    return rows::read_row(text, [](const json& row) {
        JobStanding standing;
        standing.state = state_of(rows::text_of(row, "state"));
        standing.lease_kept = rows::flag_of(row, "lease_kept");
        if (const json& retry = row.at("retry_seconds"); !retry.is_null())
            standing.retry = from_seconds(retry.get<double>());
        standing.cancel_requested = rows::flag_of(row, "cancel_requested");
        standing.posts_sent = row.at("posts_sent").get<int>();
        standing.may_resend = rows::flag_of(row, "may_resend");
        standing.intent_at = rows::time_of(row, "intent_at");
        return standing;
    });
}

Task<ContractAnswer<std::vector<ClaimedJob>>> Contract::claim_jobs(const std::string& worker, int max_jobs,
                                                                   Duration lease, const CallLimits& limits) {
    const Statement statement{
        "SELECT pg_catalog.row_to_json(j)::text FROM telephony_internal.claim_jobs($1, $2::int, $3::int, "
        "$4::text[]) AS j",
        {worker, std::to_string(max_jobs), rows::whole_seconds(lease), all_kinds()}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<std::vector<ClaimedJob>>(reply);
    for (const auto& row : reply.values) {
        try {
            answer.value.push_back(parse_claimed_job(row.value_or("")));
        } catch (const ContractBroken& problem) {
            // One job that cannot be read must not keep the others from being worked on; its lease runs out.
            log::error("claimed a job that cannot be read", {{"reason", problem.what()}});
        }
    }
    co_return answer;
}

Task<ContractAnswer<JobStanding>> Contract::renew_lease(const ClaimedJob& job, Duration lease,
                                                        const CallLimits& limits) {
    const Statement statement{
        "SELECT pg_catalog.row_to_json(l)::text FROM telephony_internal.renew_lease($1::uuid, $2::bigint, "
        "$3::int) AS l",
        {job.job_id, std::to_string(job.token), rows::whole_seconds(lease)}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<JobStanding>(reply);
    if (reply.outcome == CallOutcome::ok) answer.value = parse_job_standing(rows::only_value(reply));
    co_return answer;
}

Task<ContractAnswer<JobStanding>> Contract::advance(const ClaimedJob& job, JobEvent event, const json& data,
                                                    const CallLimits& limits) {
    const Statement statement{
        "SELECT pg_catalog.row_to_json(telephony_internal.advance($1::uuid, $2::bigint, $3, "
        "$4::jsonb))::text",
        {job.job_id, std::to_string(job.token), std::string(name_of(event)), rows::json_text(data)}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<JobStanding>(reply);
    if (reply.outcome == CallOutcome::ok) answer.value = parse_job_standing(rows::only_value(reply));
    co_return answer;
}

}  // namespace telephony::sidecar
