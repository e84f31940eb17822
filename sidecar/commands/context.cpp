// One connection for calls, none that listens.
#include "commands/context.hpp"

#include "credentials/secrets.hpp"

namespace telephony::sidecar {
namespace {

Greeting greeting_of(const CommandLine& line) {
    // `resume` sends no requests to Twilio.
    const bool asks_twilio = line.arguments.command != Command::resume;
    return {line.configuration.installation, std::nullopt,
            asks_twilio ? line.configuration.twilio.longest_request_life() : Duration::zero()};
}

// An operator is waiting: what is missing is the answer.
DatabaseSettings settings_of(const CommandLine& line, std::function<void(const Hello&)> greeted) {
    DatabaseSettings settings =
        database_settings(database_access(line.configuration, 1), "", greeting_of(line), std::move(greeted));
    settings.waits_for_contract = false;
    return settings;
}

}  // namespace

CommandContext::CommandContext(const CommandLine& line, Secrets secrets)
    : configuration(line.configuration),
      arguments(line.arguments),
      http(loop),
      credentials(loop, http, configuration.twilio, metrics, configuration.account_concurrency,
                  std::move(secrets)),
      database(loop, settings_of(line, [this](const Hello& hello) { hello_ = hello; })),
      contract(database, metrics),
      changed_(loop) {
    database.on_change = [this] { changed_.raise(); };
}

bool is_chosen(const Arguments& arguments, const SealedCredentials& row) {
    return (arguments.only_org.empty() || arguments.only_org == row.org_id) &&
           (arguments.only_account.empty() || arguments.only_account == row.account_sid);
}

CommandContext::~CommandContext() {
    loop.destroy_coroutines();
}

Task<CommandContext::Outcome> CommandContext::connect() {
    database.start();
    Outcome outcome;
    co_await changed_.wait_until(after(2 * configuration.database_timeout));
    if (database.state() != Database::State::ready) {
        outcome.code =
            database.state() == Database::State::connecting ? ExitCode::unavailable : ExitCode::configuration;
        outcome.problem = database.problem();
    }
    co_return outcome;
}

CallLimits CommandContext::limits() const {
    return {after(2 * configuration.database_timeout), std::nullopt};
}

}  // namespace telephony::sidecar
