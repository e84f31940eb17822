// The command line, its environment and file, and what it refuses.
#include "configuration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "account_file.hpp"

namespace telephony::sidecar {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* installation = "00010203-0405-0607-0809-0a0b0c0d0e0f";

// A file of its own for one test.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& content, mode_t mode = 0600) {
        char name[] = "/tmp/telephony-test-XXXXXX";
        const int fd = mkstemp(name);
        path_ = name;
        EXPECT_EQ(write(fd, content.data(), content.size()), static_cast<ssize_t>(content.size()));
        EXPECT_EQ(fchmod(fd, mode), 0);
        close(fd);
    }
    ~TemporaryFile() { std::filesystem::remove(path_); }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

class ScopedVariable {
  public:
    ScopedVariable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
    ~ScopedVariable() { unsetenv(name_); }

  private:
    const char* name_;
};

std::variant<Configuration, EarlyExit> read(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "telephonyd");
    return read_configuration(static_cast<int>(arguments.size()), arguments.data());
}

Configuration good(std::vector<const char*> arguments) {
    auto result = read(std::move(arguments));
    if (const auto* exit = std::get_if<EarlyExit>(&result)) {
        ADD_FAILURE() << exit->text;
        return {};
    }
    return std::get<Configuration>(result);
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
    const Configuration c = good({"run", "--installation", installation, "--platform-account", "/x"});
    EXPECT_THAT(problems_of(c), IsEmpty());
    EXPECT_EQ(c.command, Command::run);
    EXPECT_EQ(c.twilio.base_url, "https://api.twilio.com");
    EXPECT_EQ(c.twilio.request_timeout, std::chrono::seconds(40));
    EXPECT_EQ(c.twilio.longest_request_life(), std::chrono::seconds(50));
    EXPECT_EQ(c.rollback_after, std::chrono::seconds(60));
    EXPECT_EQ(c.max_jobs, 32);
    EXPECT_EQ(c.account_concurrency, 2);
    EXPECT_EQ(c.status_port, 0);
    EXPECT_THAT(c.worker, HasSubstr(":" + std::to_string(getpid())));
}

TEST(Configuration, DurationsAreSecondsWithDecimals) {
    const Configuration c = good({"run", "--lease", "2.5", "--rollback-after=0.25"});
    EXPECT_EQ(c.lease, std::chrono::milliseconds(2500));
    EXPECT_EQ(c.rollback_after, std::chrono::milliseconds(250));
    EXPECT_EQ(bad({"run", "--lease", "-1"}).code, ExitCode::usage);
    EXPECT_EQ(bad({"run", "--lease", "soon"}).code, ExitCode::usage);
}

TEST(Configuration, FlagWinsOverEnvironmentWinsOverFile) {
    const TemporaryFile file("max-jobs = 5\nlease = 500\npoll-interval = 9\n");
    const ScopedVariable jobs("TELEPHONYD_MAX_JOBS", "6");
    const ScopedVariable lease("TELEPHONYD_LEASE", "600");
    const Configuration c = good({"run", "--config", file.path().c_str(), "--max-jobs", "7"});
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
    const Configuration c =
        good({"run", "--installation", installation, "--platform-account", "/x", "--lease", "140"});
    const auto problems = problems_of(c);
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].code, ExitCode::configuration);
    EXPECT_THAT(problems[0].text, HasSubstr("--lease"));
    EXPECT_THAT(problems_of(good(
                    {"run", "--installation", installation, "--platform-account", "/x", "--lease", "140.5"})),
                IsEmpty());
}

TEST(Configuration, NamesWhatIsMissing) {
    const auto problems = problems_of(good({"run"}));
    ASSERT_EQ(problems.size(), 2u);
    EXPECT_EQ(problems[0].code, ExitCode::usage);
    EXPECT_THAT(problems[0].text, HasSubstr("--installation"));
    EXPECT_THAT(problems[1].text, HasSubstr("--platform-account"));
    EXPECT_EQ(problems_of(good({"resume"})).size(), 1u);
    EXPECT_THAT(problems_of(good({"states"})), IsEmpty());
    EXPECT_EQ(problems_of(good({"resume", "--installation", "x"})).size(), 1u);
}

TEST(Configuration, CredentialsTravelEncryptedOrStayOnThisMachine) {
    const auto problems = [](const char* url) {
        return problems_of(
            good({"check", "--installation", installation, "--platform-account", "/x", "--twilio-url", url}));
    };
    for (const char* url : {"https://api.twilio.com", "https://api.dublin.ie1.twilio.com/",
                            "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:8080"})
        EXPECT_THAT(problems(url), IsEmpty()) << url;
    for (const char* url : {"http://api.twilio.com", "http://127.0.0.1@evil.example", "ftp://x", "https://",
                            "https://user@host", "https://x?y", "http://localhost.evil.example"})
        EXPECT_EQ(problems(url).size(), 1u) << url;
}

TEST(Configuration, TheStatusEndpointStaysOnLoopback) {
    const Configuration c = good({"run", "--status-listen", "127.0.0.1:9100"});
    EXPECT_EQ(c.status_host, "127.0.0.1");
    EXPECT_EQ(c.status_port, 9100);
    EXPECT_EQ(good({"run", "--status-listen", "9100"}).status_port, 9100);
    for (const char* address :
         {"0.0.0.0:9100", "10.0.0.1:9100", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000"})
        EXPECT_EQ(bad({"run", "--status-listen", address}).code, ExitCode::usage) << address;
}

TEST(Configuration, AdoptionNamesNumberAndOrganization) {
    const Configuration c = good({"reconcile", "--adopt", "PN0123456789abcdef0123456789abcdef", "--org",
                                  installation, "--installation", installation, "--platform-account", "/x"});
    EXPECT_THAT(problems_of(c), IsEmpty());
    EXPECT_EQ(c.adopt_org, installation);
    EXPECT_EQ(bad({"reconcile", "--adopt", "PN0123456789abcdef0123456789abcdef"}).code, ExitCode::usage);
    EXPECT_EQ(
        bad({"reconcile", "--repair", "--adopt", "PN0123456789abcdef0123456789abcdef", "--org", installation})
            .code,
        ExitCode::usage);
}

constexpr const char* account_json =
    R"({"account_sid":"AC0123456789abcdef0123456789abcdef","auth_token":"s3cr3t-token"})";

TEST(AccountFile, IsReadWhenOnlyItsOwnerCanReadIt) {
    const TemporaryFile file(account_json);
    const AccountFile account = read_account_file(file.path());
    EXPECT_EQ(account.code, ExitCode::ok) << account.problem;
    EXPECT_EQ(account.credential.account_sid, "AC0123456789abcdef0123456789abcdef");
    EXPECT_EQ(account.credential.auth_token, "s3cr3t-token");
}

TEST(AccountFile, IsRefusedWhenOthersMayReadIt) {
    for (const mode_t mode : {0640, 0604, 0610, 0601, 0666}) {
        const TemporaryFile file(account_json, mode);
        EXPECT_EQ(read_account_file(file.path()).code, ExitCode::permission) << std::oct << mode;
    }
}

TEST(AccountFile, IsRefusedWhenItBelongsToSomebodyElse) {
    if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
    const TemporaryFile file(account_json);
    ASSERT_EQ(chown(file.path().c_str(), 65534, 65534), 0);
    EXPECT_EQ(read_account_file(file.path()).code, ExitCode::permission);
}

TEST(AccountFile, TellsWhatIsWrongWithoutTellingTheSecret) {
    for (const char* content :
         {"", "not json s3cr3t-token",
          R"({"account_sid":"AC0123456789ABCDEF0123456789ABCDEF","auth_token":"s3cr3t-token"})",
          R"({"account_sid":"AC0123456789abcdef0123456789abcdef"})", R"(["s3cr3t-token"])",
          R"({"account_sid":5,"auth_token":"s3cr3t-token"})"}) {
        const TemporaryFile file(content);
        const AccountFile account = read_account_file(file.path());
        EXPECT_EQ(account.code, ExitCode::configuration) << content;
        EXPECT_THAT(account.problem, ::testing::Not(HasSubstr("s3cr3t"))) << content;
    }
    EXPECT_EQ(read_account_file("/does/not/exist").code, ExitCode::configuration);
    EXPECT_EQ(read_account_file("/tmp").code, ExitCode::configuration);
}

}  // namespace
}  // namespace telephony::sidecar
