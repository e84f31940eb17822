// A wrong schema pauses this process, a wrong installation or a missing right ends it.
#include "contract/greeting.hpp"

#include <algorithm>

#include "base/version.hpp"
#include "contract/rows.hpp"
#include "contract/transitions.hpp"

namespace telephony::sidecar {

using nlohmann::json;

Hello parse_hello(const std::string& text) {
    return rows::read_row(text, [](const json& row) {
        Hello hello;
        const std::string mode = rows::text_of(row, "mode");
        if (mode != "normal" && mode != "recovery") throw ContractBroken("unknown mode " + mode);
        hello.recovery = mode == "recovery";
        hello.contract = row.at("contract").get<int>();
        hello.oldest_contract = row.at("oldest_contract").get<int>();
        hello.schema_version = row.at("schema_version").get<int>();
        hello.extension_version = rows::text_of(row, "extension_version");
        hello.request_life = from_seconds(row.at("request_life_seconds").get<double>());
        hello.absence_poll = from_seconds(row.at("absence_poll_seconds").get<double>());
        hello.voice_settings = rows::flag_of(row, "voice_settings");
        return hello;
    });
}

GreetingVerdict judge_hello(const CallReply& reply, Duration longest_request_life) try {
    using Kind = GreetingVerdict::Kind;
    if (reply.outcome != CallOutcome::ok) {
        // TL003: the database of another installation. 42501: a role without the sidecar tier. Waiting helps
        // against neither.
        const bool final = reply.sqlstate == "TL003" || reply.sqlstate == "42501";
        return {final ? Kind::refuse : Kind::pause,
                reply.hint.empty() ? reply.message : reply.message + ". " + reply.hint};
    }
    const Hello hello = parse_hello(rows::only_value(reply));
    if (contract_number < hello.oldest_contract || contract_number > hello.contract)
        return {Kind::pause,
                "this telephonyd (" + std::string(program_version) + ") speaks contract " +
                    std::to_string(contract_number) + ", the database serves " +
                    std::to_string(hello.oldest_contract) + " to " + std::to_string(hello.contract) +
                    (contract_number > hello.contract ? ": update the extension and run migrate()"
                                                      : ": update telephonyd")};
    if (longest_request_life > hello.request_life)
        return {Kind::refuse,
                "a request to Twilio may live " + seconds_text(longest_request_life) +
                    " (--connect-timeout plus --request-timeout), the database counts on at most " +
                    seconds_text(hello.request_life) + " (settings.request_life)"};
    return {Kind::ready, ""};
} catch (const ContractBroken& problem) {
    return {GreetingVerdict::Kind::pause, problem.what()};
}

DatabaseSettings database_settings(const DatabaseAccess& access, const std::string& channel,
                                   const Greeting& greeting, std::function<void(const Hello&)> greeted) {
    DatabaseSettings settings;
    settings.conninfo = access.conninfo;
    settings.channel = channel;
    settings.connections = access.connections;
    settings.prepares = !channel.empty();  // what listens has its sessions to itself
    settings.connect_timeout = access.timeout;
    settings.call_timeout = access.timeout;
    // A purchase is undone when the database has been lost for rollback_after: many attempts to reconnect
    // must fall into that time.
    settings.longest_reconnect_delay = std::min<Duration>(std::chrono::seconds(1), access.rollback_after / 4);
    settings.pause = std::chrono::seconds(5);
    settings.greeting = {
        "SELECT pg_catalog.row_to_json(h)::text FROM telephony_internal.hello($1::uuid, $2, $3, $4::int) AS "
        "h",
        {greeting.installation, program_version, greeting.platform_account, std::to_string(contract_number)}};
    settings.judge_greeting = [longest = greeting.longest_request_life,
                               greeted = std::move(greeted)](const CallReply& reply) {
        GreetingVerdict verdict = judge_hello(reply, longest);
        if (verdict.kind == GreetingVerdict::Kind::ready) greeted(parse_hello(rows::only_value(reply)));
        return verdict;
    };
    return settings;
}

}  // namespace telephony::sidecar
