// Database, installation, schema, mode and credentials, in the order in which they depend on each other.
#include "commands/check.hpp"

#include <cstdio>
#include <deque>
#include <string>

#include "commands/context.hpp"
#include "credentials/gate.hpp"
#include "credentials/secrets.hpp"

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

Task<bool> check_database(CommandContext& context, Report& report) {
    const Configuration& c = context.configuration;
    const CommandContext::Outcome connected = co_await context.connect();
    if (connected.code != ExitCode::ok) {
        report.bad("database", connected.problem, connected.code);
        co_return false;
    }
    const Hello& hello = context.hello();
    report.good("database", "reached; extension " + hello.extension_version + ", schema version " +
                                std::to_string(hello.schema_version) + ", contract " +
                                std::to_string(hello.contract));
    report.good("installation", c.installation + " is the one of this database");
    report.good("time limits", "a request lives at most " + seconds_text(c.twilio.longest_request_life()) +
                                   ", the database allows " + seconds_text(hello.request_life) +
                                   "; a lease of " + seconds_text(c.lease) + " covers the " +
                                   seconds_text(attempt_settings(c).purchase_needs()) +
                                   " that a purchase and its undoing take");
    if (hello.recovery)
        report.bad("mode",
                   "recovery: the cluster is not the one that ran before; run telephonyd reconcile, adopt "
                   "what is missing, then resume",
                   ExitCode::configuration);
    else
        report.good("mode", "normal");
    if (hello.voice_settings)
        report.good("voice", "there are settings for what answers calls");
    else
        report.bad("voice",
                   "nothing would answer calls to a new number, so none is bought: call set_voice_settings()",
                   ExitCode::configuration);
    co_return true;
}

// Credentials that are verified at the same time.
constexpr int most_at_once = 16;

struct CredentialsInOrder {
    std::size_t count = 0;
    std::size_t trial = 0;
};

void judge(const std::string& whose, bool is_own_mistake, const CredentialVerdict& verdict, Report& report,
           CredentialsInOrder& in_order) {
    using Kind = CredentialVerdict::Kind;
    if (verdict.kind == Kind::verified) {
        ++in_order.count;
        if (verdict.account_type != "Trial") return;
        ++in_order.trial;
        report.warning("credentials", whose + ": a trial account: Twilio gives it one number only");
    } else if (verdict.kind == Kind::unreachable) {
        report.bad("credentials", whose + ": " + verdict.reason,
                   is_own_mistake ? ExitCode::unavailable : ExitCode::configuration);
    } else if (is_own_mistake) {
        report.warning("credentials", whose + ": " + verdict.reason);
    } else {
        report.bad("credentials", whose + ": " + verdict.reason, ExitCode::configuration);
    }
}

// Takes rows until none is left; several of these run side by side.
Task<void> check_rows(CommandContext& context, std::deque<SealedCredentials>& rows, Report& report,
                      CredentialsInOrder& in_order) {
    while (!rows.empty()) {
        const SealedCredentials row = std::move(rows.front());
        rows.pop_front();
        const std::shared_ptr<CredentialGate> gate = context.credentials.of(row);
        const CredentialVerdict verdict = co_await gate->verify();
        judge("organization " + row.org_id + ", " + row.account_sid, !gate->is_closed(), verdict, report,
              in_order);
    }
}

Task<void> check_one_by_one(CommandContext& context, std::deque<SealedCredentials>& rows, Report& report,
                            CredentialsInOrder& in_order, int& at_work, Wakeup& done) {
    co_await check_rows(context, rows, report, in_order);
    if (--at_work == 0) done.raise();
}

Task<void> check_credentials(CommandContext& context, Report& report) {
    const CallLimits limits = context.limits();
    ContractAnswer<std::vector<SealedCredentials>> listed =
        co_await context.contract.list_credentials(limits);
    if (listed.outcome != CallOutcome::ok) {
        report.bad("credentials", listed.message, ExitCode::configuration);
        co_return;
    }
    std::deque<SealedCredentials> rows;
    for (SealedCredentials& row : listed.value)
        if (is_chosen(context.arguments, row)) rows.push_back(std::move(row));
    const std::size_t total = rows.size();
    CredentialsInOrder in_order;
    int at_work = most_at_once;
    Wakeup done(context.loop);
    for (int i = 0; i < most_at_once; ++i)
        context.loop.spawn(check_one_by_one(context, rows, report, in_order, at_work, done));
    co_await done.wait_until(no_deadline);
    report.good("credentials", std::to_string(in_order.count) + " of " + std::to_string(total) +
                                   " organizations' credentials are in order");
}

Task<void> check_platform_account(CommandContext& context, Report& report) {
    const std::shared_ptr<CredentialGate> gate = context.credentials.platform();
    if (!gate) {
        report.good("platform", "no account: every organization brings its own");
        co_return;
    }
    const CredentialVerdict verdict = co_await gate->verify();
    const std::string sid = context.credentials.platform_sid();
    if (verdict.kind != CredentialVerdict::Kind::verified)
        report.bad("platform", sid + ": " + verdict.reason,
                   verdict.kind == CredentialVerdict::Kind::refused ? ExitCode::configuration
                                                                    : ExitCode::unavailable);
    else if (verdict.account_type == "Trial")
        report.warning("platform", sid + " is a trial account: Twilio gives it one number only");
    else
        report.good("platform", sid + " is active: organizations without credentials of their own buy in it");
}

Task<void> check_all(CommandContext& context, Report& report) {
    const bool connected = co_await check_database(context, report);
    if (connected) co_await check_credentials(context, report);
    co_await check_platform_account(context, report);
}

}  // namespace

ExitCode check(const CommandLine& command_line, Secrets secrets) {
    CommandContext context(command_line, std::move(secrets));
    Report report;
    context.loop.run_until_done(check_all(context, report));
    std::printf("%s\n", report.code() == ExitCode::ok ? "everything is in order" : "there are problems");
    return report.code();
}

}  // namespace telephony::sidecar
