// The verdicts are the database's; only provable orphans are released.
#include "reconcile/comparison.hpp"

#include <algorithm>

#include "credentials/open.hpp"
#include "jobs/voice_settings.hpp"

namespace telephony::sidecar {
namespace {

CallLimits limits_of(Duration database_timeout) {
    return {after(2 * database_timeout), std::nullopt};
}

std::string name_of(const IncomingNumber& number) {
    return numbering::mask(number.number) + " (" + number.sid + ")";
}

void fail(AccountComparison& comparison, const TwilioProblem& problem) {
    const bool denied = problem.kind == TwilioProblem::Kind::denied;
    comparison.code = denied ? ExitCode::configuration : ExitCode::unavailable;
    comparison.problem = "Twilio: " + problem.text();
}

bool answers_as_given(const ReconcileRow& row, const IncomingNumber& number) {
    const FormParameters wanted = complete_voice_settings(row.voice);
    return row.voice.empty() || voice_settings_match(number, wanted);
}

// True if the list shows another voice than the number was given.
bool seems_changed(const AccountComparison& comparison, const ReconcileRow& row) {
    if (row.verdict != ReconcileVerdict::live) return false;
    const auto listed = std::find_if(comparison.listed.begin(), comparison.listed.end(),
                                     [&row](const IncomingNumber& n) { return n.sid == row.number_sid; });
    return listed != comparison.listed.end() && !answers_as_given(row, *listed);
}

// An orphan is judged again by the database, as Twilio shows it then, before it is released. What Twilio does
// not answer leaves it open: there is no comparison then.
Task<void> look_again(CredentialGate& gate, AccountComparison& comparison) {
    std::vector<ReconcileRow> confirmed;
    for (const ReconcileRow& row : comparison.rows) {
        confirmed.push_back(row);
        const bool orphan = row.verdict == ReconcileVerdict::orphan;
        const bool conflict = row.verdict == ReconcileVerdict::conflict;
        const bool missing = row.verdict == ReconcileVerdict::missing;
        const bool changed = seems_changed(comparison, row);
        if (!orphan && !conflict && !missing && !changed) continue;
        TwilioAnswer<IncomingNumber> found = co_await gate.client().get(row.number_sid);
        const bool gone = !found.value && found.problem.kind == TwilioProblem::Kind::not_found;
        if (!found.value && !gone) {
            fail(comparison, found.problem);
            co_return;
        }
        // Released while the numbers were being listed.
        if ((orphan || conflict) && gone) confirmed.pop_back();
        if (changed && found.value && !answers_as_given(row, *found.value)) {
            confirmed.back().verdict = ReconcileVerdict::voice_changed;
            confirmed.back().detail =
                "live, but answered by something else than it was given: changed at Twilio; "
                "apply_voice_settings() sets it again";
        }
        if (orphan && found.value) {
            for (IncomingNumber& listed : comparison.listed)
                if (listed.sid == row.number_sid) listed = *found.value;
        }
        if (missing && found.value) {
            confirmed.back().verdict = ReconcileVerdict::live;
            confirmed.back().detail = "bought while the numbers were being listed";
        }
    }
    comparison.rows = std::move(confirmed);
}

Task<std::string> release_orphan(CredentialGate& gate, Contract& contract, const IncomingNumber& number,
                                 Duration database_timeout) {
    const CallLimits limits = limits_of(database_timeout);
    const ContractAnswer<std::string> job =
        co_await contract.report_orphan(gate.client().account_sid(), number, limits);
    if (job.outcome != CallOutcome::ok) co_return "not released: " + name_of(number) + ": " + job.message;
    if (job.value.empty())
        co_return "not released: " + name_of(number) + ": the database declines, or its release is under way";
    co_return "asked for the release of " + name_of(number) + ": job " + job.value +
        ", carried out by the running telephonyd";
}

}  // namespace

std::vector<AccountToOpen> accounts_to_open(std::vector<SealedCredentials> credentials,
                                            const std::string& platform) {
    std::vector<AccountToOpen> accounts;
    for (SealedCredentials& row : credentials) {
        if (accounts.empty() || accounts.back().sid != row.account_sid)
            accounts.push_back({row.account_sid, {}, false});
        accounts.back().credentials.push_back(std::move(row));
    }
    if (platform.empty()) return accounts;
    const auto same = std::find_if(accounts.begin(), accounts.end(),
                                   [&platform](const AccountToOpen& a) { return a.sid == platform; });
    if (same == accounts.end())
        accounts.push_back({platform, {}, true});
    else
        same->is_platform = true;
    return accounts;
}

Task<std::shared_ptr<CredentialGate>> open_account(OpenCredentials& credentials, const AccountToOpen& account,
                                                   std::string& reasons) {
    std::vector<std::shared_ptr<CredentialGate>> candidates;
    if (account.is_platform) candidates.push_back(credentials.platform());
    for (const SealedCredentials& row : account.credentials) candidates.push_back(credentials.of(row));
    for (const std::shared_ptr<CredentialGate>& candidate : candidates) {
        const CredentialVerdict verdict = co_await candidate->verify();
        if (verdict.kind == CredentialVerdict::Kind::verified) co_return candidate;
        reasons += (reasons.empty() ? "" : "; ") + verdict.reason;
    }
    co_return nullptr;
}

Task<AccountComparison> compare_account(CredentialGate& gate, Contract& contract, Duration database_timeout) {
    AccountComparison comparison;
    TwilioAnswer<std::vector<IncomingNumber>> listed = co_await gate.client().list_all();
    if (!listed.value) {
        fail(comparison, listed.problem);
        co_return comparison;
    }
    comparison.listed = std::move(*listed.value);
    const CallLimits limits = limits_of(database_timeout);
    const std::string sid = gate.client().account_sid();
    ContractAnswer<std::vector<ReconcileRow>> judged =
        co_await contract.reconcile_numbers(sid, comparison.listed, limits);
    if (judged.outcome != CallOutcome::ok) {
        const bool refused = judged.outcome == CallOutcome::sql_error;
        comparison.code = refused ? ExitCode::configuration : ExitCode::unavailable;
        comparison.problem = "database: " + judged.message;
        co_return comparison;
    }
    comparison.rows = std::move(judged.value);
    co_await look_again(gate, comparison);
    for (ReconcileRow& row : comparison.rows) row.account_sid = sid;
    co_return comparison;
}

Task<std::string> tag_number(CredentialGate& gate, const IncomingNumber& number, const std::string& tag) {
    const FormParameters changes = {{"FriendlyName", tag}};
    const TwilioAnswer<IncomingNumber> changed = co_await gate.client().update(number.sid, changes);
    co_return changed.value ? "tagged " + name_of(number)
                            : "not tagged: " + name_of(number) + ": " + changed.problem.text();
}

Task<std::vector<std::string>> repair_account(const AccountComparison& comparison, CredentialGate& gate,
                                              Contract& contract, Duration database_timeout) {
    std::vector<std::string> report;
    for (const ReconcileRow& row : comparison.rows) {
        const auto listed = std::find_if(comparison.listed.begin(), comparison.listed.end(),
                                         [&row](const IncomingNumber& n) { return n.sid == row.number_sid; });
        if (listed == comparison.listed.end()) continue;
        std::string sentence;
        if (row.verdict == ReconcileVerdict::orphan)
            sentence = co_await release_orphan(gate, contract, *listed, database_timeout);
        else if (row.verdict == ReconcileVerdict::retag)
            sentence = co_await tag_number(gate, *listed, row.our_tag);
        else
            continue;
        report.push_back(std::move(sentence));
    }
    co_return report;
}

}  // namespace telephony::sidecar
