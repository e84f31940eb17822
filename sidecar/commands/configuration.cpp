// Each problem is a sentence that names its flag.
#include "commands/configuration.hpp"

#include <nlohmann/json.hpp>

#include "credential/credential.hpp"
#include "text/uuid.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {
namespace {

// https, or http to this machine: no secret crosses a network unencrypted.
bool is_sent_safely(const std::string& url) {
    if (url.find_first_of(" @") != std::string::npos) return false;
    if (url.compare(0, 8, "https://") == 0) return url.size() > 8;
    if (url.compare(0, 7, "http://") != 0) return false;
    std::string host = url.substr(7);
    host = host.substr(0, host.find_first_of("/?#"));
    if (const auto colon = host.rfind(':'); colon != std::string::npos && host.back() != ']')
        host = host.substr(0, colon);
    return is_loopback(host);
}

bool is_permitted_url(const std::string& url) {
    return url.find_first_of("?#") == std::string::npos && is_sent_safely(url);
}

bool is_utf8(const std::string& text) try {
    nlohmann::json(text).dump();
    return true;
} catch (const nlohmann::json::type_error&) {
    return false;
}

}  // namespace

bool is_loopback(const std::string& host) {
    return host == "localhost" || host == "::1" || host == "[::1]" || host.compare(0, 4, "127.") == 0;
}

AttemptSettings attempt_settings(const Configuration& c) {
    AttemptSettings settings;
    settings.lease = c.lease;
    settings.rollback_after = c.rollback_after;
    settings.request_timeout = c.twilio.request_timeout;
    return settings;
}

DatabaseAccess database_access(const Configuration& c, int connections) {
    return {c.database, connections, c.database_timeout, c.rollback_after};
}

std::vector<ConfigurationProblem> problems_of(const CommandLine& line) {
    const Configuration& c = line.configuration;
    const Arguments& a = line.arguments;
    std::vector<ConfigurationProblem> problems;
    const auto usage = [&problems](const char* text) { problems.push_back({ExitCode::usage, text}); };
    const auto contradiction = [&problems](const char* text) {
        problems.push_back({ExitCode::configuration, text});
    };
    if (a.command == Command::states || a.command == Command::version || a.command == Command::keygen)
        return problems;
    if (c.installation.empty())
        usage("--installation is missing: SELECT telephony_internal.installation_id() returns it");
    else if (!text::parse_uuid(c.installation))
        usage("--installation is not a uuid");
    if (a.command == Command::resume) return problems;
    if (c.key_files.empty() && (c.platform_account.empty() || a.command == Command::reseal))
        usage(
            "--key-file is missing: the key that opens organizations' credentials; telephonyd keygen makes "
            "one");
    if (!is_permitted_url(c.twilio.base_url))
        usage(
            "--twilio-url must be https://HOST, or http:// to this machine: credentials are not sent in the "
            "clear");
    if (!c.alert_url.empty() && !is_sent_safely(c.alert_url))
        usage(
            "--alert-url must be https://..., or http:// to this machine: alerts are not sent in the clear");
    if (!a.adopt_sid.empty() && !is_number_sid(a.adopt_sid))
        usage("--adopt takes the SID of a number: PN and 32 hexadecimal digits");
    if (!a.gone_sid.empty() && !is_number_sid(a.gone_sid))
        usage("--gone takes the SID of a number: PN and 32 hexadecimal digits");
    if (!a.only_org.empty() && !text::parse_uuid(a.only_org)) usage("--org is not a uuid");
    if (!a.only_account.empty() && !credential::is_account_sid(a.only_account))
        usage("--account takes the SID of a Twilio account: AC and 32 lower-case hexadecimal digits");
    if (!is_utf8(c.worker)) usage("--worker, the name of this process, is not UTF-8");
    if (c.twilio.connect_timeout > c.twilio.request_timeout)
        contradiction("--connect-timeout is longer than --request-timeout, which includes it");
    if (c.lease <= attempt_settings(c).purchase_needs())
        contradiction(
            "--lease must be longer than --rollback-after + 2 * --request-timeout: a purchase and its "
            "undoing would not fit into it");
    return problems;
}

}  // namespace telephony::sidecar
