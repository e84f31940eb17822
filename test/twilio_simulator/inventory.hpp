// The numbers Twilio has for sale: by default an endless, deterministic series per country and type.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telephony::simulator {

/// What a number can be used for.
struct Capabilities {
    bool voice;
    bool sms;
    bool mms;
    bool fax;
};

/// A kind of number that is sold: one country and type, and what its numbers look like and require.
struct Offer {
    std::string_view country;                    ///< ISO 3166 alpha-2
    std::string_view type;                       ///< as in the API's paths: Local, Mobile, TollFree, National
    std::span<const std::string_view> prefixes;  ///< leading digits, calling code first
    int line_digits;                             ///< how many digits follow the prefix
    std::string_view first_digits;               ///< what the first of these may be
    Capabilities capabilities;
    std::string_view address_requirements;  ///< none, any, local or foreign; all but none need an AddressSid
    bool bundle_required;                   ///< a purchase needs a BundleSid; a search does not tell
    std::string_view monthly_price;         ///< in dollars, as the Pricing API tells it
};

/// Where the numbers of a prefix are.
struct Place {
    std::string_view prefix;
    std::string_view locality;
    std::string_view region;  ///< state or province; empty outside North America
};

/// Everything that is sold, countries together.
std::span<const Offer> offers();

/// The offer of a country and type, or nullptr where Twilio has none.
const Offer* find_offer(std::string_view country, std::string_view type);

/// Where a number is; nullptr for one that is of no place.
const Place* find_place(std::string_view number);

/// Whether the text is what a search takes as `Contains`: 2 to 16 of the characters below.
bool is_search_pattern(std::string_view text);

/// Whether an E.164 number contains the pattern of a search (`Contains`) or list filter (`PhoneNumber`):
/// digits, letters as on a keypad, `*` for one character, `%` for any number of them, `+` at the start, `$`
/// at the end.
bool number_matches(std::string_view number, std::string_view pattern);

/// What a search asks for. Capabilities that are not set do not matter.
struct SearchFilter {
    std::string contains;
    std::string area_code;  ///< of the North American Numbering Plan; not applied elsewhere
    std::string locality;   ///< upper and lower case alike
    std::string region;
    std::optional<bool> voice, sms, mms, fax;
    bool exclude_any_address = false;
    bool exclude_local_address = false;
    bool exclude_foreign_address = false;
    std::size_t limit = 0;
};

/// The numbers for sale. Not synchronized: its owner is.
class Inventory {
  public:
    /// Tells whether a number is no longer for sale.
    using Taken = std::function<bool(const std::string& number)>;

    /// The first numbers of an offer that satisfy the filter and are not taken. Each `shopper` (a small
    /// number per account) sees the default series from another point on, so that accounts rarely compete.
    std::vector<std::string> search(const Offer& offer, std::uint64_t shopper, const SearchFilter& filter,
                                    const Taken& taken);

    /// The offer that a number belongs to, taken or not; nullptr if Twilio never had it.
    const Offer* offer_of(const std::string& number) const;

    /// Puts a list in the place of what an offer has for sale; an empty one is an exhausted inventory.
    void replace(const Offer& offer, std::vector<std::string> numbers) {
        lists_[&offer] = std::move(numbers);
    }

    /// Back to the default series.
    void reset();

  private:
    std::map<const Offer*, std::vector<std::string>> lists_;
    /// Where the first number that may be for sale is in each shopper's view of a series: what is taken stays
    /// taken, so searching stays fast however many numbers were sold.
    std::map<std::pair<const Offer*, std::uint64_t>, std::uint64_t> first_untaken_;
};

}  // namespace telephony::simulator
