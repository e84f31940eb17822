// A network as the dialled codes leave it, read by the rules of phones.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/mmi/phone_rules.hpp"

namespace telephony::mmi {

/// What one subscriber has set, by condition. Told by phones, so it depends on none of the code under test.
class Network {
  public:
    using State =
        std::map<std::string, std::string>;  // condition -> number, with ",T" where a timer was given

    /// Dials `code` on an Android phone, after making sure that oFono reads it alike.
    void dial(std::string_view code) {
        if (star(code)) return;
        const phone::Reading reading = phone::android(code);
        const phone::Reading other = phone::ofono(code);
        ASSERT_EQ(reading.action, phone::Action::set) << code;
        ASSERT_EQ(other.action, phone::Action::set) << code;
        ASSERT_EQ(reading.procedure, other.procedure) << code;
        ASSERT_EQ(reading.number, other.number) << code;
        ASSERT_EQ(reading.timer, other.timer) << code;
        for (const std::string& condition : phone::conditions_of(reading.service)) {
            if (reading.procedure == "registration") {
                const bool timed = condition == "no_reply" && !reading.timer.empty();
                state_[condition] = reading.number + (timed ? "," + reading.timer : "");
            } else if (reading.procedure == "erasure") {
                state_.erase(condition);
            } else {
                ASSERT_EQ(reading.procedure, "interrogation") << code;
                asked_.insert(condition);
            }
        }
    }

    const State& state() const { return state_; }
    State& state() { return state_; }
    const std::set<std::string>& asked() const { return asked_; }

  private:
    // Verizon: *72 all calls, *71 busy and no answer, *73 ends both; ten plain digits.
    bool star(std::string_view code) {
        const std::string_view feature = code.substr(0, 3);
        const std::string dialled{code.substr(std::min<std::size_t>(3, code.size()))};
        if (code == "*73") {
            state_.erase("unconditional");
            state_.erase("busy");
            state_.erase("no_reply");
            return true;
        }
        if ((feature != "*71" && feature != "*72") || dialled.size() != 10 || !phone::all_digits(dialled))
            return false;
        if (feature == "*72") {
            state_["unconditional"] = dialled;
        } else {
            state_["busy"] = state_["no_reply"] = dialled;
        }
        return true;
    }

    State state_;
    std::set<std::string> asked_;
};

}  // namespace telephony::mmi
