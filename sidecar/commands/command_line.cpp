// Names, meanings, defaults and ranges of all flags.
#include "commands/command_line.hpp"

#include <unistd.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <map>

#include "text/characters.hpp"

namespace telephony::sidecar {
namespace {

constexpr const char* description =
    "telephonyd buys, releases and verifies phone numbers at Twilio for the telephony extension of "
    "PostgreSQL.\n"
    "\n"
    "The database decides, telephonyd acts: it claims jobs under a lease, does one step at Twilio, reports "
    "it, and can be killed at any\n"
    "moment without losing or orphaning a number. Several may run side by side.";

constexpr const char* footer =
    "Settings: a flag wins over its environment variable (TELEPHONYD_ and the flag's name in capitals, as "
    "TELEPHONYD_MAX_JOBS), and that\n"
    "over the file named by --config, which holds lines such as  max-jobs = 32 . Durations are seconds, "
    "decimals allowed. The database is\n"
    "found as by psql: --database, else PGHOST, PGUSER, PGDATABASE, PGPASSFILE and so on. Keep passwords in "
    "a password file: a command\n"
    "line is visible to others.\n"
    "\n"
    "Signals: SIGTERM or SIGINT drains (no new jobs; running ones reach a safe point), a second one ends at "
    "once; SIGHUP opens the log file\n"
    "anew and reads the file of --platform-account again.\n"
    "\n"
    "Exit codes: 0 success; 1 reconcile found differences or refused to adopt, reseal could not open all;\n"
    "64 wrong usage; 69 the database or Twilio cannot be reached; 70 internal error; 77 no permission (run\n"
    "as root; a key or account file that is not this user's alone);\n"
    "78 settings that contradict each other, the database or an account.";

// What CLI11 fills in before it becomes a Configuration.
struct Values {
    double lease = 180;
    double rollback_after = 60;
    double request_timeout = 40;
    double connect_timeout = 10;
    double poll_interval = 5;
    double drain_timeout = 60;
    double database_timeout = 15;
    std::string status_listen = "0";
    bool no_listen = false;
};

std::string environment_name(std::string flag) {
    for (char& c : flag) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return "TELEPHONYD_" + flag;
}

std::string default_worker() {
    char host[256] = "localhost";
    // On failure the array still holds the text above.
    if (gethostname(host, sizeof host - 1) != 0) return "localhost:" + std::to_string(getpid());
    return std::string(host) + ":" + std::to_string(getpid());
}

// A week is longer than anything here makes sense.
constexpr double shortest_seconds = 0.001;
constexpr double most_seconds = 7 * 86400;

// A duration in seconds.
void add_seconds(CLI::App& app, const char* flag, double& value, const char* group, const char* meaning) {
    app.add_option(flag, value, meaning)
        ->group(group)
        ->type_name("SECONDS")
        ->capture_default_str()
        ->check(CLI::Validator(
            [](const std::string& text) {
                double seconds = 0;
                // So that "nan" is out of range too.
                const bool permitted = CLI::detail::lexical_cast(text, seconds) &&
                                       seconds >= shortest_seconds && seconds <= most_seconds;
                return permitted
                           ? std::string()
                           : "\"" + text + "\" is not between " + CLI::detail::to_string(shortest_seconds) +
                                 " and " + CLI::detail::to_string(most_seconds) + " seconds";
            },
            ""));
}

void add_count(CLI::App& app, const char* flag, int& value, int by_default, int most, const char* meaning) {
    value = by_default;
    app.add_option(flag, value, meaning)
        ->group("Work")
        ->type_name("N")
        ->capture_default_str()
        ->check(CLI::Range(1, most).description(""));
}

void add_settings(CLI::App& app, Configuration& c, Values& v) {
    const char* group = "What to work on";
    app.add_option("--installation", c.installation,
                   "Id of this installation: what SELECT telephony_internal.installation_id() says")
        ->group(group)
        ->type_name("UUID");
    app.add_option("--database", c.database, "libpq connection string or URI")
        ->group(group)
        ->type_name("CONNINFO");
    app.add_option(
           "--key-file", c.key_files,
           "Secret key that opens organizations' credentials, made by telephonyd keygen; owned by the "
           "user telephonyd runs as, mode 0600 or stricter. Repeated (or separated by commas) during "
           "a rotation, the newest first")
        ->group(group)
        ->type_name("FILE")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    app.add_option(
           "--platform-account", c.platform_account,
           "Twilio account for organizations that have handed in none; without it they must. One line "
           "AC...:token, owner and mode as of --key-file")
        ->group(group)
        ->type_name("FILE");
    c.twilio.base_url = "https://api.twilio.com";
    app.add_option("--twilio-url", c.twilio.base_url,
                   "Base URL of Twilio's API: https, or http to this machine")
        ->group(group)
        ->type_name("URL")
        ->capture_default_str();

    app.add_option("--worker", c.worker, "Name of this process in leases and events (default: host:pid)")
        ->group("Work")
        ->type_name("NAME");
    add_count(app, "--max-jobs", c.max_jobs, 128, 10000, "Jobs worked on at once");
    add_count(app, "--account-concurrency", c.account_concurrency, 2, 1000,
              "Requests in flight per Twilio credential");
    add_count(app, "--database-connections", c.database_connections, 8, 100,
              "Database connections for calls; one more listens");
    app.add_flag("--no-listen", v.no_listen,
                 "Find jobs by polling alone, without the connection that listens: for poolers that give a "
                 "connection for one transaction")
        ->group("Work");
    add_seconds(app, "--poll-interval", v.poll_interval, "Work",
                "Between two looks for jobs nobody announced, jittered");

    group = "Time limits";
    add_seconds(app, "--lease", v.lease, group,
                "A job is ours without renewal; more than rollback-after + 2 * request-timeout");
    add_seconds(app, "--rollback-after", v.rollback_after, group,
                "The database must be lost for this long before a purchase that could not be recorded is "
                "released again");
    add_seconds(app, "--request-timeout", v.request_timeout, group,
                "One request to Twilio, connecting included");
    add_seconds(app, "--connect-timeout", v.connect_timeout, group, "Connecting to Twilio");
    add_seconds(app, "--database-timeout", v.database_timeout, group,
                "Connecting to the database, and one answer of it");
    add_seconds(app, "--drain-timeout", v.drain_timeout, group,
                "For running jobs to reach a safe point after SIGTERM");

    group = "Observation";
    app.add_option("--status-listen", v.status_listen,
                   "Loopback address for /healthz, /readyz and /metrics; 0: none")
        ->group(group)
        ->type_name("127.0.0.1:PORT")
        ->capture_default_str();
    const std::map<std::string, log::Format> formats = {{"text", log::Format::text},
                                                        {"json", log::Format::json}};
    app.add_option("--log-format", c.log_format, "text, or json: one object a line")
        ->group(group)
        ->type_name("FORMAT")
        ->transform(CLI::CheckedTransformer(formats, CLI::ignore_case).description(""))
        ->default_str("text");
    const std::map<std::string, log::Level> levels = {{"debug", log::Level::debug},
                                                      {"info", log::Level::info},
                                                      {"warning", log::Level::warning},
                                                      {"error", log::Level::error}};
    app.add_option("--log-level", c.log_level, "debug, info, warning or error")
        ->group(group)
        ->type_name("LEVEL")
        ->transform(CLI::CheckedTransformer(levels, CLI::ignore_case).description(""))
        ->default_str("info");
    app.add_option("--log-file", c.log_file, "File to append the log to (default: standard error)")
        ->group(group)
        ->type_name("FILE");
    app.add_option(
           "--alert-url", c.alert_url,
           "URL that alerts are posted to as JSON, https or http to this machine; set it in the file or "
           "the environment if it holds a secret")
        ->group(group)
        ->type_name("URL");
    app.add_flag("--allow-root", c.allow_root, "Run although the user is root")->group(group);
}

void add_commands(CLI::App& app, Arguments& a) {
    const auto command = [&app, &a](const char* name, const char* help, Command which) {
        CLI::App* const sub = app.add_subcommand(name, help)->fallthrough();
        sub->final_callback([&a, which] { a.command = which; });
        return sub;
    };
    command("run", "Work on jobs until told to stop", Command::run);
    CLI::App* const check =
        command("check", "Say in words whether database, installation and every Twilio account are in order",
                Command::check);
    CLI::App* const reconcile = command(
        "reconcile",
        "Compare the numbers Twilio holds with those the database knows; changes nothing unless asked to",
        Command::reconcile);
    CLI::Option* const repair =
        reconcile->add_flag("--repair", a.repair,
                            "Ask for the release of orphans (the running telephonyd carries it out) and give "
                            "renamed live numbers their tag back");
    CLI::Option* const adopt =
        reconcile->add_option("--adopt", a.adopt_sid, "SID of a number to take in as the number of --org")
            ->type_name("SID");
    CLI::Option* const gone =
        reconcile
            ->add_option(
                "--gone", a.gone_sid,
                "SID of a number of --org that Twilio does not have any more: looks twice, and enters "
                "its release")
            ->type_name("SID");
    CLI::Option* const org =
        reconcile
            ->add_option("--org", a.only_org,
                         "Organization whose account is looked at, and that gets the adopted number")
            ->type_name("UUID");
    adopt->needs(org)->excludes(repair);
    gone->needs(org)->excludes(repair)->excludes(adopt);
    check->add_option("--org", a.only_org, "Look at this organization's credentials alone")
        ->type_name("UUID");
    for (CLI::App* const sub : {check, reconcile})
        sub->add_option("--account", a.only_account, "Look at this Twilio account alone")->type_name("SID");
    reconcile->add_flag("--json", a.json, "Print JSON instead of a table");
    command("resume", "End recovery mode: every number at Twilio is known to this database", Command::resume);
    CLI::App* const keygen =
        command("keygen",
                "Make a key pair: FILE opens credentials and stays with telephonyd, FILE.pub is for the "
                "database",
                Command::keygen);
    keygen->add_option("file", a.new_key_file, "File to create")->type_name("FILE")->required();
    CLI::App* const reseal =
        command("reseal",
                "Seal all organizations' credentials anew, for the first --key-file; can be repeated, also "
                "while telephonyd runs",
                Command::reseal);
    reseal->add_flag("--json", a.json, "Print JSON instead of a sentence");
    CLI::App* const states = command("states", "Print the state machine of a job", Command::states);
    CLI::Option* const mermaid = states->add_flag("--mermaid", a.mermaid, "As a mermaid diagram");
    states->add_flag("--json", a.json, "As JSON")->excludes(mermaid);
    command("version", "Print the version", Command::version);
    app.require_subcommand(1);
}

bool is_given(const std::string& flag, int argc, const char* const* argv) {
    return std::any_of(argv + 1, argv + argc, [&flag](std::string_view argument) {
        return argument == "--" + flag || argument.starts_with("--" + flag + "=");
    });
}

// Environment variables become arguments before those of the command line, so that the later, the flag, wins,
// and both win over the file; CLI11 on its own would let the file win over the environment.
std::vector<std::string> arguments_of(const CLI::App& app, int argc, const char* const* argv) {
    std::vector<std::string> arguments;
    for (const CLI::Option* const option : app.get_options()) {
        if (option->get_lnames().empty()) continue;
        const std::string& flag = option->get_lnames().front();
        const char* const value = std::getenv(environment_name(flag).c_str());
        // Of a flag that may be repeated all values count: there the environment is for want of the flag.
        const bool repeated = option->get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
        if (value && *value && !(repeated && is_given(flag, argc, argv)))
            arguments.push_back("--" + flag + "=" + value);
    }
    arguments.insert(arguments.end(), argv + 1, argv + argc);
    return arguments;
}

// CLI11 takes the argument after "--worker=" for its value: the name of the command, say.
std::string_view flag_without_value(const std::vector<std::string>& arguments) {
    const auto found = std::find_if(arguments.begin(), arguments.end(), [](const std::string& argument) {
        return argument.size() > 3 && argument.starts_with("--") && argument.find('=') == argument.size() - 1;
    });
    return found == arguments.end() ? std::string_view() : *found;
}

// HOST:PORT, PORT or 0.
bool read_status_listen(const std::string& text, Configuration& c) {
    const auto colon = text.rfind(':');
    c.status_host = colon == std::string::npos ? "127.0.0.1" : text.substr(0, colon);
    const std::string port = colon == std::string::npos ? text : text.substr(colon + 1);
    if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos)
        return false;
    c.status_port = std::stoi(port);
    return c.status_port <= 65535 && is_loopback(c.status_host);
}

}  // namespace

std::variant<CommandLine, EarlyExit> read_command_line(int argc, const char* const* argv) {
    CommandLine line;
    Configuration& c = line.configuration;
    Values v;
    CLI::App app(description, "telephonyd");
    app.footer(footer);
    app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    add_settings(app, c, v);
    app.set_config("--config", "", "File with settings, in TOML or INI form")->type_name("FILE");
    app.allow_config_extras(CLI::config_extras_mode::error);
    add_commands(app, line.arguments);
    try {
        std::vector<std::string> arguments = arguments_of(app, argc, argv);
        if (const std::string_view flag = flag_without_value(arguments); !flag.empty())
            return EarlyExit{ExitCode::usage, "telephonyd: " + std::string(flag) +
                                                  " has no value: give it one, or leave it out\n"};
        std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
        app.parse(arguments);
    } catch (const CLI::CallForHelp&) {
        return EarlyExit{ExitCode::ok, app.help()};
    } catch (const CLI::ParseError& problem) {
        return EarlyExit{ExitCode::usage, std::string("telephonyd: ") + problem.what() +
                                              "\nRun with --help for more information.\n"};
    }
    c.listens = !v.no_listen;
    c.lease = from_seconds(v.lease);
    c.rollback_after = from_seconds(v.rollback_after);
    c.twilio.request_timeout = from_seconds(v.request_timeout);
    c.twilio.connect_timeout = from_seconds(v.connect_timeout);
    c.poll_interval = from_seconds(v.poll_interval);
    c.drain_timeout = from_seconds(v.drain_timeout);
    c.database_timeout = from_seconds(v.database_timeout);
    if (c.worker.empty()) c.worker = default_worker();
    for (char& digit : line.arguments.only_org) digit = text::lower(digit);
    while (!c.twilio.base_url.empty() && c.twilio.base_url.back() == '/') c.twilio.base_url.pop_back();
    if (!read_status_listen(v.status_listen, c))
        return EarlyExit{ExitCode::usage,
                         "telephonyd: --status-listen takes 127.0.0.1:PORT (a loopback address; put a proxy "
                         "in front to show it to others) or 0\n"};
    return line;
}

}  // namespace telephony::sidecar
