// The greeting that begins every connection for calls, and what follows from its answer.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "database/database.hpp"

namespace telephony::sidecar {

/// The answer of the database.
struct Hello {
    bool recovery = false;
    int contract = 0;         ///< the newest contract that it serves,
    int oldest_contract = 0;  ///< and the oldest
    int schema_version = 0;
    std::string extension_version;
    Duration request_life{};      ///< the longest life of a request to Twilio that the database allows for
    Duration absence_poll{};      ///< pause between two looks for a number that is not there
    bool voice_settings = false;  ///< set_voice_settings() has been called
};

Hello parse_hello(const std::string& row);

/// What this process expects of the database, and tells it.
struct Greeting {
    std::string installation;  ///< uuid; must be the database's
    /// The account for organizations without one of their own, empty for none; nullopt leaves the database's
    /// as it is.
    std::optional<std::string> platform_account;
    Duration longest_request_life{};  ///< zero: no requests to Twilio
};

GreetingVerdict judge_hello(const CallReply& reply, Duration longest_request_life);

/// How to reach the database.
struct DatabaseAccess {
    std::string conninfo;  ///< libpq key words or URI; empty: the PG* environment
    int connections = 1;   ///< for calls
    Duration timeout{};    ///< for one attempt to connect, and for one answer
    /// How long the database must be lost before a purchase is undone without it.
    Duration rollback_after{};
};

/// Settings of connections that greet with `greeting` and hand the answer to `greeted` when the database may
/// be worked with. `channel` is listened on, unless it is empty.
DatabaseSettings database_settings(const DatabaseAccess& access, const std::string& channel,
                                   const Greeting& greeting, std::function<void(const Hello&)> greeted);

}  // namespace telephony::sidecar
