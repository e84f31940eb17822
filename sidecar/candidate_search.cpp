// Searches in the order the country asks for: its provision countries, and in each the types of number; the
// first with numbers counts.
#include "candidate_search.hpp"

#include "backoff.hpp"

namespace telephony::sidecar {
namespace {

constexpr int max_searches = 4;

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text.append(text.empty() ? "" : ", ").append(word);
    return text;
}

}  // namespace

Task<std::optional<numbering::E164>> CandidateSearch::next(JobRun& run) {
    NumbersInPlay& in_play = run.environment().numbers_in_play;
    while (refused_ < run.environment().settings.max_candidates) {
        if (searches_ == 0) {
            ++searches_;
            co_await search_everywhere(run);
        }
        while (!run.ended() && candidates_.empty() && contested_ > 0 && searches_ < max_searches) {
            ++searches_;
            co_await search_elsewhere(run);
        }
        if (run.ended() || candidates_.empty()) break;
        const numbering::E164 number = candidates_.front();
        candidates_.pop_front();
        if (in_play.contains(number)) {  // by now
            ++contested_;
            continue;
        }
        tried_.insert(number);
        in_play.add(number);
        co_return number;
    }
    co_return std::nullopt;
}

Task<void> CandidateSearch::search_everywhere(JobRun& run) {
    const std::string any;
    for (const std::string& country : run.job().provision_countries) {
        for (const std::string& type : run.job().number_types) {
            const TwilioAnswer<std::vector<AvailableNumber>> offered =
                co_await run.twilio().search(country, type, any);
            if (!offered.value && offered.problem.kind != TwilioProblem::Kind::refused) {
                co_await run.postpone(offered.problem);
                co_return;
            }
            if (!offered.value) last_refusal_ = offered.problem.text();
            if (!offered.value || offered.value->empty()) continue;
            country_ = country;
            type_ = type;
            take_offers(*offered.value, run.environment().numbers_in_play);
            co_return;
        }
    }
}

// Twilio shows everybody the same thirty numbers or so: when others are after all of them, a search for two
// digits at random shows another part of what there is.
Task<void> CandidateSearch::search_elsewhere(JobRun& run) {
    const std::string contains = std::to_string(random_between(Duration(10), Duration(99)).count());
    const TwilioAnswer<std::vector<AvailableNumber>> offered =
        co_await run.twilio().search(country_, type_, contains);
    if (offered.value)
        take_offers(*offered.value, run.environment().numbers_in_play);
    else
        co_await run.postpone(offered.problem);
}

// Numbers that need no registered address come first: the others are refused unless the account has one.
void CandidateSearch::take_offers(const std::vector<AvailableNumber>& offers, const NumbersInPlay& in_play) {
    for (const bool needs_address : {false, true}) {
        for (const AvailableNumber& offer : offers) {
            if (offer.needs_address != needs_address || tried_.count(offer.number) > 0) continue;
            if (in_play.contains(offer.number))
                ++contested_;
            else
                candidates_.push_back(offer.number);
        }
    }
}

std::string CandidateSearch::no_number_reason(const ClaimedJob& job) const {
    std::string reason = "No number could be had from Twilio in " + joined(job.provision_countries) + " (" +
                         joined(job.number_types) + ")";
    if (refused_ > 0) reason += ": " + std::to_string(refused_) + " were tried and refused";
    if (!last_refusal_.empty()) reason += ", lastly: " + last_refusal_;
    return reason + ". Try again later, or choose another country.";
}

}  // namespace telephony::sidecar
