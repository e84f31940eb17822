// Settings of telephonyd and arguments of its commands, and what must hold between them.
#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/exit_code.hpp"
#include "base/logging.hpp"
#include "contract/greeting.hpp"
#include "jobs/settings.hpp"
#include "twilio/settings.hpp"

namespace telephony::sidecar {

enum class Command { run, check, reconcile, resume, keygen, reseal, states, version };

/// From flags, environment and file: the same for every command.
struct Configuration {
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
    std::string alert_url;         ///< where alerts are posted; empty: nowhere. May hold a secret
    Duration database_timeout{};   ///< for one connection attempt, and for one answer
    int database_connections = 0;  ///< for calls; one more listens
    bool listens = true;           ///< false: no connection listens, jobs are found by polling alone
    int max_jobs = 0;
    int account_concurrency = 0;

    std::string status_host;  ///< loopback address of the status endpoint
    int status_port = 0;      ///< 0: none
    log::Format log_format = log::Format::text;
    log::Level log_level = log::Level::info;
    std::string log_file;
    bool allow_root = false;
};

/// What one command is asked to do.
struct Arguments {
    Command command = Command::run;
    std::string new_key_file;  ///< keygen
    std::string only_account;  ///< check, reconcile: empty for all
    std::string only_org;      ///< check, reconcile: empty for all
    bool repair = false;       ///< reconcile
    std::string adopt_sid;     ///< reconcile
    std::string gone_sid;      ///< reconcile
    bool json = false;         ///< reconcile, reseal, states
    bool mermaid = false;      ///< states
};

struct CommandLine {
    Configuration configuration;
    Arguments arguments;
};

AttemptSettings attempt_settings(const Configuration& configuration);
/// `connections`: for calls.
DatabaseAccess database_access(const Configuration& configuration, int connections);

struct ConfigurationProblem {
    /// usage: something is missing or malformed; configuration: settings contradict each other.
    ExitCode code;
    std::string text;
};

/// What is wrong, one sentence each, naming the flags; empty if all is well.
std::vector<ConfigurationProblem> problems_of(const CommandLine& command_line);

/// True for the name or address of this machine as it stands in a URL.
bool is_loopback(const std::string& host);

}  // namespace telephony::sidecar
