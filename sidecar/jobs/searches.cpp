// What a search asks of Twilio, and what it reports.
#include "jobs/searches.hpp"

#include "base/logging.hpp"
#include "contract/contract.hpp"
#include "credentials/gate.hpp"
#include "credentials/open.hpp"

namespace telephony::sidecar {
namespace {

using nlohmann::json;

// Few, so that a crowd of searches leaves purchases their time.
constexpr int most_at_once = 8;
constexpr Duration shortest_interval = std::chrono::milliseconds(20);
constexpr Duration pause_after_failure = std::chrono::seconds(2);
constexpr Duration prices_hold = std::chrono::hours(24);
constexpr Duration no_prices_hold = std::chrono::minutes(10);

// Waiting does not help where only the organization can: it looks at the answer now.
bool is_for_the_organization(std::string_view code) {
    return code == reasons::credentials_refused.code || code == reasons::account_not_active.code ||
           code == reasons::no_twilio_account.code || code == reasons::box_refused.code;
}

SearchEnd put_off(const std::string& reason, std::string_view code, Duration retry) {
    SearchEnd end{std::nullopt, reason, std::string(code), retry};
    if (is_for_the_organization(code)) end.retry.reset();
    return end;
}

// What the answer means for the credential says more, and how long it lasts.
SearchEnd put_off(const CredentialGate& gate, const TwilioProblem& problem) {
    const std::optional<CredentialGate::Blocked> blocked = gate.blocked();
    if (blocked) return put_off(blocked->reason, blocked->code, blocked->delay);
    return put_off(problem.shown(), problem.reason().code, problem.retry_after.value_or(pause_after_failure));
}

json offer_of(const AvailableNumber& number, const NumberKind& kind, const NumberPrices& prices) {
    json offer{{"number", number.number.str()},
               {"country_code", kind.country},
               {"number_type", kind.type},
               {"locality", nullptr},
               {"region", nullptr},
               {"capabilities", number.capabilities.empty() ? json() : json(number.capabilities)},
               {"needs_address", number.needs_address}};
    if (!number.locality.empty()) offer["locality"] = number.locality;
    if (!number.region.empty()) offer["region"] = number.region;
    if (const auto price = prices.find(kind.type); price != prices.end()) {
        offer["monthly_price"] = price->second.amount;
        offer["price_unit"] = price->second.unit;
    }
    return offer;
}

}  // namespace

NumberSearches::NumberSearches(EventLoop& loop, Contract& contract, OpenCredentials& credentials,
                               const TwilioSettings& twilio, Duration database_timeout)
    : ClaimRounds(loop, most_at_once, shortest_interval),
      contract_(contract),
      credentials_(credentials),
      twilio_(twilio),
      database_timeout_(database_timeout) {}

Task<std::vector<ClaimedSearch>> NumberSearches::claim(int capacity) {
    const Duration lease = 3 * twilio_.longest_request_life();
    const CallLimits limits{after(database_timeout_), std::nullopt};
    ContractAnswer<std::vector<ClaimedSearch>> due =
        co_await contract_.claim_number_searches(capacity, lease, limits);
    if (due.outcome != CallOutcome::ok) log::warning("cannot claim searches", {{"reason", due.message}});
    co_return std::move(due.value);
}

void NumberSearches::failed(const ClaimedSearch& search, const std::exception& problem) {
    log::error("error in a search", {{"search", search.search_id}, {"reason", problem.what()}});
}

Task<void> NumberSearches::carry_out(const ClaimedSearch& search) {
    const std::shared_ptr<CredentialGate> gate = credentials_.of(search, search.search_id);
    const SearchEnd end = co_await look_for(search, *gate);
    const CallLimits limits{after(database_timeout_), std::nullopt};
    const ContractAnswer<bool> reported = co_await contract_.finish_number_search(search, end, limits);
    log::info("searched", {{"search", search.search_id},
                           {"offers", end.found ? end.found->size() : 0},
                           {"reason", end.reason.empty() ? "none" : end.reason}});
    if (reported.outcome != CallOutcome::ok)
        log::warning("cannot report a search", {{"search", search.search_id}, {"reason", reported.message}});
    else if (end.retry && expect_work)
        expect_work(after(*end.retry));
}

Task<SearchEnd> NumberSearches::look_for(const ClaimedSearch& search, CredentialGate& gate) {
    const CredentialGate::SearchTurn turn = co_await gate.take_search_turn();
    const std::optional<CredentialGate::Blocked> blocked = co_await gate.make_ready();
    if (blocked) co_return put_off(blocked->reason, blocked->code, blocked->delay);
    SearchEnd end;
    end.found = json::array();
    for (const NumberKind& kind : search.kinds) {
        const TwilioAnswer<std::vector<AvailableNumber>> offered =
            co_await gate.client().look_for(kind.country, kind.type, search.filter);
        const TwilioProblem& problem = offered.problem;
        if (!offered.value && problem.kind == TwilioProblem::Kind::refused) {
            end.reason = problem.shown() + ". Search with other wishes";
            end.reason_code = reasons::no_number_found.code;
            continue;
        }
        if (!offered.value) co_return put_off(gate, problem);
        if (offered.value->empty()) continue;
        const NumberPrices prices = co_await prices_of(gate, kind.country);
        for (const AvailableNumber& number : *offered.value)
            end.found->push_back(offer_of(number, kind, prices));
        end.reason.clear();
        end.reason_code.clear();
        break;
    }
    co_return end;
}

Task<NumberPrices> NumberSearches::prices_of(CredentialGate& gate, const std::string& country) {
    const std::pair<std::string, std::string> key(gate.client().account_sid(), country);
    std::erase_if(prices_, [now = Clock::now()](const auto& known) { return known.second.until <= now; });
    if (const auto known = prices_.find(key); known != prices_.end()) co_return known->second.prices;
    const TwilioAnswer<NumberPrices> answer = co_await gate.client().prices(country);
    const KnownPrices learnt{answer.value.value_or(NumberPrices()),
                             after(answer.value ? prices_hold : no_prices_hold)};
    prices_.insert_or_assign(key, learnt);
    co_return learnt.prices;
}

}  // namespace telephony::sidecar
