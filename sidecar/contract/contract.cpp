// Builds the statements and reads the rows; every row comes as JSON, so that no setting of the session
// changes how it reads.
#include "contract/contract.hpp"

#include <sodium.h>

#include "base/logging.hpp"

namespace telephony::sidecar {
namespace {

using nlohmann::json;

std::string text_of(const json& row, const char* column) {
    const json& value = row.at(column);
    return value.is_null() ? std::string() : value.get<std::string>();
}

bool flag_of(const json& row, const char* column) {
    const json& value = row.at(column);
    return !value.is_null() && value.get<bool>();
}

JobState state_of(const std::string& name) {
    const std::optional<JobState> state = job_state_of(name);
    if (!state) throw ContractBroken("unknown job state " + name);
    return *state;
}

JobKind kind_of(const std::string& name) {
    if (name == "provision") return JobKind::provision;
    if (name == "release") return JobKind::release;
    if (name == "orphan_release") return JobKind::orphan_release;
    if (name == "erase") return JobKind::erase;
    throw ContractBroken("unknown kind of job " + name);
}

// What the database answers is checked like any input: a parse error becomes ContractBroken.
template <class Read>
auto read_row(const std::string& row, Read read) {
    try {
        return read(json::parse(row));
    } catch (const json::exception& problem) {
        throw ContractBroken(std::string("the database answered a row that cannot be read: ") +
                             problem.what());
    }
}

template <class T>
ContractAnswer<T> answer_of(const CallReply& reply) {
    ContractAnswer<T> answer;
    answer.outcome = reply.outcome;
    answer.sqlstate = reply.sqlstate;
    answer.message = reply.message;
    answer.hint = reply.hint;
    answer.sent_at = reply.sent_at;
    return answer;
}

const std::string& only_value(const CallReply& reply) {
    if (reply.values.size() != 1 || !reply.values.front())
        throw ContractBroken("the database did not answer with exactly one value");
    return *reply.values.front();
}

std::optional<std::string> value_or_null(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

// The database counts leases in whole seconds: rounded up, so that its lease ends after ours.
std::string whole_seconds(Duration duration) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(duration).count());
}

credential::Box box_of(const std::string& base64) {
    credential::Box box(base64.size() / 4 * 3 + 3);
    std::size_t length = 0;
    if (sodium_base642bin(box.data(), box.size(), base64.data(), base64.size(), nullptr, &length, nullptr,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        throw ContractBroken("the database answered a box that is not base64");
    box.resize(length);
    return box;
}

std::string base64_of(const credential::Box& box) {
    std::string text(sodium_base64_encoded_len(box.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), box.data(), box.size(), sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();
    return text;
}

SealedCredentials credentials_of(const json& row) {
    SealedCredentials credentials;
    credentials.org_id = text_of(row, "org_id");
    credentials.account_sid = text_of(row, "account_sid");
    credentials.generation = text_of(row, "generation");
    credentials.key_id = text_of(row, "key_id");
    credentials.box = box_of(text_of(row, "sealed"));
    const std::optional<Timestamp> set_at = parse_iso8601(text_of(row, "set_at"));
    if (!set_at) throw ContractBroken("the database answered a time that cannot be read");
    credentials.set_at = *set_at;
    credentials.verified = text_of(row, "status") == "verified";
    return credentials;
}

const char* name_of(CredentialVerdict::Kind verdict) {
    switch (verdict) {
        case CredentialVerdict::Kind::verified:
            return "verified";
        case CredentialVerdict::Kind::refused:
            return "refused";
        case CredentialVerdict::Kind::unreachable:
            break;
    }
    return "unreachable";
}

json listed_number(const IncomingNumber& number) {
    json row;
    row["sid"] = number.sid;
    row["phone_number"] = number.number.str();
    row["friendly_name"] = number.friendly_name;
    row["date_created"] = nullptr;
    if (number.date_created) row["date_created"] = iso8601(*number.date_created);
    return row;
}

}  // namespace

Hello parse_hello(const std::string& text) {
    return read_row(text, [](const json& row) {
        Hello hello;
        const std::string mode = text_of(row, "mode");
        if (mode != "normal" && mode != "recovery") throw ContractBroken("unknown mode " + mode);
        hello.recovery = mode == "recovery";
        hello.schema_version = row.at("schema_version").get<int>();
        hello.extension_version = text_of(row, "extension_version");
        hello.request_life = from_seconds(row.at("request_life_seconds").get<double>());
        hello.absence_poll = from_seconds(row.at("absence_poll_seconds").get<double>());
        // Missing from older schemas, which the version is to be refused for.
        hello.voice_settings = row.value("voice_settings", false);
        return hello;
    });
}

ClaimedJob parse_claimed_job(const std::string& text) {
    return read_row(text, [](const json& row) {
        ClaimedJob job;
        job.job_id = text_of(row, "job_id");
        job.org_id = text_of(row, "org_id");
        job.kind = kind_of(text_of(row, "kind"));
        job.state = state_of(text_of(row, "state"));
        job.token = row.at("token").get<std::int64_t>();
        job.tag = text_of(row, "tag");
        if (const json& kinds = row.at("kinds"); kinds.is_array())
            for (const json& kind : kinds)
                job.kinds.push_back({text_of(kind, "country_code"), text_of(kind, "number_type"),
                                     text_of(kind, "address_sid"), text_of(kind, "bundle_sid")});
        job.number_country = text_of(row, "number_country");
        job.number_type = text_of(row, "number_type");
        if (const std::string number = text_of(row, "number"); !number.empty()) {
            job.number.emplace();
            if (numbering::E164::parse(number, *job.number) != numbering::E164Problem::none)
                throw ContractBroken("the database answered a number that is not E.164");
        }
        job.account_sid = text_of(row, "account_sid");
        job.number_sid = text_of(row, "number_sid");
        if (const std::string intent = text_of(row, "intent_at"); !intent.empty()) {
            job.intent_at = parse_iso8601(intent);
            if (!job.intent_at)
                throw ContractBroken("the database answered a time that cannot be read: " + intent);
        }
        job.cancel_requested = flag_of(row, "cancel_requested");
        job.resumed = flag_of(row, "resumed");
        job.posts_sent = row.at("posts_sent").get<int>();
        job.repeat_refused = flag_of(row, "repeat_refused");
        if (const json& voice = row.at("voice"); voice.is_object())
            for (const auto& [name, value] : voice.items())
                if (value.is_string()) job.voice.emplace_back(name, value.get<std::string>());
        if (const json& credential = row.at("credential"); !credential.is_null())
            job.credentials = credentials_of(credential);
        return job;
    });
}

SealedCredentials parse_sealed_credentials(const std::string& text) {
    return read_row(text, [](const json& row) { return credentials_of(row); });
}

Statement hello_statement(const std::string& installation,
                          const std::optional<std::string>& platform_account) {
    return {"SELECT pg_catalog.row_to_json(h)::text FROM telephony_internal.hello($1::uuid, $2, $3) AS h",
            {installation, TELEPHONY_VERSION, platform_account}};
}

GreetingVerdict judge_hello(const CallReply& reply, Duration longest_request_life) try {
    using Kind = GreetingVerdict::Kind;
    if (reply.outcome != CallOutcome::ok) {
        // TL003: the database of another installation. 42501: a role without the sidecar tier. Neither mends
        // itself.
        const bool final = reply.sqlstate == "TL003" || reply.sqlstate == "42501";
        return {final ? Kind::refuse : Kind::pause,
                reply.hint.empty() ? reply.message : reply.message + ". " + reply.hint};
    }
    const Hello hello = parse_hello(only_value(reply));
    if (hello.schema_version < oldest_schema_version || hello.schema_version > newest_schema_version)
        return {Kind::pause, "the database has schema version " + std::to_string(hello.schema_version) +
                                 ", this telephonyd knows " + std::to_string(oldest_schema_version) + " to " +
                                 std::to_string(newest_schema_version)};
    if (longest_request_life > hello.request_life)
        return {Kind::refuse,
                "a request to Twilio may live " + seconds_text(longest_request_life) +
                    " (--connect-timeout plus --request-timeout), the database counts on at most " +
                    seconds_text(hello.request_life) + " (settings.request_life)"};
    return {Kind::ready, ""};
} catch (const ContractBroken& problem) {
    return {GreetingVerdict::Kind::pause, problem.what()};
}

Task<CallReply> Contract::call(const Statement& statement, const CallLimits& limits) {
    const Deadline begun = Clock::now();
    CallReply reply = co_await database_.call(statement, limits);
    metrics_.database_call(Clock::now() - begun, reply.outcome == CallOutcome::ok);
    co_return reply;
}

Task<ContractAnswer<std::vector<ClaimedJob>>> Contract::claim_jobs(const std::string& worker, int max_jobs,
                                                                   Duration lease, const CallLimits& limits) {
    const Statement statement{
        "SELECT pg_catalog.row_to_json(j)::text FROM telephony_internal.claim_jobs($1, $2::int, $3::int) AS "
        "j",
        {worker, std::to_string(max_jobs), whole_seconds(lease)}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = answer_of<std::vector<ClaimedJob>>(reply);
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

Task<ContractAnswer<LeaseState>> Contract::renew_lease(const ClaimedJob& job, Duration lease,
                                                       const CallLimits& limits) {
    const Statement statement{
        "SELECT pg_catalog.row_to_json(l)::text FROM telephony_internal.renew_lease($1::uuid, $2::bigint, "
        "$3::int) AS l",
        {job.job_id, std::to_string(job.token), whole_seconds(lease)}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = answer_of<LeaseState>(reply);
    if (reply.outcome == CallOutcome::ok) {
        answer.value = read_row(only_value(reply), [](const json& row) {
            return LeaseState{state_of(text_of(row, "state")), flag_of(row, "cancel_requested")};
        });
    }
    co_return answer;
}

Task<ContractAnswer<JobState>> Contract::advance(const ClaimedJob& job, JobEvent event, const json& data,
                                                 const CallLimits& limits) {
    const Statement statement{"SELECT telephony_internal.advance($1::uuid, $2::bigint, $3, $4::jsonb)",
                              {job.job_id, std::to_string(job.token), std::string(name_of(event)),
                               data.dump(-1, ' ', false, json::error_handler_t::replace)}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = answer_of<JobState>(reply);
    if (reply.outcome == CallOutcome::ok) answer.value = state_of(only_value(reply));
    co_return answer;
}

Task<ContractAnswer<std::vector<ReconcileRow>>> Contract::reconcile_numbers(
    const std::string& account_sid, const std::vector<IncomingNumber>& listed, const CallLimits& limits) {
    json numbers = json::array();
    for (const IncomingNumber& number : listed) numbers.push_back(listed_number(number));
    const Statement statement{
        "SELECT pg_catalog.row_to_json(r)::text FROM telephony_internal.reconcile_numbers($1, $2::jsonb) AS "
        "r",
        {account_sid, numbers.dump(-1, ' ', false, json::error_handler_t::replace)}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = answer_of<std::vector<ReconcileRow>>(reply);
    for (const auto& row : reply.values) {
        answer.value.push_back(read_row(row.value_or(""), [](const json& r) {
            return ReconcileRow{
                text_of(r, "verdict"), text_of(r, "number"), text_of(r, "number_sid"), text_of(r, "tag"),
                text_of(r, "job_id"),  text_of(r, "org_id"), text_of(r, "detail"),     ""};
        }));
    }
    co_return answer;
}

Task<ContractAnswer<std::string>> Contract::report_orphan(const std::string& account_sid,
                                                          const IncomingNumber& number,
                                                          const CallLimits& limits) {
    const std::string created = number.date_created ? iso8601(*number.date_created) : std::string();
    const Statement statement{
        "SELECT telephony_internal.report_orphan($1, $2, $3, $4, $5::timestamptz)",
        {account_sid, number.sid, number.number.str(), number.friendly_name, value_or_null(created)}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = answer_of<std::string>(reply);
    if (reply.outcome == CallOutcome::ok && !reply.values.empty())
        answer.value = reply.values.front().value_or("");
    co_return answer;
}

Task<ContractAnswer<std::string>> Contract::adopt_number(const std::string& org,
                                                         const std::string& account_sid,
                                                         const IncomingNumber& number,
                                                         const CallLimits& limits) {
    const std::string created = number.date_created ? iso8601(*number.date_created) : std::string();
    const Statement statement{"SELECT telephony_internal.adopt_number($1::uuid, $2, $3, $4, $5::timestamptz)",
                              {org, account_sid, number.sid, number.number.str(), value_or_null(created)}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = answer_of<std::string>(reply);
    if (reply.outcome == CallOutcome::ok) answer.value = only_value(reply);
    co_return answer;
}

Task<ContractAnswer<std::vector<SealedCredentials>>> Contract::credential_rows(const Statement& statement,
                                                                               const CallLimits& limits) {
    const CallReply reply = co_await call(statement, limits);
    auto answer = answer_of<std::vector<SealedCredentials>>(reply);
    for (const auto& row : reply.values) {
        try {
            answer.value.push_back(parse_sealed_credentials(row.value_or("")));
        } catch (const ContractBroken& problem) {
            // One row that cannot be read must not keep the others from being used.
            log::error("credentials that cannot be read", {{"reason", problem.what()}});
        }
    }
    co_return answer;
}

Task<ContractAnswer<std::vector<SealedCredentials>>> Contract::claim_credential_checks(
    int max_checks, Duration lease, const CallLimits& limits) {
    const Statement statement{
        "SELECT c::text FROM telephony_internal.claim_credential_checks($1::int, $2::int) AS c",
        {std::to_string(max_checks), whole_seconds(lease)}};
    auto answer = co_await credential_rows(statement, limits);
    co_return answer;
}

Task<ContractAnswer<std::vector<SealedCredentials>>> Contract::list_credentials(const CallLimits& limits) {
    const Statement statement{"SELECT c::text FROM telephony_internal.list_credentials() AS c", {}};
    auto answer = co_await credential_rows(statement, limits);
    co_return answer;
}

Task<ContractAnswer<bool>> Contract::truth_of(const Statement& statement, const CallLimits& limits) {
    const CallReply reply = co_await call(statement, limits);
    auto answer = answer_of<bool>(reply);
    if (reply.outcome == CallOutcome::ok) answer.value = only_value(reply) == "t";
    co_return answer;
}

Task<ContractAnswer<bool>> Contract::report_credential(const std::string& org_id,
                                                       const std::string& generation,
                                                       const CredentialVerdict& verdict,
                                                       const CallLimits& limits) {
    const std::string name = name_of(verdict.kind);
    // The database knows these two; what else Twilio may call an account one day is none of them.
    const bool known_type = verdict.account_type == "Trial" || verdict.account_type == "Full";
    const Statement statement{
        "SELECT telephony_internal.report_credential($1::uuid, $2::uuid, $3, $4, $5, $6::int)",
        {org_id, generation, name, known_type ? std::optional(verdict.account_type) : std::nullopt,
         value_or_null(verdict.reason), whole_seconds(verdict.retry)}};
    metrics_.credential_judged(name);
    auto answer = co_await truth_of(statement, limits);
    co_return answer;
}

Task<ContractAnswer<bool>> Contract::reseal_credential(const SealedCredentials& row,
                                                       const std::string& key_id, const credential::Box& box,
                                                       const CallLimits& limits) {
    const Statement statement{
        "SELECT telephony_internal.reseal_credential($1::uuid, $2::uuid, $3, pg_catalog.decode($4, "
        "'base64'))",
        {row.org_id, row.generation, key_id, base64_of(box)}};
    auto answer = co_await truth_of(statement, limits);
    co_return answer;
}

Task<ContractAnswer<std::vector<SelfCheckRow>>> Contract::run_self_check(const CallLimits& limits) {
    const Statement statement{
        "SELECT pg_catalog.row_to_json(c)::text FROM telephony_internal.run_self_check() AS c", {}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = answer_of<std::vector<SelfCheckRow>>(reply);
    for (const auto& row : reply.values) {
        answer.value.push_back(read_row(row.value_or(""), [](const json& r) {
            return SelfCheckRow{text_of(r, "check"), flag_of(r, "ok"), text_of(r, "detail")};
        }));
    }
    co_return answer;
}

Task<ContractAnswer<std::string>> Contract::resume(const std::string& installation,
                                                   const CallLimits& limits) {
    const Statement statement{"SELECT telephony_internal.resume($1::uuid)", {installation}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = answer_of<std::string>(reply);
    if (reply.outcome == CallOutcome::ok) answer.value = only_value(reply);
    co_return answer;
}

}  // namespace telephony::sidecar
