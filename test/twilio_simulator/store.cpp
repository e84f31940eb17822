// The rules by which the simulated Twilio sells, changes and takes back numbers.
#include "store.hpp"

#include <algorithm>

#include "api_error.hpp"
#include "purchase_rules.hpp"
#include "representation.hpp"
#include "sid.hpp"

namespace telephony::simulator {
namespace {

/// A trial account may own this many numbers (error 21404).
constexpr std::size_t trial_numbers = 1;
/// How long an emergency address takes to go; at Twilio it is minutes.
constexpr std::chrono::milliseconds unregistration{200};

ApiError not_found(const std::string& account_sid, const std::string& sid) {
    return {404, 20404,
            "The requested resource " + account_path(account_sid, "IncomingPhoneNumbers/" + sid + ".json") +
                " was not found"};
}

ApiError not_available(const std::string& phone_number) {
    return {400, 21422, "Unable to create record: " + phone_number + " is not available."};
}

/// Changes a number as the parameters say, or throws ApiError and changes nothing.
void apply(IncomingNumber& number, const Parameters& parameters, std::chrono::sys_seconds now) {
    const std::optional<std::string> friendly_name = checked_friendly_name(parameters);
    const bool had_emergency_address = number.has_emergency_address();
    number.settings.apply(parameters);
    if (had_emergency_address && !number.has_emergency_address())
        number.unregistered_at = std::chrono::steady_clock::now() + unregistration;
    if (friendly_name) number.friendly_name = *friendly_name;
    number.date_updated = now;
}

bool is_shown(const IncomingNumber& number, const ListFilter& filter) {
    return number.visible_at <= std::chrono::steady_clock::now() && filter.origin != "hosted" &&
           (filter.phone_number.empty() || number_matches(number.phone_number, filter.phone_number)) &&
           (filter.friendly_name.empty() || number.friendly_name == filter.friendly_name) &&
           (filter.type.empty() || (number.offer != nullptr && number.offer->type == filter.type));
}

}  // namespace

void Store::put_account(Account account, bool lasting) {
    const std::lock_guard lock(mutex_);
    if (const auto known = accounts_.find(account.sid); known != accounts_.end()) {
        account.ordinal = known->second.account.ordinal;
        account.date_created = known->second.account.date_created;
    } else {
        account.ordinal = accounts_.size();
        account.date_created = clock_.second();
    }
    if (lasting) lasting_accounts_[account.sid] = account;
    accounts_[account.sid].account = std::move(account);
}

std::optional<Account> Store::find_account(const std::string& sid) const {
    const std::lock_guard lock(mutex_);
    const auto found = accounts_.find(sid);
    return found == accounts_.end() ? std::nullopt : std::optional(found->second.account);
}

std::optional<Account> Store::find_account_where(const std::function<bool(const Account&)>& is_meant) const {
    const std::lock_guard lock(mutex_);
    const auto found =
        std::ranges::find_if(accounts_, [&](const auto& each) { return is_meant(each.second.account); });
    return found == accounts_.end() ? std::nullopt : std::optional(found->second.account);
}

std::string Store::number_with_sid(const std::string& sid) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_sid_.find(sid);
    return found == by_sid_.end() ? std::string() : found->second->phone_number;
}

std::optional<Line> Store::line(const std::string& phone_number) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_phone_number_.find(phone_number);
    if (found == by_phone_number_.end()) return std::nullopt;
    return Line{*found->second, entry(found->second->account_sid).account};
}

std::vector<std::string> Store::search(const std::string& account_sid, const Offer& offer,
                                       const SearchFilter& filter) {
    const std::lock_guard lock(mutex_);
    return inventory_.search(offer, entry(account_sid).account.ordinal, filter,
                             [this](const std::string& number) { return is_taken(number); });
}

IncomingNumber Store::buy(const Purchase& purchase) {
    const std::lock_guard lock(mutex_);
    const std::string phone_number = choose_number(purchase);
    Parameters parameters = purchase.parameters;
    parameters.erase("EmergencyAddressSid");  // ignored on create (twilio-node issue 706)

    if (IncomingNumber* existing = find_by_phone_number(phone_number)) {
        if (existing->account_sid != purchase.account_sid) throw not_available(phone_number);
        change(*existing, parameters, "buy");
        ++repeated_purchases_;
        return *existing;
    }

    const Offer* offer = inventory_.offer_of(phone_number);
    if (offer == nullptr || withdrawn_.contains(phone_number)) throw not_available(phone_number);
    if (!purchase.type.empty() && offer->type != purchase.type) {
        throw ApiError{400, 21458, "PhoneNumber Provisioning Type Mismatch"};
    }
    const AccountEntry& account = entry(purchase.account_sid);
    if (account.account.type == "Trial" && account.numbers.size() >= trial_numbers) {
        throw ApiError{
            400, 21404,
            "Trial accounts are allowed only one Twilio number. To purchase additional numbers, please "
            "upgrade your account."};
    }
    IncomingNumber wanted;
    apply(wanted, parameters, clock_.second());
    check_regulations(*offer, wanted.settings, phone_number, address_areas_);

    IncomingNumber& number = add(purchase.account_sid, phone_number, offer);
    number.settings = std::move(wanted.settings);
    if (!wanted.friendly_name.empty()) number.friendly_name = std::move(wanted.friendly_name);
    number.visible_at = std::chrono::steady_clock::now() + purchase.lag;
    ++purchases_;
    return number;
}

Page<IncomingNumber> Store::list(const std::string& account_sid, const ListFilter& filter,
                                 std::optional<PagePosition> from, std::size_t page_size) const {
    const std::lock_guard lock(mutex_);
    return page_of(entry(account_sid).numbers, from, page_size,
                   [&filter](const IncomingNumber& number) { return is_shown(number, filter); });
}

IncomingNumber Store::get(const std::string& account_sid, const std::string& sid) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_sid_.find(sid);
    if (found == by_sid_.end() || found->second->account_sid != account_sid ||
        found->second->visible_at > std::chrono::steady_clock::now()) {
        throw not_found(account_sid, sid);
    }
    return *found->second;
}

IncomingNumber Store::update(const std::string& account_sid, const std::string& sid,
                             const Parameters& parameters) {
    const std::lock_guard lock(mutex_);
    IncomingNumber& number = owned(account_sid, sid);
    const std::string new_owner = parameter(parameters, "AccountSid");
    if (!new_owner.empty() && new_owner != account_sid) {
        throw ApiError{400, 21474, "API User must be the parent account to transfer phone numbers."};
    }
    change(number, parameters, "update");
    return number;
}

void Store::release(const std::string& account_sid, const std::string& sid) {
    const std::lock_guard lock(mutex_);
    const IncomingNumber& number = owned(account_sid, sid);
    if (number.has_emergency_address() || number.is_unregistering()) {
        throw ApiError{400, 21631, "Unable to delete record: the number has an emergency address"};
    }
    remove(number, "api");
    ++releases_;
}

IncomingNumber Store::act_in_console(const ConsoleAction& action) {
    const std::lock_guard lock(mutex_);
    IncomingNumber* number =
        action.sid.empty() ? find_by_phone_number(action.phone_number) : find_by_sid(action.sid);
    if (action.kind == ConsoleAction::Kind::buy) {
        if (number != nullptr) throw ApiError{409, 0, "somebody owns this number"};
        if (!is_e164(action.phone_number)) throw ApiError{400, 0, "phone_number must be in E.164 form"};
        number = &add(action.account_sid, action.phone_number, inventory_.offer_of(action.phone_number));
    } else if (number == nullptr ||
               (!action.account_sid.empty() && number->account_sid != action.account_sid)) {
        throw ApiError{404, 0, "the account owns no such number"};
    }
    if (action.kind == ConsoleAction::Kind::release) {
        const IncomingNumber before = *number;
        remove(*number, "console");
        return before;
    }
    if (action.friendly_name) number->friendly_name = *action.friendly_name;
    if (action.voice_url) number->settings.set("voice_url", *action.voice_url);
    number->date_updated = clock_.second();
    if (action.date_created) number->date_created = *action.date_created;
    return *number;
}

void Store::put_address(const std::string& address_sid, const std::string& area) {
    const std::lock_guard lock(mutex_);
    address_areas_[address_sid] = area;
}

void Store::replace_inventory(const Offer& offer, const std::vector<std::string>& numbers) {
    const std::lock_guard lock(mutex_);
    for (const std::string& number : numbers) withdrawn_.erase(number);
    inventory_.replace(offer, numbers);
}

Json Store::state() const {
    const std::lock_guard lock(mutex_);
    Json accounts = Json::array();
    Json numbers = Json::array();
    for (const auto& [sid, entry] : accounts_) {
        Json account = represent(entry.account);
        account.erase("auth_token");
        account["numbers"] = entry.numbers.size();
        accounts.push_back(std::move(account));
        for (const auto& [sequence, number] : entry.numbers) numbers.push_back(represent(number));
    }
    return {{"accounts", accounts},    {"numbers", numbers},
            {"released", released_},   {"changed", changed_},
            {"purchases", purchases_}, {"repeated_purchases", repeated_purchases_},
            {"releases", releases_},   {"seed", seed_}};
}

void Store::reset() {
    const std::lock_guard lock(mutex_);
    by_sid_.clear();
    by_phone_number_.clear();
    withdrawn_.clear();
    address_areas_.clear();
    accounts_.clear();
    for (const auto& [sid, account] : lasting_accounts_) accounts_[sid].account = account;
    inventory_.reset();
    released_ = Json::array();
    changed_ = Json::array();
    purchases_ = 0;
    repeated_purchases_ = 0;
    releases_ = 0;
}

const Store::AccountEntry& Store::entry(const std::string& account_sid) const {
    const auto found = accounts_.find(account_sid);
    if (found == accounts_.end()) throw ApiError{401, 20003, "Authenticate"};
    return found->second;
}

Store::AccountEntry& Store::entry(const std::string& account_sid) {
    return const_cast<AccountEntry&>(std::as_const(*this).entry(account_sid));
}

IncomingNumber* Store::find_by_sid(const std::string& sid) {
    const auto found = by_sid_.find(sid);
    return found == by_sid_.end() ? nullptr : found->second;
}

IncomingNumber* Store::find_by_phone_number(const std::string& phone_number) {
    const auto found = by_phone_number_.find(phone_number);
    return found == by_phone_number_.end() ? nullptr : found->second;
}

IncomingNumber& Store::owned(const std::string& account_sid, const std::string& sid) {
    IncomingNumber* number = find_by_sid(sid);
    if (number == nullptr || number->account_sid != account_sid) throw not_found(account_sid, sid);
    return *number;
}

bool Store::is_taken(const std::string& phone_number) const {
    return by_phone_number_.contains(phone_number) || withdrawn_.contains(phone_number);
}

std::string Store::choose_number(const Purchase& purchase) {
    const std::string phone_number = parameter(purchase.parameters, "PhoneNumber");
    const std::string area_code = parameter(purchase.parameters, "AreaCode");
    if (!area_code.empty() && !purchase.type.empty())
        throw ApiError{400, 21457, "AreaCode Parameter not Supported"};
    if (!phone_number.empty() || area_code.empty()) {
        if (!is_e164(phone_number)) throw ApiError{400, 21421, "PhoneNumber is invalid: " + phone_number};
        return phone_number;
    }
    if (area_code.size() != 3 || area_code.find_first_not_of("0123456789") != std::string::npos) {
        throw ApiError{400, 21451, "Invalid area code: " + area_code};
    }
    SearchFilter filter;
    filter.area_code = area_code;
    filter.limit = 1;
    for (const Offer& offer : offers()) {
        if (offer.prefixes.front().front() != '1') continue;
        const auto found = inventory_.search(offer, entry(purchase.account_sid).account.ordinal, filter,
                                             [this](const std::string& number) { return is_taken(number); });
        if (!found.empty()) return found.front();
    }
    throw ApiError{400, 21452, "No phone numbers found in area code " + area_code};
}

IncomingNumber& Store::add(const std::string& account_sid, const std::string& phone_number,
                           const Offer* offer) {
    const std::uint64_t sequence = ++sequence_;
    IncomingNumber& number = entry(account_sid).numbers[sequence];
    number.sid = make_sid("PN", random_);
    number.account_sid = account_sid;
    number.phone_number = phone_number;
    number.friendly_name = default_friendly_name(phone_number);
    number.offer = offer;
    number.date_created = clock_.second();
    number.date_updated = number.date_created;
    number.sequence = sequence;
    by_sid_[number.sid] = &number;
    by_phone_number_[phone_number] = &number;
    withdrawn_.erase(phone_number);
    return number;
}

/// Changes a number through the API and keeps what its name was, for whoever asks if it was theirs to change.
void Store::change(IncomingNumber& number, const Parameters& parameters, std::string_view by) {
    const std::string before = number.friendly_name;
    apply(number, parameters, clock_.second());
    changed_.push_back({{"sid", number.sid},
                        {"account_sid", number.account_sid},
                        {"phone_number", number.phone_number},
                        {"by", by},
                        {"friendly_name_before", before},
                        {"friendly_name", number.friendly_name},
                        {"bought_at", rfc2822(number.date_created)},
                        {"changed_at", rfc2822(number.date_updated)}});
}

void Store::remove(const IncomingNumber& number, std::string_view by) {
    released_.push_back({{"sid", number.sid},
                         {"account_sid", number.account_sid},
                         {"phone_number", number.phone_number},
                         {"friendly_name", number.friendly_name},
                         {"date_created", rfc2822(number.date_created)},
                         {"released_at", rfc2822(clock_.second())},
                         {"by", by}});
    withdrawn_.insert(number.phone_number);
    by_phone_number_.erase(number.phone_number);
    by_sid_.erase(number.sid);
    // Last, for this is where the number ends.
    const std::uint64_t sequence = number.sequence;
    entry(number.account_sid).numbers.erase(sequence);
}

}  // namespace telephony::simulator
