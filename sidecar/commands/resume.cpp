// The database ends the mode; this only asks it to.
#include "commands/resume.hpp"

#include <cstdio>
#include <string>

#include "commands/context.hpp"
#include "credentials/secrets.hpp"

namespace telephony::sidecar {
namespace {

ExitCode fail(ExitCode code, const std::string& problem) {
    std::fprintf(stderr, "telephonyd: database: %s\n", problem.c_str());
    return code;
}

Task<void> leave_recovery(CommandContext& context, ExitCode& code) {
    const CommandContext::Outcome connected = co_await context.connect();
    if (connected.code != ExitCode::ok) {
        code = fail(connected.code, connected.problem);
        co_return;
    }
    const CallLimits limits = context.limits();
    const ContractAnswer<std::string> mode =
        co_await context.contract.resume(context.configuration.installation, limits);
    if (mode.outcome == CallOutcome::ok)
        std::printf("mode: %s\n", mode.value.c_str());
    else
        code = fail(mode.outcome == CallOutcome::sql_error ? ExitCode::configuration : ExitCode::unavailable,
                    mode.message);
}

}  // namespace

ExitCode resume(const CommandLine& command_line) {
    CommandContext context(command_line, {});
    ExitCode code = ExitCode::ok;
    context.loop.run_until_done(leave_recovery(context, code));
    return code;
}

}  // namespace telephony::sidecar
