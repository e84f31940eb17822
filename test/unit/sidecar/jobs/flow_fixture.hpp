// One attempt at one job between a scripted database and a scripted Twilio, for the tests of the flows.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/metrics.hpp"
#include "contract/contract.hpp"
#include "credentials/gate.hpp"
#include "io/event_loop.hpp"
#include "io/http_client.hpp"
#include "jobs/attempt.hpp"
#include "jobs/run_attempt.hpp"
#include "sidecar/fakes/credentials.hpp"
#include "sidecar/fakes/fake_postgres.hpp"
#include "sidecar/fakes/scripted_server.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {

using std::chrono::milliseconds;
using test::FakePostgres;
using test::http_answer;
using test::Reply;
using test::Script;
using test::ScriptedServer;

inline constexpr const char* account = "AC0123456789abcdef0123456789abcdef";
inline constexpr const char* number_sid = "PN0123456789abcdef0123456789abcdef";
inline constexpr const char* tag = "telephony:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA";
inline constexpr const char* date_header = "Date: Mon, 01 Jan 2024 12:00:00 GMT\r\n";

// ---- Twilio's side

inline std::string number_json(const std::string& name = tag,
                               const std::string& date = "Mon, 01 Jan 2024 12:00:01 +0000",
                               const std::string& number = "+12025550123", const std::string& changed = "") {
    return R"({"sid":")" + std::string(number_sid) + R"(","phone_number":")" + number +
           R"(","friendly_name":")" + name + R"(","date_created":")" + date + R"(","date_updated":")" +
           (changed.empty() ? date : changed) + R"(","voice_url":"https://a"})";
}

inline Reply listed(const std::string& numbers = "") {
    return {http_answer("200 OK", R"({"incoming_phone_numbers":[)" + numbers + R"(],"next_page_uri":null})",
                        date_header)};
}
inline Reply offered(const std::vector<std::string>& numbers = {"+12025550123"},
                     const std::vector<std::string>& needing_an_address = {}) {
    std::string rows;
    const auto add = [&rows](const std::string& number, const char* address) {
        rows += (rows.empty() ? "" : ",") + (R"({"phone_number":")" + number) +
                R"(","address_requirements":")" + address + "\"}";
    };
    for (const std::string& number : needing_an_address) add(number, "any");
    for (const std::string& number : numbers) add(number, "none");
    return {http_answer("200 OK", R"({"available_phone_numbers":[)" + rows + "]}", date_header)};
}
inline Reply verified() {
    return {http_answer("200 OK",
                        R"({"sid":")" + std::string(account) + R"(","status":"active","type":"Full"})")};
}
inline Reply created(const std::string& json = number_json()) {
    return {http_answer("201 Created", json, date_header)};
}
inline Reply shown(const std::string& json = number_json()) {
    return {http_answer("200 OK", json, date_header)};
}
inline Reply refused(int status, int code) {
    return {http_answer(std::to_string(status) + " Refused",
                        R"({"code":)" + std::to_string(code) + R"(,"message":"no"})")};
}
inline Reply deleted() {
    return {"HTTP/1.1 204 No Content\r\n\r\n"};
}
inline Reply silence() {
    return {"", Reply::After::close, false};
}

// ---- the database's side

inline const Script greeting_answer{"hello", "", "", Script::End::ready};
// How a job stands, as advance() and renew_lease() return it.
struct Standing {
    std::string state;
    bool lease_kept = true;
    bool may_resend = true;

    std::string text() const {
        nlohmann::json row;
        row["state"] = state;
        row["lease_kept"] = lease_kept;
        row["retry_seconds"] = nullptr;
        if (!lease_kept) row["retry_seconds"] = 1.5;
        row["cancel_requested"] = false;
        row["posts_sent"] = 1;
        row["may_resend"] = may_resend;
        row["intent_at"] = "2024-01-01T12:00:00Z";
        return row.dump();
    }
};
// With the lease, unless nothing more is to be done in it.
inline Script state(const std::string& name, Script::End end = Script::End::ready) {
    const std::optional<JobState> known = job_state_of(name);
    const bool over = name == "queued" || (known && worker_of(*known) != Worker::sidecar);
    return {Standing{name, !over}.text(), "", "", end};
}
// The attempt is over, the job is not.
inline Script given_back(const std::string& name) {
    return {Standing{name, false}.text(), "", "", Script::End::ready};
}
inline Script never_to_resend(const std::string& name) {
    return {Standing{name, true, false}.text(), "", "", Script::End::ready};
}
inline Script renewed(const std::string& name) {
    return state(name);
}
inline Script error(const std::string& sqlstate) {
    return {"", sqlstate, "", Script::End::ready};
}
inline Script no_answer() {
    return {"", "", "", Script::End::cut_unanswered};
}

// One attempt, with everything it needs.
class FlowTest : public ::testing::Test {
  protected:
    ~FlowTest() override { loop.destroy_coroutines(); }

    ClaimedJob job(JobState state) {
        ClaimedJob job;
        job.job_id = "00000000-0000-0000-0000-000000000001";
        job.state = state;
        job.token = 7;
        job.tag = tag;
        job.kinds = {{"US", "Local", "", ""}};
        job.voice = {{"VoiceUrl", "https://a"}};
        if (state == JobState::searching) return job;
        job.account_sid = account;
        job.number.emplace();
        EXPECT_EQ(numbering::E164::parse("+12025550123", *job.number), numbering::E164Problem::none);
        if (state == JobState::intended) return job;
        job.posts_sent = 1;
        job.may_resend = true;
        job.intent_at = parse_iso8601("2024-01-01T12:00:00Z");
        if (state == JobState::bought || state == JobState::releasing) job.number_sid = number_sid;
        return job;
    }

    // Runs an attempt to its end; the account is verified before it.
    void run_to_end(ClaimedJob claimed, std::vector<Reply> replies, std::vector<Script> scripts) {
        prepare(std::move(claimed), std::move(replies), std::move(scripts));
        loop.run_until_done(verify_and_run(*attempt));
    }

    void prepare(ClaimedJob claimed, std::vector<Reply> replies, std::vector<Script> scripts) {
        replies.insert(replies.begin(), verified());
        scripts.insert(scripts.begin(), greeting_answer);
        twilio.emplace(std::move(replies));
        postgres.emplace(std::move(scripts));
        settings.base_url = twilio->url();
        settings.connect_timeout = settings.request_timeout = flow.request_timeout;
        gate = std::make_shared<CredentialGate>(loop, http, settings, test::token_of(account), metrics, 1);
        DatabaseSettings database_settings{};
        database_settings.conninfo = postgres->conninfo();
        database_settings.connect_timeout = database_settings.call_timeout = std::chrono::seconds(10);
        database_settings.longest_reconnect_delay = milliseconds(100);
        database_settings.greeting = {"greet", {}};
        database_settings.judge_greeting = [](const CallReply&) { return GreetingVerdict{}; };
        database.emplace(loop, database_settings);
        database->start();
        contract.emplace(*database, metrics);
        environment.emplace(
            JobEnvironment{loop, *contract, metrics, flow, milliseconds(20), false, [](Deadline) {}, {}, {}});
        attempt.emplace(*environment, std::move(claimed), gate, Clock::now());
    }

    static Task<void> verify_and_run(Attempt& attempt) {
        co_await attempt.gate().make_ready();
        co_await run_attempt(attempt);
    }

    // Events reported to the database, renewals as "renew".
    std::vector<std::string> events() const {
        std::vector<std::string> names;
        for (const std::string& statement : postgres->statements()) {
            if (statement.find("renew_lease") != std::string::npos) names.push_back("renew");
            if (statement.find("advance") == std::string::npos) continue;
            const auto token = statement.find("|7|") + 3;
            names.push_back(statement.substr(token, statement.find('|', token) - token));
        }
        return names;
    }

    // Numbers reported as candidates, in order.
    std::vector<std::string> candidates() const {
        std::vector<std::string> numbers;
        for (const std::string& statement : postgres->statements()) {
            const auto candidate = statement.find("|candidate|");
            if (candidate == std::string::npos) continue;
            const auto data = statement.substr(candidate + std::string_view("|candidate|").size());
            numbers.push_back(nlohmann::json::parse(data).at("number"));
        }
        return numbers;
    }

    // Requests to Twilio after the verification: method and last part of the path.
    std::vector<std::string> requests() const {
        std::vector<std::string> lines;
        for (const std::string& request : twilio->requests()) {
            const std::string target = request.substr(0, request.find(" HTTP/"));
            const std::string path = target.substr(0, target.find('?'));
            std::string line = target.substr(0, target.find(' ')) + " " + path.substr(path.rfind('/') + 1);
            if (target.find("FriendlyName=") != std::string::npos) line += "?tag";
            if (target.find("PhoneNumber=") != std::string::npos) line += "?number";
            lines.push_back(line);
        }
        lines.erase(lines.begin());
        return lines;
    }

    EventLoop loop;
    Metrics metrics;
    HttpClient http{loop};
    TwilioSettings settings;
    AttemptSettings flow = [] {
        AttemptSettings values;
        values.lease = std::chrono::seconds(60);
        values.rollback_after = milliseconds(100);
        values.request_timeout = std::chrono::seconds(5);
        return values;
    }();
    std::optional<ScriptedServer> twilio;
    std::optional<FakePostgres> postgres;
    std::shared_ptr<CredentialGate> gate;
    std::optional<Database> database;
    std::optional<Contract> contract;
    std::optional<JobEnvironment> environment;
    std::optional<Attempt> attempt;
};

inline const std::string list = "GET IncomingPhoneNumbers.json";
inline const std::string post = "POST IncomingPhoneNumbers.json";
inline const std::string sid_path = std::string(number_sid) + ".json";

}  // namespace telephony::sidecar
