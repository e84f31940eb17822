// Claims of searches, and their ends.
#include "contract/searches.hpp"

#include "base/logging.hpp"
#include "contract/contract.hpp"
#include "contract/rows.hpp"

namespace telephony::sidecar {

using nlohmann::json;

FormParameters search_filter(const json& wishes) {
    FormParameters filter;
    for (const auto& [wish, parameter] :
         {std::pair{"area_code", "AreaCode"}, {"contains", "Contains"}, {"locality", "InLocality"}})
        if (const auto found = wishes.find(wish); found != wishes.end())
            filter.emplace_back(parameter, found->get<std::string>());
    return filter;
}

std::vector<NumberKind> number_kinds(const json& kinds) {
    std::vector<NumberKind> all;
    for (const json& kind : kinds)
        all.push_back({rows::text_of(kind, "country_code"), rows::text_of(kind, "number_type"),
                       kind.contains("address_sid") ? rows::text_of(kind, "address_sid") : "",
                       kind.contains("bundle_sid") ? rows::text_of(kind, "bundle_sid") : ""});
    return all;
}

ClaimedSearch parse_claimed_search(const std::string& text) {
    return rows::read_row(text, [](const json& row) {
        ClaimedSearch search;
        search.org_id = rows::text_of(row, "org_id");
        search.search_id = rows::text_of(row, "search_id");
        search.token = row.at("token").get<std::int64_t>();
        search.account_sid = rows::text_of(row, "account_sid");
        search.filter = search_filter(row.at("wishes"));
        search.kinds = number_kinds(row.at("kinds"));
        if (const json& credential = row.at("credential"); !credential.is_null())
            search.credentials = rows::sealed_credentials_of(credential);
        return search;
    });
}

Task<ContractAnswer<std::vector<ClaimedSearch>>> Contract::claim_number_searches(int max_searches,
                                                                                 Duration lease,
                                                                                 const CallLimits& limits) {
    const Statement statement{
        "SELECT pg_catalog.row_to_json(s)::text FROM telephony_internal.claim_number_searches($1::int, "
        "$2::int) AS s",
        {std::to_string(max_searches), rows::whole_seconds(lease)}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<std::vector<ClaimedSearch>>(reply);
    for (const auto& row : reply.values) {
        try {
            answer.value.push_back(parse_claimed_search(row.value_or("")));
        } catch (const ContractBroken& problem) {
            // One that cannot be read must not keep the others from being made; its lease runs out.
            log::error("claimed a search that cannot be read", {{"reason", problem.what()}});
        }
    }
    co_return answer;
}

Task<ContractAnswer<bool>> Contract::finish_number_search(const ClaimedSearch& search, const SearchEnd& end,
                                                          const CallLimits& limits) {
    const Statement statement{
        "SELECT telephony_internal.finish_number_search($1::uuid, $2::uuid, $3::bigint, $4::jsonb, $5, $6, "
        "$7::double precision)",
        {search.org_id, search.search_id, std::to_string(search.token),
         end.found ? std::optional(rows::json_text(*end.found)) : std::nullopt,
         rows::value_or_null(end.reason), rows::value_or_null(end.reason_code),
         end.retry ? std::optional(std::to_string(in_seconds(*end.retry))) : std::nullopt}};
    auto answer = co_await truth_of(statement, limits);
    co_return answer;
}

Task<ContractAnswer<std::int64_t>> Contract::forget_searches(const CallLimits& limits) {
    const Statement statement{"SELECT telephony_internal.forget_searches()", {}};
    const CallReply reply = co_await call(statement, limits);
    auto answer = rows::answer_of<std::int64_t>(reply);
    if (reply.outcome == CallOutcome::ok) answer.value = std::stoll(rows::only_value(reply));
    co_return answer;
}

}  // namespace telephony::sidecar
