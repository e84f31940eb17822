// The database layer against a scripted server: which calls may have been committed, and since when the
// database is lost.
#include "database/database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/event_loop.hpp"
#include "sidecar/fakes/fake_postgres.hpp"

namespace telephony::sidecar {
namespace {

using std::chrono::milliseconds;
using test::FakePostgres;
using test::Script;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const Script greeting_answer{"hello", "", "", Script::End::ready};
constexpr Duration patience = std::chrono::seconds(10);

class DatabaseTest : public ::testing::Test {
  public:
    ~DatabaseTest() override { loop.destroy_coroutines(); }

    // Starts server and database; the greeting is answered by `scripts` too.
    void serve_from_the_greeting_on(std::vector<Script> scripts) {
        server.emplace(std::move(scripts));
        settings.conninfo = server->conninfo();
        settings.connect_timeout = patience;
        settings.longest_reconnect_delay = milliseconds(100);
        settings.greeting = {"greet", {"me"}};
        settings.judge_greeting = [](const CallReply& reply) {
            using Kind = GreetingVerdict::Kind;
            if (reply.outcome == CallOutcome::sql_error) return GreetingVerdict{Kind::pause, reply.sqlstate};
            return GreetingVerdict{reply.values.front() == "no" ? Kind::refuse : Kind::ready, ""};
        };
        database.emplace(loop, settings);
        database->start();
    }
    void serve(std::vector<Script> scripts) {
        scripts.insert(scripts.begin(), greeting_answer);
        serve_from_the_greeting_on(std::move(scripts));
    }

    CallReply call(const char* sql, const CallLimits& limits = {after(patience), std::nullopt}) {
        CallReply reply;
        loop.run_until_done(call_into(*database, sql, limits, reply));
        return reply;
    }

    // Turns the loop until the database is in `state`.
    void reach(Database::State state) { loop.run_until_done(wait_for(loop, *database, state)); }

    static Task<void> call_into(Database& database, const char* sql, const CallLimits& limits,
                                CallReply& reply) {
        const Statement statement{sql, {"1", std::nullopt}};
        reply = co_await database.call(statement, limits);
    }

    static Task<void> wait_for(EventLoop& loop, Database& database, Database::State state) {
        Wakeup changed(loop);
        database.on_change = [&changed] { changed.raise(); };
        while (database.state() != state) {
            const bool in_time = co_await changed.wait_until(after(patience));
            if (!in_time) throw std::runtime_error("the state was not reached in time");
        }
        database.on_change = nullptr;
    }

    static Task<void> wait_for_problem(EventLoop& loop, Database& database, const char* problem) {
        Wakeup changed(loop);
        database.on_change = [&changed] { changed.raise(); };
        while (database.problem() != problem) {
            const bool in_time = co_await changed.wait_until(after(patience));
            if (!in_time) throw std::runtime_error("the problem was not met in time");
        }
        database.on_change = nullptr;
    }

    static Task<void> wait_for_connections(EventLoop& loop, Database& database, int count) {
        Wakeup ready(loop);
        int greeted = 0;
        database.on_ready = [&] {
            if (++greeted == count) ready.raise();
        };
        const bool in_time = co_await ready.wait_until(after(patience));
        if (!in_time) throw std::runtime_error("the connections were not there in time");
        database.on_ready = nullptr;
    }

    EventLoop loop;
    std::optional<FakePostgres> server;
    DatabaseSettings settings = [] {
        DatabaseSettings initial{};
        initial.call_timeout = patience;
        initial.pause = milliseconds(1);
        return initial;
    }();
    std::optional<Database> database;
};

TEST_F(DatabaseTest, GreetsFirstAndAnswersInOrder) {
    serve({{"a", "", "", Script::End::ready}, {"b", "", "", Script::End::ready}});
    const CallReply first = call("one");
    const CallReply second = call("two");
    EXPECT_EQ(first.outcome, CallOutcome::ok);
    EXPECT_THAT(first.values, ElementsAre(std::optional<std::string>("a")));
    EXPECT_THAT(second.values, ElementsAre(std::optional<std::string>("b")));
    EXPECT_THAT(server->statements(), ElementsAre("greet|me", "one|1|", "two|1|"));
    EXPECT_FALSE(database->lost_since());
}

TEST_F(DatabaseTest, AnErrorThatTheServerSurvivesIsDefinite) {
    serve({{"", "TL001", "", Script::End::ready}, {"next", "", "", Script::End::ready}});
    const CallReply reply = call("one");
    EXPECT_EQ(reply.outcome, CallOutcome::sql_error);
    EXPECT_EQ(reply.sqlstate, "TL001");
    EXPECT_EQ(reply.message, "scripted error");
    EXPECT_EQ(call("two").outcome, CallOutcome::ok);
}

// The rows come before COMMIT is tried: an error after them means that nothing was committed.
TEST_F(DatabaseTest, AnErrorAfterTheRowsIsAnError) {
    serve({{"row", "", "40001", Script::End::ready}});
    const CallReply reply = call("one");
    EXPECT_EQ(reply.outcome, CallOutcome::sql_error);
    EXPECT_EQ(reply.sqlstate, "40001");
}

// ... and a connection that ends after them, before the server is ready again, leaves it open whether they
// were.
TEST_F(DatabaseTest, RowsWithoutTheEndOfTheTransactionProveNothing) {
    serve({{"row", "", "", Script::End::cut}, greeting_answer});
    EXPECT_EQ(call("one").outcome, CallOutcome::outcome_unknown);
}

// A FATAL error such as 57P01 may follow a COMMIT that took place.
TEST_F(DatabaseTest, AnErrorThatEndsTheConnectionProvesNothing) {
    serve({{"", "57P01", "", Script::End::cut}, greeting_answer});
    EXPECT_EQ(call("one").outcome, CallOutcome::outcome_unknown);
}

TEST_F(DatabaseTest, ALostAnswerLeavesTheOutcomeOpenAndTheNextCallGoesToANewConnection) {
    serve({{"", "", "", Script::End::cut_unanswered}, greeting_answer, {"b", "", "", Script::End::ready}});
    EXPECT_EQ(call("one").outcome, CallOutcome::outcome_unknown);
    EXPECT_TRUE(database->lost_since());
    EXPECT_EQ(call("two").outcome, CallOutcome::ok);
    EXPECT_FALSE(database->lost_since());
    EXPECT_THAT(server->statements(), ElementsAre("greet|me", "one|1|", "greet|me", "two|1|"));
}

TEST_F(DatabaseTest, AnAnswerThatTakesTooLongIsGivenUpWithItsConnection) {
    settings.call_timeout = milliseconds(50);
    serve({{"", "", "", Script::End::stall}, greeting_answer, {"b", "", "", Script::End::ready}});
    EXPECT_EQ(call("one").outcome, CallOutcome::outcome_unknown);
}

TEST_F(DatabaseTest, WhatWasNeverSentIsSaidToBeNotSent) {
    serve({});
    reach(Database::State::ready);
    server->vanish();
    reach(Database::State::connecting);
    const CallReply reply = call("one", {after(milliseconds(20)), std::nullopt});
    EXPECT_EQ(reply.outcome, CallOutcome::not_sent);
    EXPECT_THAT(server->statements(), ElementsAre("greet|me"));
}

TEST_F(DatabaseTest, ACallWaitsForTheDatabaseToComeBack) {
    serve({greeting_answer, {"b", "", "", Script::End::ready}});
    reach(Database::State::ready);
    server->vanish();
    reach(Database::State::connecting);
    server->come_back();
    EXPECT_EQ(call("one").outcome, CallOutcome::ok);
}

// Rule ROLLBACK_IN_LEASE: counted from the first failure, not from the call.
TEST_F(DatabaseTest, LossIsCountedFromTheFirstFailure) {
    serve({});
    reach(Database::State::ready);
    server->vanish();
    reach(Database::State::connecting);
    const Deadline lost = database->lost_since().value();
    const CallReply late = call("one", {after(patience), milliseconds(300)});
    EXPECT_EQ(late.outcome, CallOutcome::not_sent);
    EXPECT_GE(Clock::now() - lost, milliseconds(300));
    const Deadline before = Clock::now();
    EXPECT_EQ(call("two", {after(patience), milliseconds(300)}).outcome, CallOutcome::not_sent);
    EXPECT_LT(Clock::now() - before, milliseconds(300)) << "the second call must not wait again";
    EXPECT_EQ(database->lost_since(), lost);
}

// Rule PAUSE_ON_SCHEMA: a missing function pauses; the call keeps its place; the database does not count as
// lost.
TEST_F(DatabaseTest, AMissingFunctionPausesAndIsNeverALoss) {
    serve({{"", "42883", "", Script::End::ready},  // the call
           {"", "42883", "", Script::End::ready},  // the greeting, while the functions are missing
           greeting_answer,
           {"b", "", "", Script::End::ready}});
    bool paused = false;
    bool lost = false;
    database->on_change = [&] {
        paused = paused || database->state() == Database::State::paused;
        lost = lost || database->lost_since();
    };
    EXPECT_EQ(call("one").outcome, CallOutcome::ok);
    EXPECT_TRUE(paused);
    EXPECT_FALSE(lost);
    EXPECT_THAT(server->statements(), ElementsAre("greet|me", "one|1|", "greet|me", "greet|me", "one|1|"));
}

// The greeting does not show what the call lacks: it stays one pause, with one reason, until a call has shown
// that it is over.
TEST_F(DatabaseTest, AFunctionThatStaysMissingIsOnePauseAndTriedAfterEach) {
    settings.connections = 3;
    settings.pause = milliseconds(40);
    const Script missing{"", "42883", "", Script::End::ready};
    std::vector<Script> scripts(3, greeting_answer);
    for (int i = 0; i < 3; ++i) scripts.insert(scripts.end(), {missing, greeting_answer});
    scripts.push_back({"b", "", "", Script::End::ready});
    scripts.insert(scripts.end(), 2, greeting_answer);
    serve_from_the_greeting_on(scripts);
    loop.run_until_done(wait_for_connections(loop, *database, 3));
    std::vector<Database::State> states;
    database->on_change = [&] { states.push_back(database->state()); };
    const Deadline before = Clock::now();
    EXPECT_EQ(call("one").outcome, CallOutcome::ok);
    EXPECT_THAT(states, ElementsAre(Database::State::paused, Database::State::ready));
    EXPECT_GE(Clock::now() - before, 3 * settings.pause);
}

TEST_F(DatabaseTest, WhenTheOneThatLooksLosesItsConnectionAnotherLooks) {
    settings.connections = 2;
    serve_from_the_greeting_on({greeting_answer,
                                greeting_answer,
                                {"", "42703", "", Script::End::ready},
                                {"", "", "", Script::End::cut_unanswered},
                                greeting_answer,
                                {"b", "", "", Script::End::ready}});
    loop.run_until_done(wait_for_connections(loop, *database, 2));
    std::vector<Database::State> states;
    database->on_change = [&] { states.push_back(database->state()); };
    EXPECT_EQ(call("one").outcome, CallOutcome::ok);
    EXPECT_THAT(states, ElementsAre(Database::State::paused, Database::State::ready));
    EXPECT_FALSE(database->lost_since());
}

// What has paused may be a setting that only new sessions have: no session from before is worked with again.
TEST_F(DatabaseTest, AfterAPauseEverySessionIsANewOne) {
    settings.connections = 2;
    serve_from_the_greeting_on({greeting_answer,
                                greeting_answer,
                                {"", "42883", "", Script::End::ready},
                                {"", "55000", "", Script::End::ready},
                                greeting_answer,
                                {"b", "", "", Script::End::ready},
                                greeting_answer});
    loop.run_until_done(wait_for_connections(loop, *database, 2));
    EXPECT_EQ(server->connections(), 2U);
    EXPECT_EQ(call("one").outcome, CallOutcome::ok);
    reach(Database::State::ready);
    loop.run_until_done(wait_for_connections(loop, *database, 1));
    EXPECT_EQ(server->connections(), 5U) << "one for each look, and one that follows";
    EXPECT_FALSE(database->lost_since());
}

TEST_F(DatabaseTest, APauseHoldsNoCallBeyondItsDeadline) {
    settings.pause = patience;
    serve({{"", "42883", "", Script::End::ready}});
    const CallReply reply = call("one", {after(milliseconds(50)), std::nullopt});
    EXPECT_EQ(reply.outcome, CallOutcome::not_sent);
    EXPECT_EQ(reply.message, "scripted error");
    EXPECT_EQ(call("two", {after(milliseconds(50)), std::nullopt}).outcome, CallOutcome::not_sent);
    EXPECT_THAT(server->statements(), ElementsAre("greet|me", "one|1|"));
}

TEST_F(DatabaseTest, WhoeverDoesNotWaitForTheContractHasTheErrorForAnswer) {
    settings.waits_for_contract = false;
    serve({{"", "42883", "", Script::End::ready}});
    EXPECT_EQ(call("one").sqlstate, "42883");
    EXPECT_EQ(database->state(), Database::State::ready);
}

// Nine connections to a server that does not work are one attempt at a time, not nine.
TEST_F(DatabaseTest, WhileItIsLostOneConnectionLooksForAll) {
    settings.connections = 9;
    settings.call_timeout = milliseconds(100);
    serve_from_the_greeting_on({{"", "", "", Script::End::stall}, {"", "57P03", "", Script::End::ready}});
    loop.run_until_done(wait_for_problem(loop, *database, "no answer in time"));
    EXPECT_THAT(server->statements(), ElementsAre("greet|me"));
    reach(Database::State::ready);
    EXPECT_FALSE(database->lost_since());
}

TEST_F(DatabaseTest, ARefusalIsAStateOfItsOwn) {
    serve_from_the_greeting_on({{"no", "", "", Script::End::ready}});
    reach(Database::State::refused);
    EXPECT_FALSE(database->lost_since());
}

Task<void> two_calls(EventLoop& loop, Database& database, CallReply& first, CallReply& second) {
    Wakeup done(loop);
    struct Call {
        static Task<void> make(Database& database, const char* sql, CallReply& reply, Wakeup& done) {
            const CallLimits limits{after(patience), std::nullopt};
            co_await DatabaseTest::call_into(database, sql, limits, reply);
            done.raise();
        }
    };
    loop.spawn(Call::make(database, "first", first, done));
    loop.spawn(Call::make(database, "second", second, done));
    for (int i = 0; i < 2; ++i) co_await done.wait_until(after(patience));
}

// With two connections a call that hangs holds up no other, and the database is not lost while one of them
// works.
TEST_F(DatabaseTest, OneWorkingConnectionIsEnough) {
    settings.connections = 2;
    settings.call_timeout = milliseconds(100);
    serve({greeting_answer,
           {"", "", "", Script::End::stall},
           {"b", "", "", Script::End::ready},
           greeting_answer});
    bool lost = false;
    loop.run_until_done(wait_for_connections(loop, *database, 2));
    database->on_change = [&] { lost = lost || database->lost_since(); };
    CallReply first;
    CallReply second;
    loop.run_until_done(two_calls(loop, *database, first, second));
    // The server stalls whichever of the two reaches it first.
    EXPECT_THAT((std::vector{first.outcome, second.outcome}),
                UnorderedElementsAre(CallOutcome::outcome_unknown, CallOutcome::ok));
    EXPECT_FALSE(lost);
    EXPECT_EQ(database->state(), Database::State::ready);
}

Task<void> notify_and_wait(EventLoop& loop, Database& database, FakePostgres& server,
                           std::vector<std::string>& payloads) {
    Wakeup ready(loop);
    Wakeup notified(loop);
    int connections = 0;
    database.on_ready = [&] {
        if (++connections == 2) ready.raise();  // calls and listener
    };
    database.on_notification = [&](std::string_view payload) {
        payloads.emplace_back(payload);
        if (payloads.size() == 2) notified.raise();
    };
    co_await ready.wait_until(after(patience));
    server.notify("jobs");
    server.notify("");
    co_await notified.wait_until(after(patience));
    database.on_ready = nullptr;
    database.on_notification = nullptr;
}

TEST_F(DatabaseTest, NotificationsArriveOnAConnectionOfTheirOwn) {
    settings.channel = "channel";
    serve({});
    std::vector<std::string> payloads;
    loop.run_until_done(notify_and_wait(loop, *database, *server, payloads));
    EXPECT_THAT(payloads, ElementsAre("jobs", ""));
    EXPECT_THAT(server->statements(), ElementsAre("greet|me"));
}

TEST(SqlState, TellsPassingFailuresFromFinalOnes) {
    for (const char* state : {"40001", "40P01", "53100", "55P03", "57P03", "25006", "08006"})
        EXPECT_TRUE(is_transient(state)) << state;
    for (const char* state : {"TL001", "23505", "22P02", "TL006", "XX000", "42883", ""})
        EXPECT_FALSE(is_transient(state)) << state;
    EXPECT_TRUE(is_missing_contract("42883"));
    EXPECT_TRUE(is_missing_contract("3F000"));
    EXPECT_FALSE(is_missing_contract("TL001"));
}

}  // namespace
}  // namespace telephony::sidecar
