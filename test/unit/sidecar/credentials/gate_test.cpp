// What stands around the flows: the standing of a credential, the status endpoint, systemd, host names.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <thread>

#include "base/systemd_notify.hpp"
#include "credentials/gate.hpp"
#include "io/event_loop.hpp"
#include "io/host_lookup.hpp"
#include "io/status_endpoint.hpp"
#include "sidecar/fakes/credentials.hpp"
#include "sidecar/fakes/scripted_server.hpp"

namespace telephony::sidecar {
namespace {

using test::http_answer;
using test::Reply;
using test::ScriptedServer;
using ::testing::HasSubstr;
using ::testing::StartsWith;

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
    co_await loop.sleep_until(after(std::chrono::milliseconds(1)));
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

TEST(StatusEndpoint, TellsLifeReadinessAndMetrics) {
    Metrics metrics;
    metrics.health.last_turn = Clock::now().time_since_epoch().count();
    const StatusEndpoint endpoint("127.0.0.1", 0, metrics);
    httplib::Client client("127.0.0.1", endpoint.port());
    EXPECT_EQ(client.Get("/healthz")->status, 200);
    EXPECT_EQ(client.Get("/readyz")->status, 503);
    EXPECT_THAT(client.Get("/readyz")->body, HasSubstr("database"));
    metrics.health.database_ready = true;
    EXPECT_EQ(client.Get("/readyz")->status, 200);
    metrics.health.recovery_mode = true;
    EXPECT_THAT(client.Get("/readyz")->body, HasSubstr("telephonyd resume"));
    metrics.health.last_turn = (Clock::now() - std::chrono::minutes(5)).time_since_epoch().count();
    EXPECT_EQ(client.Get("/healthz")->status, 503);
    metrics.twilio_request("buy", 201, std::chrono::milliseconds(5));
    EXPECT_THAT(client.Get("/metrics")->body,
                HasSubstr("telephonyd_twilio_requests_total{operation=\"buy\",outcome=\"ok\"} 1"));
}

TEST(StatusEndpoint, DoesNotWaitForAClientThatTakesItsTime) {
    Metrics metrics;
    auto endpoint = std::make_unique<StatusEndpoint>("127.0.0.1", 0, metrics);
    const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(endpoint->port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    constexpr std::string_view head = "GET /healthz HTTP/1.1\r\nX: ";
    ASSERT_EQ(send(client, head.data(), head.size(), 0), static_cast<ssize_t>(head.size()));
    httplib::Client other("127.0.0.1", endpoint->port());
    ASSERT_TRUE(other.Get("/healthz"));  // accepted after the first one, which is being read by now
    std::jthread slow([client](const std::stop_token& stop) {
        for (int sent = 0; sent < 100 && !stop.stop_requested(); ++sent) {
            if (send(client, "a", 1, MSG_NOSIGNAL) != 1) break;
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
    });
    const Deadline begun = Clock::now();
    endpoint.reset();
    EXPECT_LT(Clock::now() - begun, std::chrono::seconds(4));
    slow.request_stop();
    slow.join();
    close(client);
}

TEST(StatusEndpoint, ATakenPortIsAnError) {
    Metrics metrics;
    const StatusEndpoint endpoint("127.0.0.1", 0, metrics);
    EXPECT_THROW(StatusEndpoint("127.0.0.1", endpoint.port(), metrics), std::runtime_error);
}

TEST(SystemdNotifier, SpeaksToItsSocketAndKnowsItsWatchdog) {
    char directory[] = "/tmp/telephony-test-XXXXXX";
    ASSERT_TRUE(mkdtemp(directory));
    const std::string path = std::string(directory) + "/notify";
    const int receiver = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size());
    ASSERT_EQ(bind(receiver, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
    setenv("WATCHDOG_USEC", "3000000", 1);
    const auto received = [receiver] {
        char buffer[256];
        const ssize_t count = recv(receiver, buffer, sizeof buffer, 0);
        return std::string(buffer, count < 0 ? 0 : static_cast<std::size_t>(count));
    };
    {
        const SystemdNotifier notifier;
        EXPECT_EQ(notifier.watchdog_interval(), std::chrono::milliseconds(1500));
        notifier.ready("at work");
        EXPECT_EQ(received(), "READY=1\nSTATUS=at work");
        notifier.reloading();
        EXPECT_THAT(received(), StartsWith("RELOADING=1\nMONOTONIC_USEC="));
        notifier.alive();
        EXPECT_EQ(received(), "WATCHDOG=1");
        notifier.stopping();
        EXPECT_EQ(received(), "STOPPING=1");
    }
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    EXPECT_FALSE(SystemdNotifier().watchdog_interval());
    close(receiver);
    std::filesystem::remove_all(directory);
}

Task<void> look_up(HostLookup& lookup, bool& found) {
    found = co_await lookup.run(after(std::chrono::seconds(30)));
}

TEST(HostLookup, LeavesAddressesAndSocketDirectoriesAlone) {
    EventLoop loop;
    for (const char* conninfo : {"host=/run/postgresql", "host=127.0.0.1", "host=::1 port=5433",
                                 "host=localhost hostaddr=127.0.0.1", "host=@abstract"}) {
        HostLookup lookup(loop, conninfo);
        bool found = false;
        loop.run_until_done(look_up(lookup, found));
        EXPECT_TRUE(found) << conninfo;
        EXPECT_EQ(lookup.addresses(), nullptr) << conninfo;
    }
}

TEST(HostLookup, ListsEveryAddressOfEveryHost) {
    EventLoop loop;
    HostLookup lookup(loop, "host=/run/x,localhost,10.1.2.3 port=1,2,3");
    bool found = false;
    loop.run_until_done(look_up(lookup, found));
    ASSERT_TRUE(found) << lookup.problem();
    const auto commas = [](const char* list) { return std::count(list, list + std::strlen(list), ','); };
    EXPECT_THAT(lookup.hosts(), StartsWith("/run/x,localhost,"));
    EXPECT_THAT(lookup.addresses(), StartsWith(","));
    EXPECT_THAT(lookup.addresses(), HasSubstr(",10.1.2.3"));
    EXPECT_THAT(lookup.ports(), StartsWith("1,2,"));
    EXPECT_EQ(commas(lookup.hosts()), commas(lookup.addresses()));
    EXPECT_EQ(commas(lookup.hosts()), commas(lookup.ports()));
}

TEST(HostLookup, ANameWithoutAddressIsAProblem) {
    EventLoop loop;
    HostLookup lookup(loop, "host=no-such-host.invalid");
    bool found = true;
    loop.run_until_done(look_up(lookup, found));
    EXPECT_FALSE(found);
    EXPECT_THAT(lookup.problem(), HasSubstr("no-such-host.invalid"));
}

}  // namespace
}  // namespace telephony::sidecar
