// Looks at settings, database, installation, schema, mode and account, in the order in which they depend on
// each other.
#include "check.hpp"

#include <cstdio>
#include <string>

#include "session.hpp"

namespace telephony::sidecar {
namespace {

class Report {
  public:
    void good(const char* what, const std::string& finding) { line("ok", what, finding); }
    void warning(const char* what, const std::string& finding) { line("warning", what, finding); }
    void bad(const char* what, const std::string& finding, ExitCode code) {
        line("PROBLEM", what, finding);
        if (code_ == ExitCode::ok) code_ = code;
    }
    ExitCode code() const { return code_; }

  private:
    static void line(const char* verdict, const char* what, const std::string& finding) {
        std::printf("%-8s %-13s %s\n", verdict, what, finding.c_str());
    }
    ExitCode code_ = ExitCode::ok;
};

Task<void> check_database(Session& session, Report& report) {
    const Configuration& c = session.configuration;
    const Session::Outcome connected = co_await session.connect();
    if (connected.code != ExitCode::ok) {
        report.bad("database", connected.problem, connected.code);
        co_return;
    }
    const Hello& hello = session.hello();
    report.good("database", "reached; extension " + hello.extension_version + ", schema version " +
                                std::to_string(hello.schema_version));
    report.good("installation", c.installation + " is the one of this database");
    report.good("time limits", "a request lives at most " + seconds_text(c.twilio.longest_request_life()) +
                                   ", the database allows " + seconds_text(hello.request_life) +
                                   "; a lease of " + seconds_text(c.lease) + " covers the " +
                                   seconds_text(c.least_lease()) + " that a purchase and its undoing take");
    if (hello.recovery)
        report.bad("mode",
                   "recovery: the cluster is not the one that ran before; run telephonyd reconcile, adopt "
                   "what is missing, then resume",
                   ExitCode::configuration);
    else
        report.good("mode", "normal");
}

Task<void> check_account(Session& session, Report& report) {
    const TwilioAnswer<AccountInfo> account = co_await session.account.client().account();
    const std::string& sid = session.account.client().account_sid();
    if (!account.value) {
        const bool denied = account.problem.kind == TwilioProblem::Kind::denied ||
                            account.problem.kind == TwilioProblem::Kind::not_found;
        report.bad("account", sid + ": " + account.problem.text(),
                   denied ? ExitCode::configuration : ExitCode::unavailable);
    } else if (account.value->status != "active") {
        report.bad("account", sid + " is " + account.value->status + ": Twilio will not sell it numbers",
                   ExitCode::configuration);
    } else {
        report.good("account", sid + " is active");
        if (account.value->type == "Trial")
            report.warning("account", "it is a trial account: Twilio gives it one number only");
    }
}

Task<void> check_all(Session& session, Report& report) {
    co_await check_database(session, report);
    co_await check_account(session, report);
}

}  // namespace

ExitCode check(const Configuration& configuration, TwilioCredential credential) {
    Session session(configuration, std::move(credential));
    Report report;
    session.loop.run_until_done(check_all(session, report));
    std::printf("%s\n", report.code() == ExitCode::ok ? "everything is in order" : "there are problems");
    return report.code();
}

}  // namespace telephony::sidecar
