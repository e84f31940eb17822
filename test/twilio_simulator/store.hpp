// What is true at the simulated Twilio: accounts, the numbers they own, the numbers for sale.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "dates.hpp"
#include "inventory.hpp"
#include "number_settings.hpp"
#include "page.hpp"

namespace telephony::simulator {

/// A key that opens its own account instead of the auth token, and no subaccount of it.
struct ApiKey {
    std::string sid;  ///< SK...
    std::string secret;
    bool is_main = false;  ///< may read the account itself; a standard key may not
};

/// A Twilio account. The auth token of a parent opens its subaccounts too.
struct Account {
    std::string sid;
    std::string auth_token;
    std::string parent_sid;  ///< empty for an account that is no subaccount
    std::vector<ApiKey> api_keys;
    std::string status = "active";  ///< active, suspended or closed
    std::string type = "Full";      ///< Full or Trial
    std::string friendly_name;
    double calls_per_second = 1;                ///< calls beyond it are queued
    std::vector<std::string> blocked_prefixes;  ///< +CC...: where its geographic permissions let it not call
    std::chrono::sys_seconds date_created;
    std::uint64_t ordinal = 0;  ///< how many accounts came before it
};

/// A number that an account owns.
struct IncomingNumber {
    std::string sid;
    std::string account_sid;
    std::string phone_number;
    std::string friendly_name;
    const Offer* offer = nullptr;  ///< nullptr for one that was brought from elsewhere
    std::chrono::sys_seconds date_created;
    std::chrono::sys_seconds date_updated;
    NumberSettings settings;
    std::uint64_t sequence = 0;                        ///< the order of purchases
    std::chrono::steady_clock::time_point visible_at;  ///< reads of the API do not show it before
    /// An emergency address that was removed is on its way out until then, and keeps the number from being
    /// released.
    std::chrono::steady_clock::time_point unregistered_at;

    bool has_emergency_address() const { return !settings.value("emergency_address_sid").is_null(); }
    bool is_unregistering() const {
        return !has_emergency_address() && std::chrono::steady_clock::now() < unregistered_at;
    }
};

/// A number as calls reach it: with whose it is.
struct Line {
    IncomingNumber number;
    Account account;
};

/// A request to buy a number.
struct Purchase {
    std::string account_sid;
    std::string type;  ///< of the typed subresource, "" for the general one
    Parameters parameters;
    std::chrono::milliseconds lag{0};  ///< how long reads will not show the new number
};

/// Which of an account's numbers a list shows; empty texts do not matter.
struct ListFilter {
    std::string phone_number;   ///< a pattern, see number_matches()
    std::string friendly_name;  ///< the exact one
    std::string origin;         ///< twilio or hosted; nothing here is hosted
    std::string type;           ///< of the typed subresource
};

/// What is done by other means than the API, in Twilio's console for example.
struct ConsoleAction {
    enum class Kind { buy, rename, release, set_voice_url };
    Kind kind = Kind::buy;
    std::string account_sid;
    std::string phone_number;  ///< this or, for an existing number, its sid
    std::string sid;
    std::optional<std::string> friendly_name;
    std::optional<std::string> voice_url;
    std::optional<std::chrono::sys_seconds> date_created;
};

/// All state of the simulated Twilio besides faults and the request log. Every call is atomic; calls for the
/// API throw ApiError when they refuse.
class Store {
  public:
    /// `seed` determines the sids, given the order of purchases.
    Store(Clock clock, std::uint64_t seed) : clock_(clock), seed_(seed), random_(seed) {}

    /// Adds an account or replaces what is known of it. `lasting` accounts outlive reset().
    void put_account(Account account, bool lasting = false);

    std::optional<Account> find_account(const std::string& sid) const;

    std::optional<Account> find_account_where(const std::function<bool(const Account&)>& is_meant) const;

    /// The E.164 text of a number, or "" if nobody owns one with this sid.
    std::string number_with_sid(const std::string& sid) const;

    /// The line of an E.164 number; nullopt if nobody owns it.
    std::optional<Line> line(const std::string& phone_number) const;

    std::vector<std::string> search(const std::string& account_sid, const Offer& offer,
                                    const SearchFilter& filter);

    /// Buys a number; or updates it if the account owns it already, with the same answer (ex_twilio pull
    /// request 116).
    IncomingNumber buy(const Purchase& purchase);

    Page<IncomingNumber> list(const std::string& account_sid, const ListFilter& filter,
                              std::optional<PagePosition> from, std::size_t page_size) const;

    IncomingNumber get(const std::string& account_sid, const std::string& sid) const;
    IncomingNumber update(const std::string& account_sid, const std::string& sid,
                          const Parameters& parameters);
    void release(const std::string& account_sid, const std::string& sid);

    /// Returns the number as it is afterwards (as it was before, for a release). Throws ApiError.
    IncomingNumber act_in_console(const ConsoleAction& action);

    /// Says where an address is: numbers that need an address are sold with it only if they begin with
    /// `area`, as in +4420. An address that nothing was said of fits everywhere.
    void put_address(const std::string& address_sid, const std::string& area);

    /// Puts a list in the place of what is for sale; numbers that were released are for sale again.
    void replace_inventory(const Offer& offer, const std::vector<std::string>& numbers);

    /// Everything, as JSON.
    Json state() const;

    /// As it was at the start, but that sids continue: they never repeat.
    void reset();

  private:
    using Numbers = std::map<std::uint64_t, IncomingNumber>;
    struct AccountEntry {
        Account account;
        Numbers numbers;
    };

    AccountEntry& entry(const std::string& account_sid);
    const AccountEntry& entry(const std::string& account_sid) const;
    IncomingNumber* find_by_sid(const std::string& sid);
    IncomingNumber* find_by_phone_number(const std::string& phone_number);
    IncomingNumber& owned(const std::string& account_sid, const std::string& sid);
    bool is_taken(const std::string& phone_number) const;
    std::string choose_number(const Purchase& purchase);
    IncomingNumber& add(const std::string& account_sid, const std::string& phone_number, const Offer* offer);
    void remove(const IncomingNumber& number, std::string_view by);
    void change(IncomingNumber& number, const Parameters& parameters, std::string_view by);

    const Clock clock_;
    const std::uint64_t seed_;
    mutable std::mutex mutex_;
    std::mt19937_64 random_;
    std::map<std::string, Account> lasting_accounts_;
    std::unordered_map<std::string, AccountEntry> accounts_;
    std::unordered_map<std::string, IncomingNumber*> by_sid_;
    std::unordered_map<std::string, IncomingNumber*> by_phone_number_;
    /// Numbers that were released: Twilio sells them to nobody for months.
    std::unordered_set<std::string> withdrawn_;
    std::map<std::string, std::string> address_areas_;
    Inventory inventory_;
    Json released_ = Json::array();
    Json changed_ = Json::array();
    std::uint64_t sequence_ = 0;
    std::uint64_t purchases_ = 0;
    std::uint64_t repeated_purchases_ = 0;
    std::uint64_t releases_ = 0;
};

}  // namespace telephony::simulator
