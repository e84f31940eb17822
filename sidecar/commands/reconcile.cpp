// Prints the comparison; sentences about repairs go to standard error if the output is JSON.
#include "commands/reconcile.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/masking.hpp"
#include "commands/context.hpp"
#include "credentials/secrets.hpp"
#include "reconcile/comparison.hpp"

namespace telephony::sidecar {
namespace {

struct Reconciliation {
    Reconciliation(const CommandLine& line, Secrets secrets) : context(line, std::move(secrets)) {}

    CommandContext context;
    std::vector<ReconcileRow> rows;
    ExitCode code = ExitCode::ok;

    void fail(ExitCode failure, const std::string& problem) {
        std::fprintf(stderr, "telephonyd: %s\n", problem.c_str());
        code = failure;
    }
    void say(const std::string& line) const {
        // JSON has standard output to itself.
        std::fprintf(context.arguments.json ? stderr : stdout, "%s\n", line.c_str());
    }
};

std::string masked(const std::string& number) {
    return numbering::mask(number);
}

template <class T>
bool failed_call(Reconciliation& r, const ContractAnswer<T>& answer) {
    if (answer.outcome == CallOutcome::ok) return false;
    r.fail(answer.outcome == CallOutcome::sql_error ? ExitCode::configuration : ExitCode::unavailable,
           "database: " + answer.message);
    return true;
}

bool failed_request(Reconciliation& r, const TwilioProblem& problem) {
    r.fail(problem.kind == TwilioProblem::Kind::denied ? ExitCode::configuration : ExitCode::unavailable,
           "Twilio: " + problem.text());
    return true;
}

// True, after printing why, if the database declines what it was asked to enter (TL005).
template <class T>
bool declined(Reconciliation& r, const ContractAnswer<T>& answer, const char* what_not) {
    if (answer.outcome != CallOutcome::sql_error || answer.sqlstate != "TL005") return false;
    r.fail(ExitCode::differences, std::string(what_not) + ": " + answer.message + ". " + answer.hint);
    return true;
}

Task<bool> begin(Reconciliation& r) {
    const CommandContext::Outcome connected = co_await r.context.connect();
    if (connected.code != ExitCode::ok) {
        r.fail(connected.code, "database: " + connected.problem);
        co_return false;
    }
    co_return true;
}

// The accounts that were chosen, ordered as the database lists them; the platform's last.
std::vector<AccountToOpen> chosen_accounts(const Reconciliation& r,
                                           std::vector<SealedCredentials> credentials) {
    const Arguments& a = r.context.arguments;
    std::erase_if(credentials, [&a](const SealedCredentials& row) { return !is_chosen(a, row); });
    std::string platform = r.context.credentials.platform_sid();
    // An organization without credentials of its own is the platform's.
    const bool platform_is_chosen =
        (a.only_account.empty() || a.only_account == platform) && (a.only_org.empty() || credentials.empty());
    if (!platform_is_chosen) platform.clear();
    return accounts_to_open(std::move(credentials), platform);
}

// Null, after printing why, if Twilio accepts none of its credentials.
Task<std::shared_ptr<CredentialGate>> opened(Reconciliation& r, const AccountToOpen& account) {
    std::string reasons;
    std::shared_ptr<CredentialGate> open = co_await open_account(r.context.credentials, account, reasons);
    if (!open) r.fail(ExitCode::unavailable, "account " + account.sid + " was not looked at: " + reasons);
    co_return open;
}

Task<std::optional<std::vector<AccountToOpen>>> list_accounts(Reconciliation& r) {
    const CallLimits limits = r.context.limits();
    ContractAnswer<std::vector<SealedCredentials>> listed =
        co_await r.context.contract.list_credentials(limits);
    if (failed_call(r, listed)) co_return std::nullopt;
    std::vector<AccountToOpen> accounts = chosen_accounts(r, std::move(listed.value));
    if (accounts.empty())
        r.fail(ExitCode::configuration, "there are no credentials for any account that was chosen");
    co_return accounts;
}

void print_table(const Reconciliation& r) {
    std::printf("%-20s %-16s %-34s %-34s %-36s %s\n", "verdict", "number", "SID", "account", "organization",
                "what it means");
    for (const ReconcileRow& row : r.rows)
        std::printf("%-20s %-16s %-34s %-34s %-36s %s\n", std::string(name_of(row.verdict)).c_str(),
                    masked(row.number).c_str(), row.number_sid.c_str(), row.account_sid.c_str(),
                    row.org_id.c_str(), row.detail.c_str());
}

void print_summary(const Reconciliation& r) {
    const auto count = [&r](auto counts) {
        return std::count_if(r.rows.begin(), r.rows.end(),
                             [counts](const ReconcileRow& row) { return counts(row.verdict); });
    };
    const auto at_twilio = count(is_at_twilio);
    const auto in_database = count(is_in_database);
    const auto orphans = count([](ReconcileVerdict verdict) { return verdict == ReconcileVerdict::orphan; });
    if (!r.context.arguments.json) {
        std::printf("%td numbers at Twilio, %td in the database, %td orphans\n", at_twilio, in_database,
                    orphans);
        return;
    }
    nlohmann::ordered_json summary;
    summary["numbers_at_twilio"] = at_twilio;
    summary["numbers_in_database"] = in_database;
    summary["orphans"] = orphans;
    summary["rows"] = nlohmann::json::array();
    for (const ReconcileRow& row : r.rows) {
        nlohmann::ordered_json one;
        one["verdict"] = name_of(row.verdict);
        one["number"] = masked(row.number);
        one["number_sid"] = row.number_sid;
        one["account_sid"] = row.account_sid;
        one["tag"] = masked_excerpt(row.tag);
        one["job_id"] = row.job_id;
        one["org_id"] = row.org_id;
        one["detail"] = row.detail;
        summary["rows"].push_back(std::move(one));
    }
    std::printf("%s\n", summary.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

// Adds the rows of one account.
Task<void> compare_one(Reconciliation& r, CredentialGate& gate) {
    const Configuration& c = r.context.configuration;
    const AccountComparison comparison =
        co_await compare_account(gate, r.context.contract, c.database_timeout);
    if (!comparison.problem.empty()) {
        r.fail(comparison.code, comparison.problem);
        co_return;
    }
    r.rows.insert(r.rows.end(), comparison.rows.begin(), comparison.rows.end());
    if (!r.context.arguments.repair) co_return;
    const std::vector<std::string> done =
        co_await repair_account(comparison, gate, r.context.contract, c.database_timeout);
    for (const std::string& sentence : done) r.say(sentence);
}

Task<void> compare(Reconciliation& r) {
    const bool begun = co_await begin(r);
    if (!begun) co_return;
    const std::optional<std::vector<AccountToOpen>> accounts = co_await list_accounts(r);
    if (!accounts) co_return;
    for (const AccountToOpen& account : *accounts) {
        const std::shared_ptr<CredentialGate> open = co_await opened(r, account);
        if (open) co_await compare_one(r, *open);
    }
    if (!r.context.arguments.json) print_table(r);
    print_summary(r);
    if (r.code == ExitCode::ok && std::any_of(r.rows.begin(), r.rows.end(), [](const ReconcileRow& row) {
            return is_difference(row.verdict);
        }))
        r.code = ExitCode::differences;
}

// The account of the organization that was named; null after printing why not.
Task<std::shared_ptr<CredentialGate>> opened_for_one(Reconciliation& r) {
    const bool begun = co_await begin(r);
    if (!begun) co_return nullptr;
    const std::optional<std::vector<AccountToOpen>> accounts = co_await list_accounts(r);
    if (!accounts || accounts->empty()) co_return nullptr;
    std::shared_ptr<CredentialGate> open = co_await opened(r, accounts->front());
    co_return open;
}

Task<void> adopt(Reconciliation& r) {
    const std::shared_ptr<CredentialGate> open = co_await opened_for_one(r);
    if (!open) co_return;
    const Arguments& a = r.context.arguments;
    const TwilioAnswer<IncomingNumber> number = co_await open->client().get(a.adopt_sid);
    if (!number.value && failed_request(r, number.problem)) co_return;
    const CallLimits limits = r.context.limits();
    const std::string account = open->client().account_sid();
    const ContractAnswer<Adoption> job =
        co_await r.context.contract.adopt_number(a.only_org, account, *number.value, limits);
    if (declined(r, job, "not adopted") || failed_call(r, job)) co_return;
    std::printf("adopted %s (%s) for organization %s: job %s\n",
                numbering::mask(number.value->number).c_str(), number.value->sid.c_str(), a.only_org.c_str(),
                job.value.job_id.c_str());
    const std::string tagged = co_await tag_number(*open, *number.value, job.value.tag);
    r.say(tagged);
}

// Prints why nothing is entered; false.
bool not_entered(Reconciliation& r, const std::string& why) {
    r.fail(ExitCode::differences, "not entered: " + why);
    return false;
}

// True if Twilio has the number neither under its SID nor in the account's list; else prints why it cannot be
// said to be gone.
Task<bool> is_absent(Reconciliation& r, TwilioClient& twilio) {
    const std::string& sid = r.context.arguments.gone_sid;
    const TwilioAnswer<AccountInfo> account = co_await twilio.account();
    if (!account.value && failed_request(r, account.problem)) co_return false;
    if (account.value->status != "active")
        co_return not_entered(r, "the Twilio account is " + account.value->status +
                                     ", which proves nothing of its numbers; write_off_number() gives a "
                                     "number up");
    const TwilioAnswer<IncomingNumber> found = co_await twilio.get(sid);
    if (found.value)
        co_return not_entered(
            r, "Twilio has " + numbering::mask(found.value->number) +
                   " still: it stays the organization's. If another one is to be its number, "
                   "delete this one in Twilio's console first; else delete the other there, or "
                   "adopt it for another organization");
    if (found.problem.kind != TwilioProblem::Kind::not_found && failed_request(r, found.problem))
        co_return false;
    const TwilioAnswer<std::vector<IncomingNumber>> listed = co_await twilio.list_all();
    if (!listed.value && failed_request(r, listed.problem)) co_return false;
    if (std::ranges::any_of(*listed.value, [&sid](const IncomingNumber& n) { return n.sid == sid; }))
        co_return not_entered(r, "Twilio lists the number, but does not find it: try again later");
    co_return true;
}

// A number once gone stays gone, but an answer may be old: it counts when a second look agrees.
Task<bool> is_gone(Reconciliation& r, TwilioClient& twilio) {
    const bool absent = co_await is_absent(r, twilio);
    if (!absent) co_return false;
    const Duration pause = r.context.hello().absence_poll;
    r.say("Twilio does not have it; looking once more in " +
          std::to_string(std::chrono::ceil<std::chrono::seconds>(pause).count()) + " s");
    co_await r.context.loop.sleep_until(after(pause));
    const bool still_absent = co_await is_absent(r, twilio);
    co_return still_absent;
}

Task<void> enter_absence(Reconciliation& r) {
    const std::shared_ptr<CredentialGate> open = co_await opened_for_one(r);
    if (!open) co_return;
    const bool gone = co_await is_gone(r, open->client());
    if (!gone) co_return;
    const Arguments& a = r.context.arguments;
    const CallLimits limits = r.context.limits();
    const std::string account = open->client().account_sid();
    const ContractAnswer<std::string> job =
        co_await r.context.contract.record_absence(a.only_org, account, a.gone_sid, limits);
    if (declined(r, job, "not entered") || failed_call(r, job)) co_return;
    r.say(job.value.empty() ? a.gone_sid + " was released before: nothing is to be entered"
                            : "entered the release of " + a.gone_sid + " of organization " + a.only_org +
                                  ": job " + job.value);
}

}  // namespace

ExitCode reconcile(const CommandLine& command_line, Secrets secrets) {
    Reconciliation r(command_line, std::move(secrets));
    const Arguments& a = command_line.arguments;
    r.context.loop.run_until_done(!a.adopt_sid.empty()  ? adopt(r)
                                  : !a.gone_sid.empty() ? enter_absence(r)
                                                        : compare(r));
    return r.code;
}

}  // namespace telephony::sidecar
