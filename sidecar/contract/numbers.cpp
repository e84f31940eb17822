// Reconciliation, and the release and adoption that follow from it.
#include "contract/numbers.hpp"

#include <algorithm>
#include <array>

#include "contract/contract.hpp"
#include "contract/rows.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, static_cast<std::size_t>(ReconcileVerdict::conflict) + 1>
    verdict_names = {"live",    "retag",  "moved",       "voice_changed",        "pending",  "written_off",
                     "missing", "orphan", "unknown_job", "foreign_installation", "untagged", "conflict"};
static_assert(!verdict_names.back().empty(), "every verdict has a name");

ReconcileVerdict verdict_of(const std::string& name) {
    const std::optional<ReconcileVerdict> verdict = reconcile_verdict_of(name);
    if (!verdict) throw ContractBroken("unknown verdict on a number: " + name);
    return *verdict;
}

std::optional<std::string> text_of(const std::optional<Timestamp>& time) {
    return time ? std::optional(iso8601(*time)) : std::nullopt;
}

json listed_number(const IncomingNumber& number) {
    json row;
    row["sid"] = number.sid;
    row["phone_number"] = number.number.str();
    row["friendly_name"] = number.friendly_name;
    row["date_created"] = nullptr;
    if (number.date_created) row["date_created"] = iso8601(*number.date_created);
    row["date_updated"] = nullptr;
    if (number.date_updated) row["date_updated"] = iso8601(*number.date_updated);
    return row;
}

}  // namespace

std::string_view name_of(ReconcileVerdict verdict) {
    return verdict_names.at(static_cast<std::size_t>(verdict));
}

std::optional<ReconcileVerdict> reconcile_verdict_of(std::string_view name) {
    const auto found = std::find(verdict_names.begin(), verdict_names.end(), name);
    if (found == verdict_names.end()) return std::nullopt;
    return static_cast<ReconcileVerdict>(found - verdict_names.begin());
}

bool is_difference(ReconcileVerdict verdict) {
    return verdict != ReconcileVerdict::live && verdict != ReconcileVerdict::pending &&
           verdict != ReconcileVerdict::written_off && verdict != ReconcileVerdict::untagged &&
           verdict != ReconcileVerdict::foreign_installation;
}

Task<ContractAnswer<std::vector<ReconcileRow>>> Contract::reconcile_numbers(
    const std::string& account_sid, const std::vector<IncomingNumber>& listed, const CallLimits& limits) {
    json numbers = json::array();
    for (const IncomingNumber& number : listed) numbers.push_back(listed_number(number));
    const Statement statement{
        "SELECT pg_catalog.row_to_json(r)::text FROM telephony_internal.reconcile_numbers($1, $2::jsonb) AS "
        "r",
        {account_sid, rows::json_text(numbers)}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<std::vector<ReconcileRow>>(reply);
    for (const auto& row : reply.values) {
        answer.value.push_back(rows::read_row(row.value_or(""), [](const json& r) {
            return ReconcileRow{verdict_of(rows::text_of(r, "verdict")),
                                rows::text_of(r, "number"),
                                rows::text_of(r, "number_sid"),
                                rows::text_of(r, "tag"),
                                rows::text_of(r, "our_tag"),
                                rows::text_of(r, "job_id"),
                                rows::text_of(r, "org_id"),
                                rows::text_of(r, "detail"),
                                "",
                                rows::form_of(r, "voice")};
        }));
    }
    co_return answer;
}

Task<ContractAnswer<std::string>> Contract::report_orphan(const std::string& account_sid,
                                                          const IncomingNumber& number,
                                                          const CallLimits& limits) {
    const Statement statement{
        "SELECT telephony_internal.report_orphan($1, $2, $3, $4, $5::timestamptz, $6::timestamptz)",
        {account_sid, number.sid, number.number.str(), number.friendly_name, text_of(number.date_created),
         text_of(number.date_updated)}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<std::string>(reply);
    if (reply.outcome == CallOutcome::ok && !reply.values.empty())
        answer.value = reply.values.front().value_or("");
    co_return answer;
}

Task<ContractAnswer<std::string>> Contract::record_absence(const std::string& org,
                                                           const std::string& account_sid,
                                                           const std::string& number_sid,
                                                           const CallLimits& limits) {
    const Statement statement{"SELECT telephony_internal.record_absence($1::uuid, $2, $3)",
                              {org, account_sid, number_sid}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<std::string>(reply);
    if (reply.outcome == CallOutcome::ok && !reply.values.empty())
        answer.value = reply.values.front().value_or("");
    co_return answer;
}

Task<ContractAnswer<Adoption>> Contract::adopt_number(const std::string& org, const std::string& account_sid,
                                                      const IncomingNumber& number,
                                                      const CallLimits& limits) {
    const Statement statement{
        "SELECT pg_catalog.row_to_json(a)::text FROM telephony_internal.adopt_number($1::uuid, $2, $3, $4, "
        "$5::timestamptz) AS a",
        {org, account_sid, number.sid, number.number.str(), text_of(number.date_created)}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<Adoption>(reply);
    if (reply.outcome == CallOutcome::ok) {
        answer.value = rows::read_row(rows::only_value(reply), [](const json& row) {
            return Adoption{rows::text_of(row, "job_id"), rows::text_of(row, "tag")};
        });
    }
    co_return answer;
}

}  // namespace telephony::sidecar
