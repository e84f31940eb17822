// The database judges; this prints, looks twice, and carries out what was asked for.
#include "reconcile.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "masking.hpp"
#include "ownership_tag.hpp"
#include "session.hpp"

namespace telephony::sidecar {
namespace {

struct Reconciliation {
    Reconciliation(const Configuration& c, Secrets secrets) : session(c, std::move(secrets)) {}

    Session session;
    std::shared_ptr<TwilioAccount> account;  ///< the one being looked at
    std::vector<IncomingNumber> listed;
    std::vector<ReconcileRow> rows;
    ExitCode code = ExitCode::ok;

    void fail(ExitCode failure, const std::string& problem) {
        std::fprintf(stderr, "telephonyd: %s\n", problem.c_str());
        code = failure;
    }
    void say(const std::string& line) const {
        // JSON has standard output to itself.
        std::fprintf(session.configuration.json ? stderr : stdout, "%s\n", line.c_str());
    }
};

std::string masked(const std::string& number) {
    return numbering::mask(number);
}

// Not for us to mend: belongs to others, or is as it should be.
bool is_difference(const ReconcileRow& row) {
    return row.verdict != "live" && row.verdict != "pending" && row.verdict != "untagged" &&
           row.verdict != "foreign_installation";
}

template <class T>
bool failed_call(Reconciliation& r, const StoreAnswer<T>& answer) {
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

Task<bool> begin(Reconciliation& r) {
    const Session::Outcome connected = co_await r.session.connect();
    if (connected.code != ExitCode::ok) {
        r.fail(connected.code, "database: " + connected.problem);
        co_return false;
    }
    co_return true;
}

// An account, and all that could open it.
struct AccountToOpen {
    std::string sid;
    std::vector<SealedCredentials> credentials;
    bool is_platform = false;
};

// What there is and was chosen, ordered by account as the database lists it; the platform's last.
std::vector<AccountToOpen> chosen_accounts(const Reconciliation& r,
                                           std::vector<SealedCredentials> credentials) {
    const Configuration& c = r.session.configuration;
    std::vector<AccountToOpen> accounts;
    for (SealedCredentials& row : credentials) {
        if (!is_chosen(c, row)) continue;
        if (accounts.empty() || accounts.back().sid != row.account_sid)
            accounts.push_back({row.account_sid, {}, false});
        accounts.back().credentials.push_back(std::move(row));
    }
    const std::string platform = r.session.accounts.platform_sid();
    // An organization without credentials of its own is the platform's.
    const bool platform_is_chosen =
        (c.only_account.empty() || c.only_account == platform) && (c.only_org.empty() || accounts.empty());
    if (platform.empty() || !platform_is_chosen) return accounts;
    const auto same = std::find_if(accounts.begin(), accounts.end(),
                                   [&platform](const AccountToOpen& a) { return a.sid == platform; });
    if (same == accounts.end())
        accounts.push_back({platform, {}, true});
    else
        same->is_platform = true;
    return accounts;
}

// The first of the account's credentials that Twilio takes; nothing, and the failure told, if there is none.
Task<bool> open_account(Reconciliation& r, const AccountToOpen& account) {
    std::vector<std::shared_ptr<TwilioAccount>> candidates;
    if (account.is_platform) candidates.push_back(r.session.accounts.platform());
    for (const SealedCredentials& row : account.credentials) candidates.push_back(r.session.accounts.of(row));
    std::string reasons;
    for (const std::shared_ptr<TwilioAccount>& candidate : candidates) {
        const CredentialVerdict verdict = co_await candidate->verify();
        r.account = candidate;
        if (verdict.kind == CredentialVerdict::Kind::verified) co_return true;
        reasons += (reasons.empty() ? "" : "; ") + verdict.reason;
    }
    r.fail(ExitCode::unavailable, "account " + account.sid + " was not looked at: " + reasons);
    co_return false;
}

Task<std::optional<std::vector<AccountToOpen>>> list_accounts(Reconciliation& r) {
    const CallLimits limits = r.session.limits();
    StoreAnswer<std::vector<SealedCredentials>> listed = co_await r.session.store.list_credentials(limits);
    if (failed_call(r, listed)) co_return std::nullopt;
    std::vector<AccountToOpen> accounts = chosen_accounts(r, std::move(listed.value));
    if (accounts.empty())
        r.fail(ExitCode::configuration, "there are no credentials for any account that was chosen");
    co_return accounts;
}

// Between our list and the database's judgement the sidecar may have bought or released: what looks amiss is
// asked for once more.
Task<void> look_again(Reconciliation& r, std::vector<ReconcileRow>& rows) {
    std::vector<ReconcileRow> confirmed;
    for (const ReconcileRow& row : rows) {
        if (row.verdict == "missing" || row.verdict == "orphan") {
            const TwilioAnswer<IncomingNumber> found = co_await r.account->client().get(row.number_sid);
            const bool there = found.value.has_value();
            const bool gone = !there && found.problem.kind == TwilioProblem::Kind::not_found;
            if (row.verdict == "orphan" && gone) continue;
            if (row.verdict == "missing" && there) {
                ReconcileRow live = row;
                live.verdict = "live";
                live.detail = "bought while the numbers were being listed";
                confirmed.push_back(live);
                continue;
            }
        }
        confirmed.push_back(row);
    }
    rows = std::move(confirmed);
}

void print_table(const Reconciliation& r) {
    std::printf("%-20s %-16s %-34s %-34s %-36s %s\n", "verdict", "number", "SID", "account", "organization",
                "what it means");
    for (const ReconcileRow& row : r.rows)
        std::printf("%-20s %-16s %-34s %-34s %-36s %s\n", row.verdict.c_str(), masked(row.number).c_str(),
                    row.number_sid.c_str(), row.account_sid.c_str(), row.org_id.c_str(), row.detail.c_str());
}

void print_summary(const Reconciliation& r) {
    const auto count = [&r](std::initializer_list<const char*> verdicts) {
        return std::count_if(r.rows.begin(), r.rows.end(), [&verdicts](const ReconcileRow& row) {
            return std::any_of(verdicts.begin(), verdicts.end(),
                               [&row](const char* verdict) { return row.verdict == verdict; });
        });
    };
    const auto at_twilio = r.rows.size() - static_cast<std::size_t>(count({"missing"}));
    const auto in_database = count({"live", "retag", "missing"});
    const auto orphans = count({"orphan"});
    if (!r.session.configuration.json) {
        std::printf("%zu numbers at Twilio, %td in the database, %td orphans\n", at_twilio, in_database,
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
        one["verdict"] = row.verdict;
        one["number"] = masked(row.number);
        one["number_sid"] = row.number_sid;
        one["account_sid"] = row.account_sid;
        one["tag"] = mask_numbers(row.tag);
        one["job_id"] = row.job_id;
        one["org_id"] = row.org_id;
        one["detail"] = row.detail;
        summary["rows"].push_back(std::move(one));
    }
    std::printf("%s\n", summary.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

Task<void> release_orphan(Reconciliation& r, const IncomingNumber& number) {
    const CallLimits limits = r.session.limits();
    const StoreAnswer<std::string> job =
        co_await r.session.store.report_orphan(r.account->client().account_sid(), number, limits);
    const std::string name = numbering::mask(number.number) + " (" + number.sid + ")";
    if (job.outcome != CallOutcome::ok)
        r.say("not released: " + name + ": " + job.message);
    else if (job.value.empty())
        r.say("not released: " + name + ": the database declines, or its release is under way");
    else
        r.say("asked for the release of " + name + ": job " + job.value +
              ", carried out by the running telephonyd");
}

Task<void> tag_number(Reconciliation& r, const IncomingNumber& number, const std::string& job_id) {
    const OwnershipTag tag{r.session.configuration.installation, job_id};
    const FormParameters changes = {{"FriendlyName", tag.text()}};
    const TwilioAnswer<IncomingNumber> changed = co_await r.account->client().update(number.sid, changes);
    const std::string name = numbering::mask(number.number) + " (" + number.sid + ")";
    r.say(changed.value ? "tagged " + name : "not tagged: " + name + ": " + changed.problem.text());
}

Task<void> repair(Reconciliation& r, const std::vector<ReconcileRow>& rows) {
    for (const ReconcileRow& row : rows) {
        const auto listed = std::find_if(r.listed.begin(), r.listed.end(),
                                         [&row](const IncomingNumber& n) { return n.sid == row.number_sid; });
        if (listed == r.listed.end()) continue;
        if (row.verdict == "orphan") co_await release_orphan(r, *listed);
        if (row.verdict == "retag") co_await tag_number(r, *listed, row.job_id);
    }
}

// Adds to the rows what one account holds.
Task<void> compare_account(Reconciliation& r) {
    const std::string account = r.account->client().account_sid();
    TwilioAnswer<std::vector<IncomingNumber>> listed = co_await r.account->client().list_all();
    if (!listed.value && failed_request(r, listed.problem)) co_return;
    r.listed = std::move(*listed.value);
    const CallLimits limits = r.session.limits();
    StoreAnswer<std::vector<ReconcileRow>> judged =
        co_await r.session.store.reconcile_numbers(account, r.listed, limits);
    if (failed_call(r, judged)) co_return;
    std::vector<ReconcileRow> rows = std::move(judged.value);
    co_await look_again(r, rows);
    for (ReconcileRow& row : rows) row.account_sid = account;
    if (r.session.configuration.repair) co_await repair(r, rows);
    r.rows.insert(r.rows.end(), rows.begin(), rows.end());
}

Task<void> compare(Reconciliation& r) {
    const bool begun = co_await begin(r);
    if (!begun) co_return;
    const std::optional<std::vector<AccountToOpen>> accounts = co_await list_accounts(r);
    if (!accounts) co_return;
    for (const AccountToOpen& account : *accounts) {
        const bool opened = co_await open_account(r, account);
        if (opened) co_await compare_account(r);
    }
    if (!r.session.configuration.json) print_table(r);
    print_summary(r);
    if (r.code == ExitCode::ok && std::any_of(r.rows.begin(), r.rows.end(), is_difference))
        r.code = ExitCode::differences;
}

Task<void> adopt(Reconciliation& r) {
    const bool begun = co_await begin(r);
    if (!begun) co_return;
    const std::optional<std::vector<AccountToOpen>> accounts = co_await list_accounts(r);
    if (!accounts || accounts->empty()) co_return;
    const Configuration& c = r.session.configuration;
    const bool opened = co_await open_account(r, accounts->front());
    if (!opened) co_return;
    const TwilioAnswer<IncomingNumber> number = co_await r.account->client().get(c.adopt_sid);
    if (!number.value && failed_request(r, number.problem)) co_return;
    const CallLimits limits = r.session.limits();
    const std::string account = r.account->client().account_sid();
    const StoreAnswer<std::string> job =
        co_await r.session.store.adopt_number(c.only_org, account, *number.value, limits);
    if (job.outcome == CallOutcome::sql_error && job.sqlstate == "TL005") {
        r.fail(ExitCode::differences, "not adopted: " + job.message + ". " + job.hint);
        co_return;
    }
    if (failed_call(r, job)) co_return;
    std::printf("adopted %s (%s) for organization %s: job %s\n",
                numbering::mask(number.value->number).c_str(), number.value->sid.c_str(), c.only_org.c_str(),
                job.value.c_str());
    co_await tag_number(r, *number.value, job.value);
}

Task<void> leave_recovery(Reconciliation& r) {
    const Session::Outcome connected = co_await r.session.connect();
    if (connected.code != ExitCode::ok) {
        r.fail(connected.code, "database: " + connected.problem);
        co_return;
    }
    const CallLimits limits = r.session.limits();
    const StoreAnswer<std::string> mode =
        co_await r.session.store.resume(r.session.configuration.installation, limits);
    if (failed_call(r, mode)) co_return;
    std::printf("mode: %s\n", mode.value.c_str());
}

}  // namespace

ExitCode reconcile(const Configuration& configuration, Secrets secrets) {
    Reconciliation r(configuration, std::move(secrets));
    r.session.loop.run_until_done(configuration.adopt_sid.empty() ? compare(r) : adopt(r));
    return r.code;
}

ExitCode resume(const Configuration& configuration) {
    Reconciliation r(configuration, {});
    r.session.loop.run_until_done(leave_recovery(r));
    return r.code;
}

}  // namespace telephony::sidecar
