// telephonyd: reads the settings, refuses what must be refused, runs the command.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

#include "base/hardening.hpp"
#include "base/logging.hpp"
#include "commands/check.hpp"
#include "commands/configuration.hpp"
#include "commands/reconcile.hpp"
#include "commands/reseal.hpp"
#include "contract/states.hpp"
#include "credentials/account_file.hpp"
#include "credentials/key_file.hpp"
#include "daemon/daemon.hpp"
#include "io/event_loop.hpp"

namespace telephony::sidecar {
namespace {

ExitCode print_states(const Configuration& c) {
    const std::string text = c.mermaid ? states_as_mermaid() : c.json ? states_as_json() : states_as_table();
    std::fputs(text.c_str(), stdout);
    return ExitCode::ok;
}

ExitCode refuse(ExitCode code, const std::string& problem) {
    std::fprintf(stderr, "telephonyd: %s\n", problem.c_str());
    return code;
}

ExitCode execute(const Configuration& c) {
    if (c.command == Command::states) return print_states(c);
    if (c.command == Command::version)
        return std::puts("telephonyd " TELEPHONY_VERSION) >= 0 ? ExitCode::ok : ExitCode::software;
    if (geteuid() == 0 && !c.allow_root)
        return refuse(ExitCode::permission, "not as root: run it as a user of its own, or with --allow-root");
    const std::vector<ConfigurationProblem> problems = problems_of(c);
    for (const ConfigurationProblem& problem : problems) refuse(problem.code, problem.text);
    if (!problems.empty()) return problems.front().code;
    if (c.command == Command::resume) return resume(c);
    forbid_dumps();
    credential::prepare_sodium();
    if (c.command == Command::keygen) return keygen(c.new_key_file);
    KeyFiles key_files = read_key_files(c.key_files);
    if (key_files.code != ExitCode::ok) return refuse(key_files.code, key_files.problem);
    Secrets secrets{std::move(key_files.keys), std::nullopt};
    if (!c.platform_account.empty()) {
        AccountFile account = read_account_file(c.platform_account);
        if (account.code != ExitCode::ok) return refuse(account.code, account.problem);
        secrets.platform = std::move(account.credential);
    }
    switch (c.command) {
        case Command::check:
            return check(c, std::move(secrets));
        case Command::reconcile:
            return reconcile(c, std::move(secrets));
        case Command::reseal:
            return reseal(c, std::move(secrets));
        default:
            break;
    }
    allow_locked_secrets(secrets.keys.size() + OpenCredentials::most_idle +
                         static_cast<std::size_t>(c.max_jobs));
    Daemon daemon(c, std::move(secrets));
    return daemon.run();
}

int run(int argc, const char* const* argv) {
    block_signals();  // first of all: a reload asked for while it starts must not end it
    signal(SIGPIPE, SIG_IGN);
    const auto read = read_configuration(argc, argv);
    if (const auto* const exit = std::get_if<EarlyExit>(&read)) {
        std::fputs(exit->text.c_str(), exit->code == ExitCode::ok ? stdout : stderr);
        return static_cast<int>(exit->code);
    }
    const Configuration& configuration = std::get<Configuration>(read);
    // The commands for people speak on standard output; their log shows only what went wrong.
    const bool daemon = configuration.command == Command::run;
    if (!daemon) unblock_signals();
    log::configure(configuration.log_format,
                   daemon ? configuration.log_level : std::max(configuration.log_level, log::Level::error),
                   configuration.log_file);
    return static_cast<int>(execute(configuration));
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
