// The simulated telephone network: what callers hear, and when and as what a forwarded call arrives.
#include "phone_network.hpp"

#include <gmock/gmock.h>

#include <set>

namespace telephony::simulator {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string caller = "+12025550100";
const std::string own = "+12125550123";
const std::string line = "+14155550100";

/// Has lines and writes down what it is told, with the second of it.
class Diary : public NetworkPeer {
  public:
    std::set<std::string> lines{line};
    std::vector<std::string> entries;
    std::vector<Arrival> arrivals;
    CallId arrived = 0;

    bool serves(const std::string& number) const override { return lines.contains(number); }
    void on_arrival(CallId call, const Arrival& arrival, Time now) override {
        arrived = call;
        arrivals.push_back(arrival);
        note("arrival", now);
    }
    void on_departure(CallId, Time now) override { note("departure", now); }
    void on_ringing(CallId, Time now) override { note("ringing", now); }
    void on_answered(CallId, AnsweredBy by, Time now) override {
        note(by == AnsweredBy::subscriber ? "subscriber" : "machine", now);
    }
    void on_keys(CallId, const std::string& keys, Time now) override { note("keys " + keys, now); }
    void on_over(CallId, Outcome outcome, Time now) override {
        note(outcome == Outcome::hung_up     ? "hung up"
             : outcome == Outcome::busy      ? "busy"
             : outcome == Outcome::no_answer ? "no answer"
                                             : "failed",
             now);
    }

  private:
    void note(const std::string& what, Time now) {
        const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(now - Time{}).count() / 100;
        entries.push_back(what + ' ' + std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10));
    }
};

class PhoneNetworkTest : public testing::Test {
  protected:
    Time at(double seconds) const { return Time{} + Pace().of(Seconds(seconds)); }

    /// Calls the own phone, as it is set up, and lets a minute pass.
    std::vector<std::string> heard(const Json& order) {
        network.configure_phone(own, order);
        network.dial(caller, own, at(0));
        network.advance(at(60));
        return diary.entries;
    }

    Diary diary;
    PhoneNetwork network{diary, Pace()};
};

Json to_line(const char* condition) {
    return {{condition, line}};
}

TEST_F(PhoneNetworkTest, APhoneThatNothingWasSaidOfRings) {
    EXPECT_THAT(heard(Json::object()), ElementsAre("ringing 1.0"));
}

TEST_F(PhoneNetworkTest, ASubscriberAnswersDeclinesOrIsEngaged) {
    EXPECT_THAT(heard({{"behaviour", "answers"}}),
                ElementsAre("ringing 1.0", "subscriber 4.0", "hung up 24.0"));
}
TEST_F(PhoneNetworkTest, WhoDeclinesIsBusy) {
    EXPECT_THAT(heard({{"behaviour", "declines"}}), ElementsAre("ringing 1.0", "busy 4.0"));
}
TEST_F(PhoneNetworkTest, WhoIsEngagedIsBusy) {
    EXPECT_THAT(heard({{"behaviour", "engaged"}}), ElementsAre("busy 1.0"));
}
TEST_F(PhoneNetworkTest, APhoneThatIsOffIsPagedInVain) {
    EXPECT_THAT(heard({{"behaviour", "off"}}), ElementsAre("ringing 1.0", "no answer 12.0"));
}
TEST_F(PhoneNetworkTest, APhoneThatScreensIsAMachine) {
    EXPECT_THAT(heard({{"behaviour", "screens"}}), ElementsAre("ringing 1.0", "machine 4.0"));
}
TEST_F(PhoneNetworkTest, ANumberThatThereIsNotFails) {
    EXPECT_THAT(heard({{"behaviour", "unassigned"}}), ElementsAre("failed 1.0"));
}
TEST_F(PhoneNetworkTest, TheCarriersVoicemailTakesWhatIsNotForwarded) {
    EXPECT_THAT(heard({{"voicemail", true}, {"no_reply_after", 15}}),
                ElementsAre("ringing 1.0", "machine 16.0"));
}

TEST_F(PhoneNetworkTest, ACallIsForwardedByItsConditionOnly) {
    const std::tuple<const char*, const char*, std::vector<std::string>> cases[] = {
        {"unanswered", "unconditional", {"ringing 1.0", "ringing 1.0", "arrival 1.0"}},
        {"unanswered", "no_reply", {"ringing 1.0", "ringing 22.0", "arrival 22.0"}},
        {"declines", "busy", {"ringing 1.0", "ringing 5.0", "arrival 5.0"}},
        {"engaged", "busy", {"ringing 2.0", "arrival 2.0"}},
        {"off", "not_reachable", {"ringing 1.0", "ringing 13.0", "arrival 13.0"}},
        {"off", "no_reply", {"ringing 1.0", "no answer 12.0"}},
        {"declines", "no_reply", {"ringing 1.0", "busy 4.0"}},
    };
    for (const auto& [behaviour, condition, expected] : cases) {
        Diary diary;
        PhoneNetwork network(diary, Pace());
        network.configure_phone(own, {{"behaviour", behaviour}, {"forwarding", to_line(condition)}});
        network.dial(caller, own, at(0));
        network.advance(at(60));
        EXPECT_EQ(diary.entries, expected) << behaviour << ' ' << condition;
        for (const Arrival& arrival : diary.arrivals) {
            EXPECT_EQ(arrival.from, caller);
            EXPECT_EQ(arrival.forwarded_by, own);
            EXPECT_EQ(arrival.forwarded_from, "");
            EXPECT_EQ(name_of(*arrival.condition), condition);
        }
    }
}

TEST_F(PhoneNetworkTest, CarriersRewriteWhoCallsAndTellWhoForwards) {
    const std::pair<const char*, const char*> shown[] = {
        {"own", own.c_str()}, {"anonymous", "+266696687"}, {"+13105550111", "+13105550111"}};
    for (const auto& [rule, from] : shown) {
        heard(
            {{"shown_from", rule}, {"tells_forwarded_from", true}, {"forwarding", to_line("unconditional")}});
        EXPECT_EQ(diary.arrivals.back().from, from);
        EXPECT_EQ(diary.arrivals.back().forwarded_from, own);
    }
}

TEST_F(PhoneNetworkTest, ALegThatIsLostIsNeverSeen) {
    EXPECT_THAT(heard({{"loses_legs", true}, {"forwarding", to_line("unconditional")}}),
                ElementsAre("ringing 1.0"));
    EXPECT_THAT(diary.arrivals, IsEmpty());
}

TEST_F(PhoneNetworkTest, ALegThatIsOnItsWayWhenTheCallerHangsUpArrivesLate) {
    network.configure_phone(own, {{"forwards_in", 30}, {"forwarding", to_line("no_reply")}});
    const CallId id = network.dial(caller, own, at(0));
    network.advance(at(25));
    network.hang_up(id, at(25));
    network.advance(at(60));
    EXPECT_THAT(diary.entries, ElementsAre("ringing 1.0", "arrival 51.0", "departure 51.5"));
    EXPECT_FALSE(network.has(id));
}

TEST_F(PhoneNetworkTest, ACallerWhoHangsUpBeforeIsNotForwarded) {
    network.configure_phone(own, {{"forwarding", to_line("no_reply")}});
    const CallId id = network.dial(caller, own, at(0));
    network.advance(at(15));
    network.hang_up(id, at(15));
    network.advance(at(60));
    EXPECT_THAT(diary.entries, ElementsAre("ringing 1.0"));
    EXPECT_FALSE(network.has(id));
}

TEST_F(PhoneNetworkTest, TheOtherLegEndsShortlyAfterTheCallerHangsUp) {
    network.configure_phone(own, {{"forwarding", to_line("unconditional")}});
    const CallId id = network.dial(caller, own, at(0));
    network.advance(at(2));
    network.answer(diary.arrived, at(2));
    network.hang_up(id, at(10));
    network.advance(at(60));
    EXPECT_THAT(diary.entries,
                ElementsAre("ringing 1.0", "ringing 1.0", "arrival 1.0", "machine 2.0", "departure 10.5"));
}

TEST_F(PhoneNetworkTest, ALineRefusesOrEndsACall) {
    network.dial(caller, line, at(0));
    network.advance(at(1));
    network.refuse(diary.arrived, Outcome::busy, at(1));
    network.dial(caller, line, at(2));
    network.advance(at(3));
    network.answer(diary.arrived, at(3));
    network.end(diary.arrived, at(5));
    EXPECT_THAT(diary.entries, ElementsAre("ringing 0.0", "arrival 0.0", "busy 1.0", "ringing 2.0",
                                           "arrival 2.0", "machine 3.0", "hung up 5.0"));
}

TEST_F(PhoneNetworkTest, AForwardingLoopEnds) {
    network.configure_phone(caller, {{"forwarding", {{"unconditional", own}}}});
    EXPECT_EQ(heard({{"forwarding", {{"unconditional", caller}}}}).back(), "failed 5.0");
}

TEST_F(PhoneNetworkTest, ASubscriberTypesWhenAskedAndAgainWhenAskedAgain) {
    network.type(own, "111111", at(0));
    network.dial(caller, own, at(0), true);
    network.advance(at(6));
    EXPECT_THAT(diary.entries, ElementsAre("ringing 1.0", "subscriber 4.0", "keys 111111 6.0"));
    network.type(own, "222222", at(8));
    network.advance(at(12));
    EXPECT_EQ(diary.entries.back(), "keys 111111 6.0");
    network.prompt(1, at(12));
    network.advance(at(15));
    EXPECT_EQ(diary.entries.back(), "keys 222222 14.0");
}

TEST_F(PhoneNetworkTest, APhoneThatIsForwardedCannotBeTypedOn) {
    network.configure_phone(own, {{"forwarding", to_line("unconditional")}});
    network.type(own, "111111", at(0));
    network.dial(caller, own, at(0), true);
    network.advance(at(60));
    EXPECT_THAT(diary.entries, ElementsAre("ringing 1.0", "ringing 1.0", "arrival 1.0"));
}

TEST_F(PhoneNetworkTest, ASubscriberActsOnTheCallThereIs) {
    EXPECT_FALSE(network.pick_up(own, at(0)));
    EXPECT_FALSE(network.put_down(own, at(0)));
    network.dial(caller, own, at(0));
    network.advance(at(2));
    EXPECT_TRUE(network.pick_up(own, at(2)));
    EXPECT_FALSE(network.decline(own, at(3)));
    EXPECT_TRUE(network.put_down(own, at(3)));
    network.dial(caller, own, at(4));
    network.advance(at(6));
    EXPECT_TRUE(network.decline(own, at(6)));
    EXPECT_THAT(diary.entries,
                ElementsAre("ringing 1.0", "subscriber 2.0", "hung up 3.0", "ringing 5.0", "busy 6.0"));
}

TEST_F(PhoneNetworkTest, WhoTalksIsEngagedForOthers) {
    network.configure_phone(own, {{"behaviour", "answers"}, {"forwarding", to_line("busy")}});
    network.dial(caller, own, at(0));
    network.dial("+12025550199", own, at(10));
    network.advance(at(15));
    EXPECT_THAT(diary.entries, ElementsAre("ringing 1.0", "subscriber 4.0", "ringing 12.0", "arrival 12.0"));
}

TEST(PaceTest, ShrinksTheSecondsOfCalls) {
    const Pace pace{std::chrono::milliseconds(20)};
    EXPECT_EQ(pace.of(Seconds(60)), std::chrono::milliseconds(1200));
    EXPECT_EQ(pace.between(Time{}, Time{} + std::chrono::milliseconds(500)), Seconds(25));
}

}  // namespace
}  // namespace telephony::simulator
