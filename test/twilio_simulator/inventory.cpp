// The series of numbers that are for sale by default, and searching them.
#include "inventory.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace telephony::simulator {
namespace {

constexpr std::string_view any_digit = "0123456789";
constexpr std::string_view two_to_nine = "23456789";

// Area codes and blocks of long standing, so that any numbering plan a client uses knows them.
constexpr std::array<std::string_view, 16> us_local{"1201", "1212", "1213", "1305", "1312", "1404",
                                                    "1415", "1503", "1512", "1602", "1617", "1702",
                                                    "1713", "1718", "1808", "1917"};
constexpr std::array<std::string_view, 6> us_toll_free{"1833", "1844", "1855", "1866", "1877", "1888"};
constexpr std::array<std::string_view, 6> ca_local{"1403", "1416", "1514", "1604", "1613", "1902"};
constexpr std::array<std::string_view, 4> gb_local{"44161", "44203", "44207", "44208"};
constexpr std::array<std::string_view, 4> gb_mobile{"447400", "447480", "447723", "447782"};
constexpr std::array<std::string_view, 1> gb_national{"44333"};
constexpr std::array<std::string_view, 1> gb_toll_free{"44808"};
constexpr std::array<std::string_view, 3> ng_mobile{"234810", "234813", "234816"};
constexpr std::array<std::string_view, 1> tr_national{"90850"};
constexpr std::array<std::string_view, 1> tr_toll_free{"90800"};

constexpr Capabilities voice_only{true, false, false, false};
constexpr Capabilities voice_and_sms{true, true, false, false};
constexpr Capabilities voice_and_messages{true, true, true, false};

constexpr std::array<Offer, 10> all_offers{{
    {"US", "Local", us_local, 7, two_to_nine, voice_and_messages, "none", false, "1.15"},
    {"US", "TollFree", us_toll_free, 7, two_to_nine, voice_and_messages, "none", false, "2.15"},
    {"CA", "Local", ca_local, 7, two_to_nine, voice_and_messages, "none", false, "1.15"},
    {"GB", "Local", gb_local, 7, two_to_nine, voice_only, "any", true, "1.15"},
    {"GB", "Mobile", gb_mobile, 6, any_digit, voice_and_sms, "none", true, "1.40"},
    {"GB", "National", gb_national, 7, any_digit, voice_only, "any", true, "1.15"},
    {"GB", "TollFree", gb_toll_free, 7, any_digit, voice_only, "none", true, "2.15"},
    {"NG", "Mobile", ng_mobile, 7, any_digit, voice_only, "any", true, "8.00"},
    {"TR", "National", tr_national, 7, any_digit, voice_only, "any", true, "13.00"},
    {"TR", "TollFree", tr_toll_free, 7, any_digit, voice_only, "any", true, "25.00"},
}};

constexpr std::array<Place, 26> places{{
    {"1201", "Jersey City", "NJ"},   {"1212", "New York", "NY"},  {"1213", "Los Angeles", "CA"},
    {"1305", "Miami", "FL"},         {"1312", "Chicago", "IL"},   {"1404", "Atlanta", "GA"},
    {"1415", "San Francisco", "CA"}, {"1503", "Portland", "OR"},  {"1512", "Austin", "TX"},
    {"1602", "Phoenix", "AZ"},       {"1617", "Boston", "MA"},    {"1702", "Las Vegas", "NV"},
    {"1713", "Houston", "TX"},       {"1718", "Brooklyn", "NY"},  {"1808", "Honolulu", "HI"},
    {"1917", "New York", "NY"},      {"1403", "Calgary", "AB"},   {"1416", "Toronto", "ON"},
    {"1514", "Montreal", "QC"},      {"1604", "Vancouver", "BC"}, {"1613", "Ottawa", "ON"},
    {"1902", "Halifax", "NS"},       {"44161", "Manchester", ""}, {"44203", "London", ""},
    {"44207", "London", ""},         {"44208", "London", ""},
}};

/// Steps through the lines of a prefix in an order that looks random and visits each once: prime to every
/// capacity.
constexpr std::uint64_t line_step = 7919;
constexpr std::uint64_t first_line = 1'234'567;
/// How far apart two accounts' views of a series begin.
constexpr std::uint64_t shopper_distance = 100'003;
/// A search gives up here: a pattern that hardly any number has must not hold up everybody else.
constexpr std::uint64_t longest_scan = 100'000;

std::uint64_t lines_per_first_digit(const Offer& offer) {
    std::uint64_t lines = 1;
    for (int digit = 1; digit < offer.line_digits; ++digit) lines *= 10;
    return lines;
}

/// N11 exchanges are service codes and 555 is reserved: neither is ever assigned.
bool is_assignable_exchange(std::string_view exchange) {
    return exchange.substr(1) != "11" && exchange != "555";
}

bool is_assignable(const Offer& offer, std::string_view line) {
    if (offer.first_digits.find(line.front()) == std::string_view::npos) return false;
    return offer.prefixes.front().front() != '1' || is_assignable_exchange(line.substr(0, 3));
}

std::uint64_t series_length(const Offer& offer) {
    return offer.prefixes.size() * offer.first_digits.size() * lines_per_first_digit(offer);
}

/// The number at a place of the series, or nullopt where the place holds one that is never assigned.
std::optional<std::string> number_at(const Offer& offer, std::uint64_t place) {
    const std::uint64_t per_digit = lines_per_first_digit(offer);
    const std::uint64_t lines = offer.first_digits.size() * per_digit;
    const std::string_view prefix = offer.prefixes[place % offer.prefixes.size()];
    const std::uint64_t line = (place / offer.prefixes.size() * line_step + first_line) % lines;

    std::string rest = std::to_string(line % per_digit);
    rest.insert(0, static_cast<std::size_t>(offer.line_digits) - 1 - rest.size(), '0');
    rest.insert(0, 1, offer.first_digits[line / per_digit]);
    if (!is_assignable(offer, rest)) return std::nullopt;
    return '+' + std::string(prefix) + rest;
}

bool in_series(const Offer& offer, std::string_view number) {
    const std::string_view digits = number.substr(1);
    const auto has_prefix = [&](std::string_view prefix) {
        return digits.starts_with(prefix) &&
               digits.size() == prefix.size() + static_cast<std::size_t>(offer.line_digits) &&
               is_assignable(offer, digits.substr(prefix.size()));
    };
    return std::ranges::any_of(offer.prefixes, has_prefix);
}

char keypad_digit(char character) {
    constexpr std::string_view digits_of_letters = "22233344455566677778889999";
    if (std::isalpha(static_cast<unsigned char>(character)) == 0) return character;
    return digits_of_letters[static_cast<std::size_t>(std::tolower(static_cast<unsigned char>(character)) -
                                                      'a')];
}

/// Whether the text begins with the pattern.
bool begins_with(std::string_view text, std::string_view pattern) {
    while (!pattern.empty()) {
        const char wanted = pattern.front();
        pattern.remove_prefix(1);
        if (wanted == '$' && pattern.empty()) return text.empty();
        if (wanted == '%') {
            for (std::size_t skip = 0; skip <= text.size(); ++skip) {
                if (begins_with(text.substr(skip), pattern)) return true;
            }
            return false;
        }
        if (text.empty() || (wanted != '*' && keypad_digit(wanted) != text.front())) return false;
        text.remove_prefix(1);
    }
    return true;
}

bool offer_matches(const Offer& offer, const SearchFilter& filter) {
    const auto fits = [](std::optional<bool> wanted, bool has) { return !wanted || *wanted == has; };
    const std::string_view address = offer.address_requirements;
    return fits(filter.voice, offer.capabilities.voice) && fits(filter.sms, offer.capabilities.sms) &&
           fits(filter.mms, offer.capabilities.mms) && fits(filter.fax, offer.capabilities.fax) &&
           !(filter.exclude_any_address && address != "none") &&
           !(filter.exclude_local_address && address == "local") &&
           !(filter.exclude_foreign_address && address == "foreign");
}

bool are_alike(std::string_view one, std::string_view other) {
    return std::ranges::equal(
        one, other, [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

bool matches(const std::string& number, const SearchFilter& filter) {
    if (!filter.area_code.empty() && number.starts_with("+1") && number.substr(2, 3) != filter.area_code) {
        return false;
    }
    const Place* place = find_place(number);
    const auto is_there = [&](const std::string& wanted, std::string_view Place::*part) {
        return wanted.empty() || (place != nullptr && are_alike(place->*part, wanted));
    };
    if (!is_there(filter.locality, &Place::locality) || !is_there(filter.region, &Place::region))
        return false;
    return filter.contains.empty() || number_matches(number, filter.contains);
}

}  // namespace

std::span<const Offer> offers() {
    return all_offers;
}

const Offer* find_offer(std::string_view country, std::string_view type) {
    const auto* offer = std::ranges::find_if(
        all_offers, [&](const Offer& each) { return each.country == country && each.type == type; });
    return offer == all_offers.end() ? nullptr : offer;
}

const Place* find_place(std::string_view number) {
    const auto* place = std::ranges::find_if(
        places, [&](const Place& each) { return number.substr(1).starts_with(each.prefix); });
    return place == places.end() ? nullptr : place;
}

bool is_search_pattern(std::string_view text) {
    constexpr std::size_t shortest = 2;
    constexpr std::size_t longest = 16;
    return text.size() >= shortest && text.size() <= longest &&
           std::ranges::all_of(text, [](unsigned char c) {
               return std::isalnum(c) != 0 ||
                      std::string_view("*%+$").find(static_cast<char>(c)) != std::string_view::npos;
           });
}

bool number_matches(std::string_view number, std::string_view pattern) {
    for (std::size_t start = 0; start <= number.size(); ++start) {
        if (begins_with(number.substr(start), pattern)) return true;
    }
    return false;
}

std::vector<std::string> Inventory::search(const Offer& offer, std::uint64_t shopper,
                                           const SearchFilter& filter, const Taken& taken) {
    std::vector<std::string> found;
    if (!offer_matches(offer, filter)) return found;
    const auto consider = [&](const std::string& number) {
        if (matches(number, filter) && !taken(number)) found.push_back(number);
    };

    if (const auto list = lists_.find(&offer); list != lists_.end()) {
        for (const std::string& number : list->second) {
            if (found.size() == filter.limit) break;
            consider(number);
        }
        return found;
    }

    const std::uint64_t length = series_length(offer);
    std::uint64_t& first =
        first_untaken_.try_emplace({&offer, shopper}, shopper * shopper_distance % length).first->second;
    const auto sold = [&](std::uint64_t place) {
        const std::optional<std::string> number = number_at(offer, place);
        return !number || taken(*number);
    };
    for (std::uint64_t passed = 0; passed < length && sold(first); ++passed) first = (first + 1) % length;

    for (std::uint64_t step = 0; step < std::min(longest_scan, length) && found.size() < filter.limit;
         ++step) {
        const std::optional<std::string> number = number_at(offer, (first + step) % length);
        if (number) consider(*number);
    }
    return found;
}

const Offer* Inventory::offer_of(const std::string& number) const {
    for (const auto& [offer, numbers] : lists_) {
        if (std::ranges::find(numbers, number) != numbers.end()) return offer;
    }
    const auto* offer = std::ranges::find_if(
        all_offers, [&](const Offer& each) { return !lists_.contains(&each) && in_series(each, number); });
    return offer == all_offers.end() ? nullptr : offer;
}

void Inventory::reset() {
    lists_.clear();
    first_untaken_.clear();
}

}  // namespace telephony::simulator
