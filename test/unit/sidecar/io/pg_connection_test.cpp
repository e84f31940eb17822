// A connection that prepares its statements: once each, never one that another client has made, and what
// failed meanwhile was not executed.
#include "io/pg_connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/event_loop.hpp"
#include "sidecar/fakes/fake_postgres.hpp"

namespace telephony::sidecar {
namespace {

using test::FakePostgres;
using test::Script;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Duration patience = std::chrono::seconds(10);
const Script answered{"a", "", "", Script::End::ready};

class PreparedStatements : public ::testing::Test {
  public:
    ~PreparedStatements() override { loop.destroy_coroutines(); }

    static Task<void> connect_into(PgConnection& connection, bool& connected) {
        connected = co_await connection.connect(after(patience));
    }
    static Task<void> execute_into(PgConnection& connection, const char* sql, CallReply& reply) {
        const Statement statement{sql, {"1"}};
        reply = co_await connection.execute(statement, after(patience));
    }
    void connect(PgConnection& connection) {
        bool connected = false;
        loop.run_until_done(connect_into(connection, connected));
        ASSERT_TRUE(connected) << connection.problem();
    }
    CallReply execute(PgConnection& connection, const char* sql) {
        CallReply reply;
        loop.run_until_done(execute_into(connection, sql, reply));
        return reply;
    }

    EventLoop loop;
};

TEST_F(PreparedStatements, AreMadeOnceOnEachConnection) {
    FakePostgres server({});
    PgConnection connection(loop, server.conninfo(), true);
    connect(connection);
    for (const char* sql : {"one", "one", "two", "one"})
        EXPECT_EQ(execute(connection, sql).outcome, CallOutcome::ok);
    EXPECT_THAT(server.prepared(), ElementsAre("one", "two"));
    EXPECT_THAT(server.statements(), ElementsAre("one|1", "one|1", "two|1", "one|1"));
    connect(connection);
    EXPECT_EQ(execute(connection, "one").outcome, CallOutcome::ok);
    EXPECT_THAT(server.prepared(), ElementsAre("one", "two", "one"));
}

TEST_F(PreparedStatements, AreNotMadeWhereTheSessionIsNotOurs) {
    FakePostgres server({});
    PgConnection connection(loop, server.conninfo(), false);
    connect(connection);
    EXPECT_EQ(execute(connection, "one").outcome, CallOutcome::ok);
    EXPECT_THAT(server.prepared(), IsEmpty());
    EXPECT_THAT(server.statements(), ElementsAre("one|1"));
}

// Such as a function that is missing: the same as of a statement that is not prepared.
TEST_F(PreparedStatements, ThatCannotBeMadeAreRefused) {
    FakePostgres server({});
    server.script_prepares({{"", "42883", "", Script::End::ready}});
    PgConnection connection(loop, server.conninfo(), true);
    connect(connection);
    const CallReply reply = execute(connection, "one");
    EXPECT_EQ(reply.outcome, CallOutcome::sql_error);
    EXPECT_EQ(reply.sqlstate, "42883");
    EXPECT_THAT(server.statements(), IsEmpty());
    EXPECT_EQ(execute(connection, "one").outcome, CallOutcome::ok);
}

TEST_F(PreparedStatements, ThatWereBeingMadeWhenTheConnectionBrokeWereNotExecuted) {
    FakePostgres server({});
    server.script_prepares({{"", "", "", Script::End::cut_unanswered}});
    PgConnection connection(loop, server.conninfo(), true);
    connect(connection);
    EXPECT_EQ(execute(connection, "one").outcome, CallOutcome::not_sent);
    EXPECT_FALSE(connection.usable());
    EXPECT_THAT(server.statements(), IsEmpty());
}

// A pooler that nobody told telephonyd of may give the next statement to another session, which has none of
// that name, or has one already: of the same text, as the name is made from it.
TEST_F(PreparedStatements, OfAnotherSessionAreGoneWithout) {
    FakePostgres server({answered, {"", "26000", "", Script::End::ready}, answered, answered});
    server.script_prepares({{"", "42P05", "", Script::End::ready}});
    PgConnection connection(loop, server.conninfo(), true);
    connect(connection);
    for (int i = 0; i < 3; ++i) {
        const CallReply reply = execute(connection, "one");
        EXPECT_EQ(reply.outcome, CallOutcome::ok);
        EXPECT_THAT(reply.values, ElementsAre(std::optional<std::string>("a")));
    }
    EXPECT_THAT(server.prepared(), ElementsAre("one"));
    EXPECT_THAT(server.statements(), ElementsAre("one|1", "one|1", "one|1", "one|1"));
}

}  // namespace
}  // namespace telephony::sidecar
