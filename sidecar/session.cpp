// Connects once.
#include "session.hpp"

#include "sidecar.hpp"

namespace telephony::sidecar {

Session::Session(const Configuration& c, TwilioCredential credential)
    : configuration(c),
      http(loop),
      account(loop, http, c.twilio, std::move(credential), metrics, c.account_concurrency),
      database(loop,
               [this, &c] {
                   DatabaseSettings settings = database_settings(c, "");
                   settings.judge_greeting = [this, judge = settings.judge_greeting](const CallReply& reply) {
                       const GreetingVerdict verdict = judge(reply);
                       if (reply.outcome == CallOutcome::ok)
                           hello_ = parse_hello(reply.values.front().value());
                       return verdict;
                   };
                   return settings;
               }()),
      store(database, metrics),
      changed_(loop) {
    database.on_change = [this] { changed_.raise(); };
}

Session::~Session() {
    loop.destroy_coroutines();
}

Task<Session::Outcome> Session::connect() {
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

CallLimits Session::limits() const {
    return {after(2 * configuration.database_timeout), std::nullopt};
}

}  // namespace telephony::sidecar
