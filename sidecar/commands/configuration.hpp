// Settings of telephonyd, from flags, environment and file, and what must hold between them.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/exit_code.hpp"
#include "base/logging.hpp"
#include "twilio/client.hpp"

namespace telephony::sidecar {

enum class Command { run, check, reconcile, resume, keygen, reseal, states, version };

struct Configuration {
    Command command = Command::run;

    std::string installation;            ///< uuid; must be that of the database
    std::string database;                ///< libpq conninfo; empty: the PG* environment
    std::vector<std::string> key_files;  ///< the newest first
    std::string platform_account;        ///< file with the platform's account; empty: none
    TwilioSettings twilio;
    std::string worker;  ///< name of this process in leases and events

    Duration lease{};
    Duration rollback_after{};  ///< how long the database must be lost before a purchase is undone without it
    Duration poll_interval{};
    Duration drain_timeout{};
    Duration sweep_interval{};     ///< between two comparisons of all accounts with the database; zero: never
    std::string alert_url;         ///< where alerts are posted; empty: nowhere. May hold a secret
    Duration database_timeout{};   ///< for one connection attempt, and for one answer
    int database_connections = 0;  ///< for calls; one more listens
    int max_jobs = 0;
    int account_concurrency = 0;

    std::string status_host;  ///< loopback address of the status endpoint
    int status_port = 0;      ///< 0: none
    log::Format log_format = log::Format::text;
    log::Level log_level = log::Level::info;
    std::string log_file;
    bool allow_root = false;

    // keygen
    std::string new_key_file;
    // check, reconcile: empty for all
    std::string only_account;
    std::string only_org;
    // reconcile
    bool repair = false;
    std::string adopt_sid;
    // reconcile, reseal, states
    bool json = false;
    bool mermaid = false;

    /// The least a lease must last for a purchase and its undoing to fit into it (DESIGN 8, rule 5).
    Duration least_lease() const { return rollback_after + 2 * twilio.request_timeout; }
};

/// The program is done before it began: with the text of --help, or of what is wrong with the command line.
struct EarlyExit {
    ExitCode code = ExitCode::ok;
    std::string text;
};

/// Reads flags (which win), TELEPHONYD_* environment variables and the file of --config, in that order.
std::variant<Configuration, EarlyExit> read_configuration(int argc, const char* const* argv);

struct ConfigurationProblem {
    ExitCode
        code;  ///< usage: something is missing or malformed; configuration: settings contradict each other
    std::string text;
};

/// What is wrong, one sentence each, naming the flags; empty when all is well.
std::vector<ConfigurationProblem> problems_of(const Configuration& configuration);

}  // namespace telephony::sidecar
