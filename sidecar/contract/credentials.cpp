// Boxes travel as base64.
#include "contract/credentials.hpp"

#include <sodium.h>

#include <array>

#include "base/logging.hpp"
#include "base/metrics.hpp"
#include "contract/contract.hpp"
#include "contract/rows.hpp"

namespace telephony::sidecar {
namespace {

using nlohmann::json;

credential::Box box_of(const std::string& base64) {
    credential::Box box(base64.size() / 4 * 3 + 3);
    std::size_t length = 0;
    if (sodium_base642bin(box.data(), box.size(), base64.data(), base64.size(), nullptr, &length, nullptr,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        throw ContractBroken("the database answered a box that is not base64");
    box.resize(length);
    return box;
}

std::string base64_of(const credential::Box& box) {
    std::string text(sodium_base64_encoded_len(box.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), box.data(), box.size(), sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();
    return text;
}

}  // namespace

SealedCredentials rows::sealed_credentials_of(const json& row) {
    SealedCredentials credentials;
    credentials.org_id = rows::text_of(row, "org_id");
    credentials.account_sid = rows::text_of(row, "account_sid");
    credentials.generation = rows::text_of(row, "generation");
    credentials.key_id = rows::text_of(row, "key_id");
    credentials.box = box_of(rows::text_of(row, "sealed"));
    const std::optional<Timestamp> set_at = parse_iso8601(rows::text_of(row, "set_at"));
    if (!set_at) throw ContractBroken("the database answered a time that cannot be read");
    credentials.set_at = *set_at;
    credentials.verified = rows::text_of(row, "status") == "verified";
    return credentials;
}

std::string_view name_of(CredentialVerdict::Kind kind) {
    return CredentialVerdict::kind_names()[static_cast<std::size_t>(kind)];
}

std::span<const std::string_view> CredentialVerdict::kind_names() {
    static constexpr std::array<std::string_view, static_cast<std::size_t>(Kind::unreachable) + 1> names = {
        "verified", "refused", "unreachable"};
    static_assert(!names.back().empty(), "every kind has a name");
    return names;
}

SealedCredentials parse_sealed_credentials(const std::string& text) {
    return rows::read_row(text, [](const json& row) { return rows::sealed_credentials_of(row); });
}

Task<ContractAnswer<std::vector<SealedCredentials>>> Contract::credential_rows(const Statement& statement,
                                                                               const CallLimits& limits) {
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<std::vector<SealedCredentials>>(reply);
    for (const auto& row : reply.values) {
        try {
            answer.value.push_back(parse_sealed_credentials(row.value_or("")));
        } catch (const ContractBroken& problem) {
            // One row that cannot be read must not keep the others from being used.
            log::error("credentials that cannot be read", {{"reason", problem.what()}});
        }
    }
    co_return answer;
}

Task<ContractAnswer<std::vector<SealedCredentials>>> Contract::claim_credential_checks(
    int max_checks, Duration lease, const CallLimits& limits) {
    const Statement statement{
        "SELECT c::text FROM telephony_internal.claim_credential_checks($1::int, $2::int) AS c",
        {std::to_string(max_checks), rows::whole_seconds(lease)}};
    auto answer = co_await credential_rows(statement, limits);
    co_return answer;
}

Task<ContractAnswer<std::vector<SealedCredentials>>> Contract::list_credentials(const CallLimits& limits) {
    const Statement statement{"SELECT c::text FROM telephony_internal.list_credentials() AS c", {}};
    auto answer = co_await credential_rows(statement, limits);
    co_return answer;
}

Task<ContractAnswer<bool>> Contract::report_credential(const std::string& org_id,
                                                       const std::string& generation,
                                                       const CredentialVerdict& verdict,
                                                       const CallLimits& limits) {
    const std::string name(name_of(verdict.kind));
    // The database knows these two; what else Twilio may call an account one day is none of them.
    const bool known_type = verdict.account_type == "Trial" || verdict.account_type == "Full";
    const Statement statement{
        "SELECT telephony_internal.report_credential($1::uuid, $2::uuid, $3, $4, $5, $6::int, $7)",
        {org_id, generation, name, known_type ? std::optional(verdict.account_type) : std::nullopt,
         rows::value_or_null(verdict.reason), rows::whole_seconds(verdict.retry),
         rows::value_or_null(std::string(verdict.reason_code))}};
    metrics_.credential_judged(name);
    auto answer = co_await truth_of(statement, limits);
    co_return answer;
}

Task<ContractAnswer<bool>> Contract::reseal_credential(const SealedCredentials& row,
                                                       const std::string& key_id, const credential::Box& box,
                                                       const CallLimits& limits) {
    const Statement statement{
        "SELECT telephony_internal.reseal_credential($1::uuid, $2::uuid, $3, pg_catalog.decode($4, "
        "'base64'))",
        {row.org_id, row.generation, key_id, base64_of(box)}};
    auto answer = co_await truth_of(statement, limits);
    co_return answer;
}

}  // namespace telephony::sidecar
