// Keeps and lists caller ids.
#include "caller_ids.hpp"

#include <algorithm>

#include "inventory.hpp"

namespace telephony::simulator {

const CallerId& CallerIds::add(CallerId caller_id) {
    caller_id.sequence = ++last_sequence_;
    CallerId& added = by_account_[caller_id.account_sid][caller_id.sequence];
    added = std::move(caller_id);
    by_sid_[added.sid] = &added;
    return added;
}

CallerId* CallerIds::find(const std::string& sid) {
    const auto found = by_sid_.find(sid);
    return found == by_sid_.end() ? nullptr : found->second;
}

const CallerId* CallerIds::find(const std::string& account_sid, const std::string& phone_number) const {
    const auto account = by_account_.find(account_sid);
    if (account == by_account_.end()) return nullptr;
    const auto found = std::ranges::find_if(
        account->second, [&](const auto& each) { return each.second.phone_number == phone_number; });
    return found == account->second.end() ? nullptr : &found->second;
}

std::size_t CallerIds::count(const std::string& account_sid) const {
    const auto account = by_account_.find(account_sid);
    return account == by_account_.end() ? 0 : account->second.size();
}

void CallerIds::remove(const std::string& sid) {
    const auto found = by_sid_.find(sid);
    if (found == by_sid_.end()) return;
    std::map<std::uint64_t, CallerId>& account = by_account_[found->second->account_sid];
    const std::uint64_t sequence = found->second->sequence;
    by_sid_.erase(found);
    account.erase(sequence);
}

Page<CallerId> CallerIds::list(const std::string& account_sid, const CallerIdFilter& filter,
                               std::optional<PagePosition> from, std::size_t page_size) const {
    const auto account = by_account_.find(account_sid);
    if (account == by_account_.end()) return {};
    return page_of(account->second, from, page_size, [&filter](const CallerId& each) {
        return (filter.phone_number.empty() || number_matches(each.phone_number, filter.phone_number)) &&
               (filter.friendly_name.empty() || each.friendly_name == filter.friendly_name) &&
               (!filter.older_than || each.created <= *filter.older_than);
    });
}

std::vector<const CallerId*> CallerIds::all() const {
    std::vector<const CallerId*> caller_ids;
    for (const auto& [sid, caller_id] : by_sid_) caller_ids.push_back(caller_id);
    std::ranges::sort(caller_ids, {}, &CallerId::sequence);
    return caller_ids;
}

void CallerIds::reset() {
    by_account_.clear();
    by_sid_.clear();
}

}  // namespace telephony::simulator
