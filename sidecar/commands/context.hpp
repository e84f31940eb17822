// What the commands other than run have in common: a loop, the database, Twilio.
#pragma once

#include <string>

#include "base/metrics.hpp"
#include "commands/configuration.hpp"
#include "contract/contract.hpp"
#include "contract/greeting.hpp"
#include "credentials/open.hpp"
#include "database/database.hpp"
#include "io/event_loop.hpp"
#include "io/http_client.hpp"

namespace telephony::sidecar {

/// True if --org and --account, where given, match `row`.
bool is_chosen(const Arguments& arguments, const SealedCredentials& row);

struct Secrets;

class CommandContext {
  public:
    CommandContext(const CommandLine& command_line, Secrets secrets);
    ~CommandContext();
    CommandContext(const CommandContext&) = delete;
    CommandContext& operator=(const CommandContext&) = delete;

    /// ok, or the code and the reason.
    struct Outcome {
        ExitCode code = ExitCode::ok;
        std::string problem;
    };
    /// Connects and greets. Only the first attempt counts: an operator is waiting.
    Task<Outcome> connect();
    /// The answer of the database; valid after connect().
    const Hello& hello() const noexcept { return hello_; }
    /// For every call.
    CallLimits limits() const;

    const Configuration& configuration;
    const Arguments& arguments;
    EventLoop loop;
    Metrics metrics;
    HttpClient http;
    OpenCredentials credentials;
    Database database;
    Contract contract;

  private:
    Wakeup changed_;
    Hello hello_;
};

}  // namespace telephony::sidecar
