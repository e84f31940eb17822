// Connects once.
#include "commands/context.hpp"

namespace telephony::sidecar {

CommandContext::CommandContext(const Configuration& c, Secrets secrets)
    : configuration(c),
      http(loop),
      credentials(loop, http, c.twilio, metrics, c.account_concurrency, std::move(secrets)),
      database(loop,
               [this, &c] {
                   DatabaseSettings settings = database_settings(c, "", std::nullopt);
                   settings.judge_greeting = [this, judge = settings.judge_greeting](const CallReply& reply) {
                       const GreetingVerdict verdict = judge(reply);
                       if (reply.outcome == CallOutcome::ok)
                           hello_ = parse_hello(reply.values.front().value());
                       return verdict;
                   };
                   return settings;
               }()),
      contract(database, metrics),
      changed_(loop) {
    database.on_change = [this] { changed_.raise(); };
}

bool is_chosen(const Configuration& c, const SealedCredentials& row) {
    return (c.only_org.empty() || c.only_org == row.org_id) &&
           (c.only_account.empty() || c.only_account == row.account_sid);
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
