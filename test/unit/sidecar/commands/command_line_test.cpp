// The command line, its environment and file, and what it refuses.
#include "commands/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "sidecar/fakes/temporary_file.hpp"

namespace telephony::sidecar {
namespace {

using test::TemporaryFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* installation = "00010203-0405-0607-0809-0a0b0c0d0e0f";

class ScopedVariable {
  public:
    ScopedVariable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
    ~ScopedVariable() { unsetenv(name_); }

  private:
    const char* name_;
};

std::variant<CommandLine, EarlyExit> read(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "telephonyd");
    return read_command_line(static_cast<int>(arguments.size()), arguments.data());
}

CommandLine good(std::vector<const char*> arguments) {
    auto result = read(std::move(arguments));
    if (const auto* exit = std::get_if<EarlyExit>(&result)) {
        ADD_FAILURE() << exit->text;
        return {};
    }
    return std::get<CommandLine>(result);
}

Configuration configured(std::vector<const char*> arguments) {
    return good(std::move(arguments)).configuration;
}

EarlyExit bad(std::vector<const char*> arguments) {
    auto result = read(std::move(arguments));
    if (!std::holds_alternative<EarlyExit>(result)) {
        ADD_FAILURE() << "accepted";
        return {};
    }
    return std::get<EarlyExit>(result);
}

TEST(Configuration, DefaultsAgreeWithEachOther) {
    const CommandLine line = good({"run", "--installation", installation, "--key-file", "/x"});
    EXPECT_THAT(problems_of(line), IsEmpty());
    EXPECT_EQ(line.arguments.command, Command::run);
    const Configuration& c = line.configuration;
    EXPECT_EQ(c.twilio.base_url, "https://api.twilio.com");
    EXPECT_EQ(c.twilio.request_timeout, std::chrono::seconds(40));
    EXPECT_EQ(c.twilio.longest_request_life(), std::chrono::seconds(50));
    EXPECT_EQ(c.rollback_after, std::chrono::seconds(60));
    EXPECT_EQ(c.max_jobs, 128);
    EXPECT_EQ(c.account_concurrency, 2);
    EXPECT_EQ(c.status_port, 0);
    EXPECT_THAT(c.worker, HasSubstr(":" + std::to_string(getpid())));
}

TEST(Configuration, DurationsAreSecondsWithDecimals) {
    const Configuration c = configured({"run", "--lease", "2.5", "--rollback-after=0.25"});
    EXPECT_EQ(c.lease, std::chrono::milliseconds(2500));
    EXPECT_EQ(c.rollback_after, std::chrono::milliseconds(250));
    EXPECT_EQ(bad({"run", "--lease", "-1"}).code, ExitCode::usage);
    for (const char* lease :
         {"soon", "nan", "NaN", "-nan", "inf", "-inf", "infinity", "1e400", "1e18", "0", "604801"}) {
        const EarlyExit exit = bad({"run", "--lease", lease});
        EXPECT_EQ(exit.code, ExitCode::usage) << lease;
        EXPECT_THAT(exit.text, HasSubstr("--lease")) << lease;
    }
    EXPECT_EQ(configured({"run", "--lease", "604800"}).lease, std::chrono::hours(7 * 24));
}

TEST(Configuration, AFlagWithoutAValueDoesNotTakeTheCommandForIt) {
    for (const char* flag : {"--worker=", "--log-file=", "--max-jobs="}) {
        const EarlyExit exit = bad({flag, "run"});
        EXPECT_EQ(exit.code, ExitCode::usage) << flag;
        EXPECT_THAT(exit.text, HasSubstr(std::string(flag) + " has no value")) << flag;
    }
    EXPECT_EQ(configured({"--database=host=/run dbname=", "run"}).database, "host=/run dbname=");
}

TEST(Configuration, TheNameOfAWorkerIsText) {
    const auto problems = [](const char* worker) {
        return problems_of(
            good({"run", "--installation", installation, "--key-file", "/x", "--worker", worker}));
    };
    EXPECT_THAT(problems("b\xc3\xbcro:1"), IsEmpty());
    for (const char* worker : {"\xff", "a\xc3", "\xed\xa0\x80"}) {
        ASSERT_EQ(problems(worker).size(), 1u);
        EXPECT_THAT(problems(worker)[0].text, HasSubstr("--worker"));
    }
}

TEST(Configuration, FlagWinsOverEnvironmentWinsOverFile) {
    const TemporaryFile file("max-jobs = 5\nlease = 500\npoll-interval = 9\n");
    const ScopedVariable jobs("TELEPHONYD_MAX_JOBS", "6");
    const ScopedVariable lease("TELEPHONYD_LEASE", "600");
    const Configuration c = configured({"run", "--config", file.path().c_str(), "--max-jobs", "7"});
    EXPECT_EQ(c.max_jobs, 7);
    EXPECT_EQ(c.lease, std::chrono::seconds(600));
    EXPECT_EQ(c.poll_interval, std::chrono::seconds(9));
}

TEST(Configuration, RefusesWhatItDoesNotKnow) {
    const TemporaryFile file("max-job = 5\n");
    EXPECT_EQ(bad({"run", "--config", file.path().c_str()}).code, ExitCode::usage);
    EXPECT_EQ(bad({"run", "--config", "/does/not/exist"}).code, ExitCode::usage);
    EXPECT_EQ(bad({"run", "--maximum"}).code, ExitCode::usage);
    EXPECT_EQ(bad({"walk"}).code, ExitCode::usage);
    EXPECT_EQ(bad({}).code, ExitCode::usage);
    EXPECT_EQ(bad({"run", "--max-jobs", "0"}).code, ExitCode::usage);
    EXPECT_EQ(bad({"run", "--log-format", "xml"}).code, ExitCode::usage);
}

TEST(Configuration, HelpIsSuccess) {
    const EarlyExit help = bad({"--help"});
    EXPECT_EQ(help.code, ExitCode::ok);
    EXPECT_THAT(help.text, HasSubstr("--rollback-after"));
    EXPECT_THAT(help.text, HasSubstr("Exit codes: 0 success"));
}

TEST(Configuration, ALeaseMustHoldAPurchaseAndItsUndoing) {
    const auto problems =
        problems_of(good({"run", "--installation", installation, "--key-file", "/x", "--lease", "140"}));
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].code, ExitCode::configuration);
    EXPECT_THAT(problems[0].text, HasSubstr("--lease"));
    EXPECT_THAT(
        problems_of(good({"run", "--installation", installation, "--key-file", "/x", "--lease", "140.5"})),
        IsEmpty());
}

TEST(Configuration, NamesWhatIsMissing) {
    const auto problems = problems_of(good({"run"}));
    ASSERT_EQ(problems.size(), 2u);
    EXPECT_EQ(problems[0].code, ExitCode::usage);
    EXPECT_THAT(problems[0].text, HasSubstr("--installation"));
    EXPECT_THAT(problems[1].text, HasSubstr("--key-file"));
    EXPECT_EQ(problems_of(good({"resume"})).size(), 1u);
    EXPECT_THAT(problems_of(good({"states"})), IsEmpty());
    EXPECT_EQ(problems_of(good({"resume", "--installation", "x"})).size(), 1u);
}

TEST(Configuration, KeyFilesAreNamedByFlagsOrElseByTheEnvironment) {
    const ScopedVariable variable("TELEPHONYD_KEY_FILE", "/new,/old");
    EXPECT_THAT(configured({"run"}).key_files, ElementsAre("/new", "/old"));
    EXPECT_THAT(configured({"--key-file", "/a", "run", "--key-file=/b"}).key_files, ElementsAre("/a", "/b"));
    const TemporaryFile file("key-file = [\"/c\", \"/d\"]\n");
    EXPECT_THAT(configured({"run", "--config", file.path().c_str()}).key_files, ElementsAre("/new", "/old"));
}

TEST(Configuration, WithoutKeyItTakesAPlatformAccountToWorkWith) {
    const auto problems = [](const char* command) {
        return problems_of(good({command, "--installation", installation, "--platform-account", "/x"}));
    };
    EXPECT_THAT(problems("run"), IsEmpty());
    EXPECT_THAT(problems("check"), IsEmpty());
    EXPECT_EQ(problems("reseal").size(), 1u);
    EXPECT_THAT(problems_of(good({"keygen", "/k"})), IsEmpty());
    EXPECT_EQ(bad({"keygen"}).code, ExitCode::usage);
    EXPECT_EQ(
        problems_of(good({"check", "--installation", installation, "--key-file", "/x", "--account", "AC1"}))
            .size(),
        1u);
}

TEST(Configuration, CredentialsTravelEncryptedOrStayOnThisMachine) {
    const auto problems = [](const char* url) {
        return problems_of(
            good({"check", "--installation", installation, "--key-file", "/x", "--twilio-url", url}));
    };
    for (const char* url : {"https://api.twilio.com", "https://api.dublin.ie1.twilio.com/",
                            "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:8080"})
        EXPECT_THAT(problems(url), IsEmpty()) << url;
    for (const char* url : {"http://api.twilio.com", "http://127.0.0.1@evil.example", "ftp://x", "https://",
                            "https://user@host", "https://x?y", "http://localhost.evil.example"})
        EXPECT_EQ(problems(url).size(), 1u) << url;
}

TEST(Configuration, AlertsTravelEncryptedOrStayOnThisMachine) {
    const auto problems = [](const char* url) {
        return problems_of(
            good({"run", "--installation", installation, "--key-file", "/x", "--alert-url", url}));
    };
    for (const char* url : {"", "https://hooks.example.org/a?key=secret", "http://127.0.0.1:8080/a?b"})
        EXPECT_THAT(problems(url), IsEmpty()) << url;
    for (const char* url : {"http://hooks.example.org/", "https://user@host",
                            "http://localhost?@evil.example", "http://localhost.evil.example"})
        EXPECT_EQ(problems(url).size(), 1u) << url;
}

TEST(Configuration, TheStatusEndpointStaysOnLoopback) {
    const Configuration c = configured({"run", "--status-listen", "127.0.0.1:9100"});
    EXPECT_EQ(c.status_host, "127.0.0.1");
    EXPECT_EQ(c.status_port, 9100);
    EXPECT_EQ(configured({"run", "--status-listen", "9100"}).status_port, 9100);
    for (const char* address :
         {"0.0.0.0:9100", "10.0.0.1:9100", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000"})
        EXPECT_EQ(bad({"run", "--status-listen", address}).code, ExitCode::usage) << address;
}

TEST(Configuration, AdoptionNamesNumberAndOrganization) {
    const CommandLine c = good({"reconcile", "--adopt", "PN0123456789abcdef0123456789abcdef", "--org",
                                installation, "--installation", installation, "--key-file", "/x"});
    EXPECT_THAT(problems_of(c), IsEmpty());
    EXPECT_EQ(c.arguments.only_org, installation);
    EXPECT_EQ(bad({"reconcile", "--adopt", "PN0123456789abcdef0123456789abcdef"}).code, ExitCode::usage);
    EXPECT_EQ(
        bad({"reconcile", "--repair", "--adopt", "PN0123456789abcdef0123456789abcdef", "--org", installation})
            .code,
        ExitCode::usage);
}

}  // namespace
}  // namespace telephony::sidecar
