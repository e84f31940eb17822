// The caller ids that accounts have verified.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "page.hpp"
#include "phone_network.hpp"

namespace telephony::simulator {

/// A number that an account may show as caller.
struct CallerId {
    std::string sid;
    std::string account_sid;
    std::string phone_number;
    std::string friendly_name;
    Time created;
    Time updated;
    std::uint64_t sequence = 0;
};

/// Which of an account's caller ids a list shows; empty texts do not matter.
struct CallerIdFilter {
    std::string phone_number;  ///< a pattern, see number_matches(): Twilio does not say that it is exact
    std::string friendly_name;
    std::optional<Time> older_than;  ///< those that were verified after this are not listed yet
};

/// Not synchronized: its owner is.
class CallerIds {
  public:
    /// Adds a caller id, whose sid, account, number and times are given.
    const CallerId& add(CallerId caller_id);

    CallerId* find(const std::string& sid);
    const CallerId* find(const std::string& account_sid, const std::string& phone_number) const;
    std::size_t count(const std::string& account_sid) const;
    void remove(const std::string& sid);
    Page<CallerId> list(const std::string& account_sid, const CallerIdFilter& filter,
                        std::optional<PagePosition> from, std::size_t page_size) const;

    /// Every caller id, oldest first.
    std::vector<const CallerId*> all() const;
    void reset();

  private:
    std::unordered_map<std::string, std::map<std::uint64_t, CallerId>> by_account_;
    std::unordered_map<std::string, CallerId*> by_sid_;
    std::uint64_t last_sequence_ = 0;
};

}  // namespace telephony::simulator
