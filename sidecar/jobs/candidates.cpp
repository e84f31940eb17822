// When a kind has no numbers, or they are refused, the next kind is searched.
#include "jobs/candidates.hpp"

#include <algorithm>

#include "base/backoff.hpp"
#include "contract/contract.hpp"
#include "jobs/attempt.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {
namespace {

constexpr int max_searches = 4;

}  // namespace

Task<std::optional<CandidateSearch::Candidate>> CandidateSearch::next(Attempt& attempt) {
    const AttemptSettings& settings = attempt.environment().settings;
    NumbersInPlay& in_play = attempt.environment().numbers_in_play;
    const ClaimedJob& job = attempt.job();
    // Whether somebody else holds it the database decides, and what that means for the purchase.
    if (job.wished && !job.kinds.empty() && (!job.or_similar || tried_.count(*job.wished) == 0)) {
        tried_.insert(*job.wished);
        in_play.add(*job.wished);
        co_return Candidate{*job.wished, job.kinds.front()};
    }
    for (; kind_ < attempt.job().kinds.size(); next_kind(settings)) {
        const NumberKind& kind = attempt.job().kinds[kind_];
        while (refused_ < settings.max_candidates) {
            co_await refill(attempt, kind);
            if (candidates_.empty()) break;
            const numbering::E164 number = candidates_.front();
            candidates_.pop_front();
            if (in_play.contains(number)) {  // by now
                ++contested_;
                continue;
            }
            tried_.insert(number);
            in_play.add(number);
            co_return Candidate{number, kind};
        }
    }
    co_return std::nullopt;
}

void CandidateSearch::next_kind(const AttemptSettings& settings) {
    if (contested_ > 0 && refused_ < settings.max_candidates) ++contested_kinds_;
    candidates_.clear();
    searches_ = refused_ = contested_ = 0;
    ++kind_;
}

// A search returns the same thirty numbers or so to every client. If other jobs hold all of them, a search
// for two random digits returns others, unless certain digits are wished.
Task<void> CandidateSearch::refill(Attempt& attempt, const NumberKind& kind) {
    const FormParameters& wishes = attempt.job().filter;
    const bool certain_digits =
        std::any_of(wishes.begin(), wishes.end(), [](const auto& wish) { return wish.first == "Contains"; });
    while (candidates_.empty() &&
           (searches_ == 0 || (contested_ > 0 && searches_ < max_searches && !certain_digits))) {
        const bool elsewhere = searches_++ > 0;
        FormParameters filter = wishes;
        if (elsewhere)
            filter.emplace_back("Contains",
                                std::to_string(random_between(Duration(10), Duration(99)).count()));
        co_await search(attempt, kind, filter);
    }
}

Task<void> CandidateSearch::search(Attempt& attempt, const NumberKind& kind, const FormParameters& filter) {
    const TwilioAnswer<std::vector<AvailableNumber>> offered =
        co_await attempt.twilio().search(kind.country, kind.type, filter);
    if (offered.value)
        take_offers(*offered.value, attempt.environment().numbers_in_play);
    else if (offered.problem.kind == TwilioProblem::Kind::refused)
        last_refusal_ = offered.problem.shown();
    else
        throw TwilioFailed{offered.problem};
}

// Numbers that need no registered address come first: the others are refused unless the account has one.
// Otherwise the order is random: every client gets the same list, and two installations that bought the same
// number in the same account at the same moment would both take it for their own.
void CandidateSearch::take_offers(const std::vector<AvailableNumber>& offers, const NumbersInPlay& in_play) {
    for (const bool needs_address : {false, true}) {
        std::vector<numbering::E164> found;
        for (const AvailableNumber& offer : offers) {
            if (offer.needs_address != needs_address || tried_.count(offer.number) > 0) continue;
            if (in_play.contains(offer.number))
                ++contested_;
            else
                found.push_back(offer.number);
        }
        std::shuffle(found.begin(), found.end(), randomness());
        candidates_.insert(candidates_.end(), found.begin(), found.end());
    }
}

std::string CandidateSearch::no_number_reason(const ClaimedJob& job) const {
    if (job.kinds.empty())
        return "Twilio sells numbers for this country only with an approved regulatory bundle or an address: "
               "set them with set_regulatory_profile(), then ask again.";
    std::string searched;
    for (const NumberKind& kind : job.kinds)
        searched.append(searched.empty() ? "" : ", ")
            .append(kind.country)
            .append(" (")
            .append(kind.type)
            .append(")");
    std::string reason = job.filter.empty() ? "No number" : "No number that fits the wishes";
    reason += " could be had from Twilio in " + searched;
    if (refused_in_all_ > 0) reason += ": " + std::to_string(refused_in_all_) + " were tried and refused";
    if (!last_refusal_.empty()) reason += ", lastly: " + last_refusal_;
    if (!job.filter.empty())
        return reason + ". Ask with other wishes: search_numbers() shows what is for sale.";
    return reason + ". Try again later, or choose another country.";
}

}  // namespace telephony::sidecar
