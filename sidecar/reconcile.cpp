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
    explicit Reconciliation(const Configuration& c, TwilioCredential credential)
        : session(c, std::move(credential)) {}

    Session session;
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
    const std::optional<TwilioAccount::Blocked> blocked = co_await r.session.account.make_ready();
    if (blocked) r.fail(ExitCode::unavailable, "Twilio: " + blocked->reason);
    co_return !blocked;
}

// Between our list and the database's judgement the sidecar may have bought or released: what looks amiss is
// asked for once more.
Task<void> look_again(Reconciliation& r) {
    std::vector<ReconcileRow> confirmed;
    for (const ReconcileRow& row : r.rows) {
        if (row.verdict == "missing" || row.verdict == "orphan") {
            const TwilioAnswer<IncomingNumber> found =
                co_await r.session.account.client().get(row.number_sid);
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
    r.rows = std::move(confirmed);
}

void print_table(const Reconciliation& r) {
    std::printf("%-20s %-16s %-34s %-36s %s\n", "verdict", "number", "SID", "organization", "what it means");
    for (const ReconcileRow& row : r.rows)
        std::printf("%-20s %-16s %-34s %-36s %s\n", row.verdict.c_str(), masked(row.number).c_str(),
                    row.number_sid.c_str(), row.org_id.c_str(), row.detail.c_str());
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
        co_await r.session.store.report_orphan(r.session.account.client().account_sid(), number, limits);
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
    const TwilioAnswer<IncomingNumber> changed =
        co_await r.session.account.client().update(number.sid, changes);
    const std::string name = numbering::mask(number.number) + " (" + number.sid + ")";
    r.say(changed.value ? "tagged " + name : "not tagged: " + name + ": " + changed.problem.text());
}

Task<void> repair(Reconciliation& r) {
    for (const ReconcileRow& row : r.rows) {
        const auto listed = std::find_if(r.listed.begin(), r.listed.end(),
                                         [&row](const IncomingNumber& n) { return n.sid == row.number_sid; });
        if (listed == r.listed.end()) continue;
        if (row.verdict == "orphan") co_await release_orphan(r, *listed);
        if (row.verdict == "retag") co_await tag_number(r, *listed, row.job_id);
    }
}

Task<void> compare(Reconciliation& r) {
    const bool begun = co_await begin(r);
    if (!begun) co_return;
    TwilioAnswer<std::vector<IncomingNumber>> listed = co_await r.session.account.client().list_all();
    if (!listed.value && failed_request(r, listed.problem)) co_return;
    r.listed = std::move(*listed.value);
    const CallLimits limits = r.session.limits();
    const std::string account = r.session.account.client().account_sid();
    StoreAnswer<std::vector<ReconcileRow>> judged =
        co_await r.session.store.reconcile_numbers(account, r.listed, limits);
    if (failed_call(r, judged)) co_return;
    r.rows = std::move(judged.value);
    co_await look_again(r);
    if (!r.session.configuration.json) print_table(r);
    if (r.session.configuration.repair) co_await repair(r);
    print_summary(r);
    if (std::any_of(r.rows.begin(), r.rows.end(), is_difference)) r.code = ExitCode::differences;
}

Task<void> adopt(Reconciliation& r) {
    const bool begun = co_await begin(r);
    if (!begun) co_return;
    const Configuration& c = r.session.configuration;
    const TwilioAnswer<IncomingNumber> number = co_await r.session.account.client().get(c.adopt_sid);
    if (!number.value && failed_request(r, number.problem)) co_return;
    const CallLimits limits = r.session.limits();
    const std::string account = r.session.account.client().account_sid();
    const StoreAnswer<std::string> job =
        co_await r.session.store.adopt_number(c.adopt_org, account, *number.value, limits);
    if (job.outcome == CallOutcome::sql_error && job.sqlstate == "TL005") {
        r.fail(ExitCode::differences, "not adopted: " + job.message + ". " + job.hint);
        co_return;
    }
    if (failed_call(r, job)) co_return;
    std::printf("adopted %s (%s) for organization %s: job %s\n",
                numbering::mask(number.value->number).c_str(), number.value->sid.c_str(), c.adopt_org.c_str(),
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

ExitCode reconcile(const Configuration& configuration, TwilioCredential credential) {
    Reconciliation r(configuration, std::move(credential));
    r.session.loop.run_until_done(configuration.adopt_sid.empty() ? compare(r) : adopt(r));
    return r.code;
}

ExitCode resume(const Configuration& configuration) {
    Reconciliation r(configuration, {});
    r.session.loop.run_until_done(leave_recovery(r));
    return r.code;
}

}  // namespace telephony::sidecar
