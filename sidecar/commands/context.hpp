// What the commands that do one thing and end have in common: a loop, the database, Twilio.
#pragma once

#include <string>

#include "base/metrics.hpp"
#include "commands/configuration.hpp"
#include "contract/contract.hpp"
#include "credentials/open.hpp"
#include "daemon/daemon.hpp"
#include "database/database.hpp"
#include "io/event_loop.hpp"
#include "io/http_client.hpp"

namespace telephony::sidecar {

/// True when `row` is one that --org and --account let a command look at.
bool is_chosen(const Configuration& configuration, const SealedCredentials& row);

class CommandContext {
  public:
    CommandContext(const Configuration& configuration, Secrets secrets);
    ~CommandContext();
    CommandContext(const CommandContext&) = delete;
    CommandContext& operator=(const CommandContext&) = delete;

    /// Connects and greets; the code and the sentence that say why not. Only the first attempt counts: a
    /// person is waiting.
    struct Outcome {
        ExitCode code = ExitCode::ok;
        std::string problem;
    };
    Task<Outcome> connect();
    /// What the database said of itself; after connect().
    const Hello& hello() const noexcept { return hello_; }
    /// For a call of a command.
    CallLimits limits() const;

    const Configuration& configuration;
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
