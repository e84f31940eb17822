// twilio_simulator: a fake of the part of Twilio's REST API that telephony uses, for demo and tests.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <exception>
#include <iostream>
#include <random>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "control_api.hpp"
#include "faults.hpp"
#include "http_server.hpp"
#include "journal.hpp"
#include "rest_api.hpp"
#include "store.hpp"
#include "voice.hpp"
#include "voice_control.hpp"

namespace {

namespace simulator = telephony::simulator;

struct Options {
    int port = 0;
    std::vector<std::string> accounts;
    std::uint64_t seed = 0;
    std::int64_t clock_offset = 0;
    int call_second = 1000;
    std::size_t threads = 512;
    bool verbose = false;
};

/// A problem with `AC...:token`, or "".
std::string account_problem(const std::string& text) {
    static const std::regex form("AC[0-9a-fA-F]{32}:[^:]+");
    return std::regex_match(text, form) ? ""
                                        : "an account is AC, 32 hexadecimal digits, a colon and its token";
}

/// Blocks the signals that end the program, in this thread and in those it will start; returns them.
sigset_t block_ending_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return signals;
}

void run(const Options& options) {
    const sigset_t ending_signals = block_ending_signals();
    const simulator::Clock clock{std::chrono::seconds(options.clock_offset)};
    simulator::Store store(clock, options.seed);
    simulator::Faults faults;
    simulator::Journal journal(clock);
    simulator::Voice voice(store, clock, options.seed,
                           simulator::Pace(std::chrono::milliseconds(options.call_second)));
    simulator::RestApi rest_api(store, voice, faults, journal, clock, options.verbose);
    simulator::ControlApi control_api(store, voice, faults, journal);
    simulator::VoiceControl voice_control(voice);
    simulator::HttpServer server(options.threads);

    for (const std::string& text : options.accounts) {
        const std::size_t colon = text.find(':');
        simulator::Account account;
        account.sid = text.substr(0, colon);
        account.auth_token = text.substr(colon + 1);
        store.put_account(account, true);
    }
    rest_api.serve_on(server);
    control_api.serve_on(server);
    voice_control.serve_on(server);

    const int port = server.listen_on_loopback(options.port);
    std::jthread serving([&server] { server.serve(); });
    std::cout << "listening on http://127.0.0.1:" << port << std::endl;

    int signal = 0;
    sigwait(&ending_signals, &signal);
    faults.stop();
    journal.stop();
    voice.stop();
    server.stop_serving();
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    options.seed = std::random_device{}();
    CLI::App app(
        "A fake of Twilio's REST API on the loopback interface, with a control interface under /_control/.");
    app.add_option("--port", options.port, "port to listen on; 0 is any free one")
        ->check(CLI::Range(0, 65535))
        ->capture_default_str();
    app.add_option("--account", options.accounts, "an account as AC...:token; may be repeated")
        ->check(CLI::Validator(account_problem, "AC...:TOKEN"));
    app.add_option("--seed", options.seed, "what the sids of numbers follow from; random if absent");
    app.add_option("--clock-offset", options.clock_offset,
                   "seconds that Twilio's clock is ahead of this machine's")
        ->capture_default_str();
    app.add_option("--call-second", options.call_second, "milliseconds that a second of a call takes")
        ->check(CLI::Range(1, 60'000))
        ->capture_default_str();
    app.add_option("--threads", options.threads, "connections served at a time, held and idle ones included")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    app.add_flag("--verbose", options.verbose, "log one line per request to standard error, numbers masked");
    CLI11_PARSE(app, argc, argv);

    try {
        run(options);
    } catch (const std::exception& error) {
        std::cerr << "twilio_simulator: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
