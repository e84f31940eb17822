// telephonyd: reads the command line, checks what must hold before any command, and runs the command.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

#include "base/exit_code.hpp"
#include "base/hardening.hpp"
#include "base/logging.hpp"
#include "base/version.hpp"
#include "commands/check.hpp"
#include "commands/command_line.hpp"
#include "commands/keygen.hpp"
#include "commands/reconcile.hpp"
#include "commands/reseal.hpp"
#include "commands/resume.hpp"
#include "commands/states.hpp"
#include "credentials/account_file.hpp"
#include "credentials/key_file.hpp"
#include "credentials/secrets.hpp"
#include "daemon/daemon.hpp"
#include "io/event_loop.hpp"

namespace telephony::sidecar {
namespace {

ExitCode refuse(ExitCode code, const std::string& problem) {
    std::fprintf(stderr, "telephonyd: %s\n", problem.c_str());
    return code;
}

DaemonSettings daemon_settings(const Configuration& c) {
    DaemonSettings settings;
    settings.installation = c.installation;
    settings.worker = c.worker;
    settings.platform_account = c.platform_account;
    settings.database = database_access(c, c.database_connections);
    settings.listens = c.listens;
    settings.twilio = c.twilio;
    settings.attempt = attempt_settings(c);
    settings.max_jobs = c.max_jobs;
    settings.account_concurrency = c.account_concurrency;
    settings.poll_interval = c.poll_interval;
    settings.drain_timeout = c.drain_timeout;
    settings.alert_url = c.alert_url;
    settings.status_host = c.status_host;
    settings.status_port = c.status_port;
    return settings;
}

// Beside a request for each job and the connections for calls: verifications, the connections kept to Twilio,
// the listener, the status endpoint, the log, and the loop's own.
constexpr std::size_t other_descriptors = 128;

ExitCode run_daemon(const Configuration& c, Secrets secrets) {
    const std::size_t descriptors = static_cast<std::size_t>(c.max_jobs) +
                                    static_cast<std::size_t>(c.database_connections) + other_descriptors;
    if (const std::size_t allowed = allow_descriptors(descriptors); allowed < descriptors)
        return refuse(ExitCode::configuration,
                      "too few file descriptors: --max-jobs " + std::to_string(c.max_jobs) +
                          " and --database-connections " + std::to_string(c.database_connections) + " need " +
                          std::to_string(descriptors) + ", the limit is " + std::to_string(allowed) +
                          ": raise it (LimitNOFILE= in a systemd unit, ulimit -n), or lower --max-jobs");
    allow_locked_secrets(secrets.keys.size() + OpenCredentials::most_idle +
                         static_cast<std::size_t>(c.max_jobs));
    Daemon daemon(daemon_settings(c), std::move(secrets));
    return daemon.run();
}

ExitCode execute(const CommandLine& line) {
    const Configuration& c = line.configuration;
    const Command command = line.arguments.command;
    if (command == Command::states) return print_states(line.arguments);
    if (command == Command::version)
        return std::printf("telephonyd %s\n", program_version) > 0 ? ExitCode::ok : ExitCode::software;
    if (geteuid() == 0 && !c.allow_root)
        return refuse(ExitCode::permission, "not as root: run it as a user of its own, or with --allow-root");
    const std::vector<ConfigurationProblem> problems = problems_of(line);
    for (const ConfigurationProblem& problem : problems) refuse(problem.code, problem.text);
    if (!problems.empty()) return problems.front().code;
    if (command == Command::resume) return resume(line);
    forbid_dumps();
    credential::prepare_sodium();
    if (command == Command::keygen) return keygen(line.arguments.new_key_file);
    KeyFiles key_files = read_key_files(c.key_files);
    if (key_files.code != ExitCode::ok) return refuse(key_files.code, key_files.problem);
    Secrets secrets{std::move(key_files.keys), std::nullopt};
    if (!c.platform_account.empty()) {
        AccountFile account = read_account_file(c.platform_account);
        if (account.code != ExitCode::ok) return refuse(account.code, account.problem);
        secrets.platform = std::move(account.credential);
    }
    switch (command) {
        case Command::check:
            return check(line, std::move(secrets));
        case Command::reconcile:
            return reconcile(line, std::move(secrets));
        case Command::reseal:
            return reseal(line, std::move(secrets));
        default:
            return run_daemon(c, std::move(secrets));
    }
}

int run(int argc, const char* const* argv) {
    block_signals();  // first of all: a SIGHUP during the start must not end the process
    signal(SIGPIPE, SIG_IGN);
    const auto read = read_command_line(argc, argv);
    if (const auto* const exit = std::get_if<EarlyExit>(&read)) {
        std::fputs(exit->text.c_str(), exit->code == ExitCode::ok ? stdout : stderr);
        return static_cast<int>(exit->code);
    }
    const CommandLine& line = std::get<CommandLine>(read);
    const Configuration& configuration = line.configuration;
    // The other commands speak on standard output; their log shows only what went wrong.
    const bool daemon = line.arguments.command == Command::run;
    if (!daemon) unblock_signals();
    try {
        log::configure(
            configuration.log_format,
            daemon ? configuration.log_level : std::max(configuration.log_level, log::Level::error),
            configuration.log_file);
    } catch (const std::exception& problem) {
        return static_cast<int>(
            refuse(ExitCode::configuration, std::string("--log-file cannot be used: ") + problem.what()));
    }
    return static_cast<int>(execute(line));
}

}  // namespace
}  // namespace telephony::sidecar

int main(int argc, char** argv) {
    try {
        return telephony::sidecar::run(argc, argv);
    } catch (const std::exception& problem) {
        telephony::sidecar::log::error("telephonyd ends on an error", {{"reason", problem.what()}});
        return static_cast<int>(telephony::sidecar::ExitCode::software);
    }
}
