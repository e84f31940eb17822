// The standing of one credential: verified, throttled, refused, and how many may use it at once.
#include "credentials/gate.hpp"

#include <gtest/gtest.h>

#include "base/metrics.hpp"
#include "io/event_loop.hpp"
#include "sidecar/fakes/credentials.hpp"
#include "sidecar/fakes/scripted_server.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {
namespace {

using test::http_answer;
using test::Reply;
using test::ScriptedServer;

constexpr const char* account_sid = "AC0123456789abcdef0123456789abcdef";
constexpr const char* number_sid = "PN0123456789abcdef0123456789abcdef";

Reply account_is(const std::string& status) {
    return {http_answer("200 OK", R"({"sid":")" + std::string(account_sid) + R"(","status":")" + status +
                                      R"(","type":"Full"})")};
}
Reply answer(const char* status, const char* headers = "") {
    return {http_answer(status, R"({"code":1,"message":"x"})", headers)};
}

class CredentialGateTest : public ::testing::Test {
  protected:
    ~CredentialGateTest() override { loop.destroy_coroutines(); }

    void serve(std::vector<Reply> replies, int concurrency = 1) {
        server.emplace(std::move(replies));
        settings = {server->url(), std::chrono::seconds(5), std::chrono::seconds(5)};
        gate.emplace(loop, http, settings, test::token_of(account_sid), metrics, concurrency);
    }
    std::optional<CredentialGate::Blocked> make_ready() {
        std::optional<CredentialGate::Blocked> blocked;
        loop.run_until_done(make_ready_into(*gate, blocked));
        return blocked;
    }
    void get() { loop.run_until_done(get_number(*gate)); }

    static Task<void> make_ready_into(CredentialGate& gate, std::optional<CredentialGate::Blocked>& blocked) {
        blocked = co_await gate.make_ready();
    }
    static Task<void> look_for_any(CredentialGate& gate) {
        const std::string country = "US";
        const std::string type = "Local";
        const FormParameters all;
        co_await gate.client().look_for(country, type, all);
    }
    static Task<void> get_number(CredentialGate& gate) {
        const std::string sid = number_sid;
        co_await gate.client().get(sid);
    }

    EventLoop loop;
    Metrics metrics;
    HttpClient http{loop};
    TwilioSettings settings;
    std::optional<ScriptedServer> server;
    std::optional<CredentialGate> gate;
};

// Notes in `begun` when it has its slot or its turn, and keeps that until `until` is woken.
Task<void> buy(CredentialGate& gate, std::string& begun, Waiter& until) {
    const CredentialGate::Slot slot = co_await gate.take_slot();
    begun += 'b';
    co_await until;
}
Task<void> look(CredentialGate& gate, std::string& begun, Waiter& until) {
    const CredentialGate::SearchTurn turn = co_await gate.take_search_turn();
    begun += 's';
    co_await until;
}
// As many turns of the loop as those who were woken need.
Task<void> settle(EventLoop& loop) {
    for (int turn = 0; turn < 5; ++turn) {
        Waiter next(loop);
        Timer timer(loop, Clock::now(), [&next] { next.wake(); });
        co_await next;
    }
}
Task<void> one_after_the_other(EventLoop& loop, CredentialGate& gate, std::string& begun) {
    Waiter searched(loop);
    Waiter searched_too(loop);
    Waiter bought(loop);
    Waiter bought_too(loop);
    loop.spawn(look(gate, begun, searched));
    loop.spawn(look(gate, begun, searched_too));
    loop.spawn(buy(gate, begun, bought));
    loop.spawn(buy(gate, begun, bought_too));
    co_await settle(loop);
    EXPECT_EQ(begun, "sb") << "a search takes no slot, and there is one at a time";
    searched.wake();
    co_await settle(loop);
    EXPECT_EQ(begun, "sb") << "none begins while a purchase waits for its slot";
    bought.wake();
    co_await settle(loop);
    EXPECT_EQ(begun.size(), 4u) << begun;
    searched_too.wake();
    bought_too.wake();
    co_await settle(loop);
}

TEST_F(CredentialGateTest, SearchesTakeTurnsBesidePurchasesAndAfterThoseThatWait) {
    serve({}, 1);
    std::string begun;
    loop.run_until_done(one_after_the_other(loop, *gate, begun));
    EXPECT_EQ(begun.size(), 4u);
}

TEST_F(CredentialGateTest, AFailedLookSuspendsNothing) {
    std::vector<Reply> replies = {account_is("active")};
    for (int i = 0; i < 6; ++i) replies.push_back(answer("503 Busy"));
    serve(replies);
    EXPECT_FALSE(make_ready());
    for (int i = 0; i < 6; ++i) loop.run_until_done(look_for_any(*gate));
    EXPECT_FALSE(gate->blocked());
    EXPECT_TRUE(gate->verified());
}

TEST_F(CredentialGateTest, IsVerifiedOnceBeforeItsFirstUse) {
    serve({account_is("active")});
    EXPECT_FALSE(make_ready());
    EXPECT_FALSE(make_ready());
    EXPECT_EQ(server->requests().size(), 1u);
}

TEST_F(CredentialGateTest, IsNotUsedWhileItIsSuspendedOrRefused) {
    for (const Reply& reply : {account_is("suspended"), account_is("closed"), answer("401 Unauthorized"),
                               answer("503 Busy"), Reply{"", Reply::After::close, false}}) {
        serve({reply});
        const auto blocked = make_ready();
        ASSERT_TRUE(blocked);
        EXPECT_GT(blocked->delay, Duration::zero());
        EXPECT_TRUE(make_ready()) << "and is not asked again at once";
        EXPECT_EQ(server->requests().size(), 1u);
    }
}

TEST_F(CredentialGateTest, A401LaterOnTakesItOutOfUse) {
    serve({account_is("active"), answer("401 Unauthorized")});
    ASSERT_FALSE(make_ready());
    get();
    EXPECT_FALSE(gate->verified());
    EXPECT_TRUE(make_ready());
    gate->replace_credential(test::token_of(account_sid));
    EXPECT_FALSE(gate->blocked()) << "a new token is tried at once";
    EXPECT_FALSE(gate->verified());
}

TEST_F(CredentialGateTest, FiveFailuresInARowOpenTheBreaker) {
    std::vector<Reply> replies = {account_is("active")};
    for (int i = 0; i < 4; ++i) replies.push_back(answer("500 Oops"));
    replies.push_back(answer("404 Not Found"));  // an answer: the count begins anew
    for (int i = 0; i < 5; ++i) replies.push_back(answer("503 Busy"));
    serve(std::move(replies));
    ASSERT_FALSE(make_ready());
    for (int i = 0; i < 9; ++i) get();
    EXPECT_FALSE(make_ready());
    get();
    EXPECT_TRUE(make_ready());
}

TEST_F(CredentialGateTest, ThrottlingHoldsOthersBackToo) {
    serve({account_is("active"), answer("429 Too Many", "Retry-After: 9\r\n")});
    ASSERT_FALSE(make_ready());
    get();
    const auto blocked = make_ready();
    ASSERT_TRUE(blocked);
    EXPECT_GT(blocked->delay, std::chrono::seconds(8));
    EXPECT_LE(blocked->delay, std::chrono::seconds(9));
}

Task<void> hold_slot(EventLoop& loop, CredentialGate& gate, int& inside, int& most, int& left) {
    const CredentialGate::Slot slot = co_await gate.take_slot();
    most = std::max(most, ++inside);
    co_await settle(loop);
    --inside;
    if (--left == 0) loop.stop();
}

TEST_F(CredentialGateTest, SlotsBoundWhatIsInFlight) {
    serve({}, 2);
    int inside = 0;
    int most = 0;
    int left = 7;
    for (int i = 0; i < 7; ++i) loop.spawn(hold_slot(loop, *gate, inside, most, left));
    loop.run();
    EXPECT_EQ(most, 2);
    EXPECT_EQ(inside, 0);
}

}  // namespace
}  // namespace telephony::sidecar
