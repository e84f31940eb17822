// Upkeep alone, between a scripted database and tasks of the test: what it takes, does and reports.
#include "daemon/upkeep.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/alert.hpp"
#include "base/metrics.hpp"
#include "contract/contract.hpp"
#include "sidecar/fakes/fake_postgres.hpp"

namespace telephony::sidecar {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::FakePostgres;
using test::Script;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Script answer(const std::string& value) {
    return {value, "", "", Script::End::ready};
}

// A task as take_upkeep() tells it: ours, due in a minute again.
json standing(const std::string& task = "fold_counts") {
    return {{"task", task},  {"token", 7},       {"wait_seconds", 60.0}, {"late_seconds", 0.0},
            {"failures", 0}, {"overdue", false}, {"result", nullptr}};
}
Script taken(const json& changes = json::object(), const std::string& task = "fold_counts") {
    json row = standing(task);
    row.update(changes);
    return answer(row.dump());
}
const json not_given = {{"token", nullptr}};
// finish_upkeep(): due again after a minute.
const Script reported = answer("60");
const Script no_longer_ours{std::nullopt, "", "", Script::End::ready};

class UpkeepTest : public ::testing::Test {
  protected:
    ~UpkeepTest() override { loop.destroy_coroutines(); }

    using Run = std::function<Task<UpkeepEnd>(const std::function<bool()>&)>;

    void start(std::vector<Script> scripts, Run run) {
        scripts.insert(scripts.begin(), answer("hello"));
        postgres.emplace(std::move(scripts));
        DatabaseSettings settings{};
        settings.conninfo = postgres->conninfo();
        settings.connect_timeout = settings.call_timeout = seconds(10);
        settings.longest_reconnect_delay = milliseconds(100);
        settings.greeting = {"greet", {}};
        settings.judge_greeting = [](const CallReply&) { return GreetingVerdict{}; };
        database.emplace(loop, settings);
        database->start();
        contract.emplace(*database, metrics);
        metrics.health.database_ready = true;
        metrics.on_alert = [this](Alert alert, std::string_view, auto) { alerts.push_back(alert); };
        UpkeepTask task{"fold_counts", std::move(run), [this](const std::string& result) { shown = result; }};
        upkeep.emplace(loop, *contract, metrics, UpkeepSettings{"w", lease, seconds(10)},
                       std::vector<UpkeepTask>{task});
        loop.spawn(upkeep->run());
        loop.spawn(upkeep->keep_leases());
        upkeep->look();
    }

    // Until the database was asked for `count` statements after the greeting, and nothing is under way.
    void run_until_asked(std::size_t count) {
        loop.run_until_done(until_asked(count));
        ASSERT_EQ(asked().size(), count);
    }
    Task<void> until_asked(std::size_t count) {
        const Deadline end = after(seconds(20));
        while ((asked().size() < count || !upkeep->idle()) && Clock::now() < end)
            co_await loop.sleep_until(after(milliseconds(1)));
    }

    // Statements after the greeting: the function, then its arguments.
    std::vector<std::string> asked() const {
        std::vector<std::string> calls;
        for (const std::string& statement : postgres->statements()) {
            const auto name = statement.find("telephony_internal.");
            if (name == std::string::npos) continue;
            const auto begin = name + std::string_view("telephony_internal.").size();
            calls.push_back(statement.substr(begin, statement.find('(', begin) - begin) +
                            statement.substr(statement.find('|')));
        }
        return calls;
    }

    static Run ends(const UpkeepEnd& end) {
        return [end](const std::function<bool()>&) { return ended(end); };
    }
    static Task<UpkeepEnd> ended(UpkeepEnd end) { co_return end; }
    static Task<UpkeepEnd> broken() {
        throw std::runtime_error("no answer for +12025550123");
        co_return UpkeepEnd{};
    }
    // Works until it is told to stop.
    Task<UpkeepEnd> works_on(const std::function<bool()>& may_go_on) {
        const Deadline end = after(seconds(20));
        while (may_go_on() && Clock::now() < end) {
            ++steps;
            co_await loop.sleep_until(after(milliseconds(1)));
        }
        co_return UpkeepEnd{UpkeepOutcome::interrupted, "", ""};
    }

    // Has the sidecar look again meanwhile.
    Task<UpkeepEnd> asks_again() {
        upkeep->look();
        for (int turn = 0; turn < 5; ++turn) co_await loop.sleep_until(after(milliseconds(1)));
        co_return UpkeepEnd{};
    }

    EventLoop loop;
    Metrics metrics;
    Duration lease = seconds(30);
    std::optional<FakePostgres> postgres;
    std::optional<Database> database;
    std::optional<Contract> contract;
    std::optional<Upkeep> upkeep;
    std::string shown;
    std::vector<Alert> alerts;
    int steps = 0;
};

const std::string take = "take_upkeep|w|{fold_counts}|30";

TEST_F(UpkeepTest, DoesWhatItWasGivenAndReportsWhatWasFound) {
    start({taken(), reported}, ends({UpkeepOutcome::done, "", R"({"folded":3})"}));
    run_until_asked(2);
    EXPECT_THAT(asked(), ElementsAre(take, R"(finish_upkeep|fold_counts|7|done||{"folded":3})"));
    EXPECT_THAT(metrics.render(),
                HasSubstr(R"(telephonyd_upkeep_runs_total{outcome="done",task="fold_counts"} 1)"));
}

TEST_F(UpkeepTest, LeavesToOthersWhatItWasNotGivenAndShowsWhatTheyFound) {
    json held = not_given;
    held["result"] = {{"folded", 5}};
    bool was_run = false;
    start({taken(held)}, [&was_run](const std::function<bool()>&) {
        was_run = true;
        return ended({});
    });
    run_until_asked(1);
    EXPECT_FALSE(was_run);
    EXPECT_EQ(shown, R"({"folded":5})");
}

TEST_F(UpkeepTest, AsksNothingOfADatabaseThatIsAway) {
    start({taken(not_given)}, ends({}));
    metrics.health.database_ready = false;
    loop.run_until_done(loop.sleep_until(after(milliseconds(1))));
    EXPECT_THAT(asked(), ElementsAre());
    metrics.health.database_ready = true;
    upkeep->look();
    run_until_asked(1);
}

TEST_F(UpkeepTest, ReportsWhatATaskFailedWithNumbersMasked) {
    start({taken(), reported}, [](const std::function<bool()>&) { return broken(); });
    run_until_asked(2);
    EXPECT_THAT(asked().back(), HasSubstr("|failed|no answer for "));
    EXPECT_THAT(asked().back(), Not(HasSubstr("+12025550123")));
}

TEST_F(UpkeepTest, GivesBackWhatItIsAtWhenTheProcessEnds) {
    start({taken(), reported}, [this](const std::function<bool()>& may_go_on) {
        metrics.health.draining = true;
        upkeep->drain();
        return works_on(may_go_on);
    });
    bool was_told = false;
    upkeep->on_idle = [&was_told] { was_told = true; };
    run_until_asked(2);
    EXPECT_EQ(steps, 0);
    EXPECT_THAT(asked().back(), HasSubstr("|interrupted|"));
    EXPECT_TRUE(was_told);
    upkeep->look();
    loop.run_until_done(loop.sleep_until(after(milliseconds(1))));
    EXPECT_EQ(asked().size(), 2u) << "takes nothing more";
}

TEST_F(UpkeepTest, KeepsTheLeaseOfATaskThatTakesLongAndStopsItOnceAnotherSidecarHasIt) {
    lease = seconds(2);  // whose renewals are due within the test
    start({taken(), answer("t"), answer("f"), no_longer_ours},
          [this](const std::function<bool()>& may_go_on) { return works_on(may_go_on); });
    run_until_asked(4);
    EXPECT_GT(steps, 0);
    EXPECT_THAT(asked(), ElementsAre("take_upkeep|w|{fold_counts}|2", "renew_upkeep|fold_counts|7|2",
                                     "renew_upkeep|fold_counts|7|2",
                                     HasSubstr("finish_upkeep|fold_counts|7|interrupted")));
    EXPECT_THAT(metrics.render(), HasSubstr(R"(outcome="fenced",task="fold_counts"} 1)"));
}

TEST_F(UpkeepTest, DoesNotAskForWhatItIsStillAt) {
    start({taken(), reported, taken(not_given)},
          [this](const std::function<bool()>&) { return asks_again(); });
    run_until_asked(2);
    EXPECT_THAT(asked(), ElementsAre(take, HasSubstr("finish_upkeep")));
}

TEST_F(UpkeepTest, AlertsOnceWhatIsOverdueUntilItIsDoneAgain) {
    json overdue = not_given;
    overdue["overdue"] = true;
    start({taken(overdue), taken(overdue), taken(not_given), taken(overdue)}, ends({}));
    std::vector<std::size_t> alerted;
    for (std::size_t call = 1; call <= 4; ++call) {
        run_until_asked(call);
        alerted.push_back(alerts.size());
        upkeep->look();
    }
    EXPECT_THAT(alerted, ElementsAre(1, 1, 1, 2));
    EXPECT_THAT(alerts, ElementsAre(Alert::upkeep_overdue, Alert::upkeep_overdue));
}

TEST_F(UpkeepTest, AnAnswerThatBreaksTheContractIsNotTheEnd) {
    start({taken(json::object(), "walk_the_dog"), answer("garbage"), taken(), reported}, ends({}));
    for (std::size_t call = 1; call <= 2; ++call) {
        run_until_asked(call);
        upkeep->look();
    }
    run_until_asked(4);
    EXPECT_THAT(asked().back(), HasSubstr("finish_upkeep|fold_counts|7|done"));
}

}  // namespace
}  // namespace telephony::sidecar
