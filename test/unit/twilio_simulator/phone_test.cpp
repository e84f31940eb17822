// A simulated phone takes the codes that phones take, and forwards as its carrier makes of them.
#include "phone.hpp"

#include <gtest/gtest.h>

#include "api_error.hpp"

namespace telephony::simulator {
namespace {

Phone phone(const std::string& number) {
    Phone phone;
    phone.number = number;
    return phone;
}

using Forwarding = std::map<Condition, std::string>;

TEST(SimulatedPhone, ForwardsByTheConditionsOfTheCodeThatIsDialled) {
    const std::string target = "+14155550100";
    const std::pair<const char*, Forwarding> codes[] = {
        {"**21*+14155550100#", {{Condition::unconditional, target}}},
        {"*21*+14155550100*11#", {{Condition::unconditional, target}}},
        {"**67*+14155550100#", {{Condition::busy, target}}},
        {"**61*+14155550100#", {{Condition::no_reply, target}}},
        {"**62*+14155550100#", {{Condition::not_reachable, target}}},
        {"**004*+14155550100#",
         {{Condition::busy, target}, {Condition::no_reply, target}, {Condition::not_reachable, target}}},
        {"*724155550100", {{Condition::unconditional, target}}},
        {"*714155550100", {{Condition::busy, target}, {Condition::no_reply, target}}},
    };
    for (const auto& [code, expected] : codes) {
        Phone us = phone("+12125550123");
        dial(us, code);
        EXPECT_EQ(us.forwarding, expected) << code;
    }
}

TEST(SimulatedPhone, ReadsNationalNumbersAsItsCountryDoes) {
    const std::tuple<const char*, const char*, const char*> dialled[] = {
        {"+12125550123", "**21*4155550100#", "+14155550100"},
        {"+12125550123", "**21*14155550100#", "+14155550100"},
        {"+12125550123", "**21*01144207946000#", "+44207946000"},
        {"+447400123456", "**21*02079460000#", "+442079460000"},
        {"+447400123456", "**21*0014155550100#", "+14155550100"},
        {"+905321234567", "**21*08501234567#", "+908501234567"},
        {"+2348101234567", "**21*08131234567#", "+2348131234567"},
    };
    for (const auto& [own, code, target] : dialled) {
        Phone dialling = phone(own);
        dial(dialling, code);
        EXPECT_EQ(dialling.forwarding.at(Condition::unconditional), target) << code;
    }
}

TEST(SimulatedPhone, ForgetsWhatIsErasedAndRemembersWhatIsDeactivated) {
    Phone us = phone("+12125550123");
    dial(us, "**61*+14155550100**25#");
    EXPECT_EQ(us.no_reply_after, Seconds(25));
    dial(us, "#61#");
    EXPECT_TRUE(us.forwarding.empty());
    dial(us, "*61#");
    EXPECT_EQ(us.forwarding, (Forwarding{{Condition::no_reply, "+14155550100"}}));
    dial(us, "*#61#");
    EXPECT_EQ(us.forwarding.size(), 1U);
    dial(us, "##002#");
    EXPECT_TRUE(us.forwarding.empty());
    dial(us, "*61#");
    EXPECT_TRUE(us.forwarding.empty());

    dial(us, "*724155550100");
    dial(us, "*73");
    EXPECT_TRUE(us.forwarding.empty());
}

TEST(SimulatedPhone, HasACarrierThatMaySetOnlyAPartOfACode) {
    Phone us = phone("+12125550123");
    configure(us, {{"ignored", {"busy", "not_reachable"}}, {"dial", "**004*+14155550100#"}});
    EXPECT_EQ(us.forwarding, (Forwarding{{Condition::no_reply, "+14155550100"}}));
}

TEST(SimulatedPhone, RefusesWhatNoPhoneTakesAndWhatIsMisspelt) {
    for (const Json& order : {Json{{"dial", "+14155550100"}}, Json{{"dial", "**21*abc#"}},
                              Json{{"dial", "**61*+14155550100**1000#"}}, Json{{"behaviour", "sulks"}},
                              Json{{"forwarding", {{"always", "+14155550100"}}}},
                              Json{{"forwarding", {{"busy", "4155550100"}}}}, Json{{"shown_from", "nobody"}},
                              Json{{"ignored", {"always"}}}, Json{{"paging", -1}}, Json{{"ringtone", 1}}}) {
        Phone us = phone("+12125550123");
        EXPECT_THROW(configure(us, order), ApiError) << order;
    }
}

}  // namespace
}  // namespace telephony::simulator
