// /healthz, /readyz, /metrics.
#include "io/status_endpoint.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>
#include <vector>

namespace telephony::sidecar {
namespace {

using ::testing::HasSubstr;

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

// Clients as the system has them: connected, and no more than that.
class Clients {
  public:
    explicit Clients(int port) {
        address_.sin_family = AF_INET;
        address_.sin_port = htons(static_cast<std::uint16_t>(port));
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    ~Clients() {
        for (const int client : sockets_) close(client);
    }
    int connected() {
        const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockets_.push_back(client);
        EXPECT_EQ(connect(client, reinterpret_cast<const sockaddr*>(&address_), sizeof address_), 0);
        return client;
    }

  private:
    sockaddr_in address_{};
    std::vector<int> sockets_;
};

void say(int client, std::string_view text) {
    EXPECT_EQ(send(client, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
}

/// What the server answers until it closes.
std::string heard(int client) {
    std::string text;
    char buffer[4096];
    for (ssize_t got = 0; (got = recv(client, buffer, sizeof buffer, 0)) > 0;)
        text.append(buffer, static_cast<std::size_t>(got));
    return text;
}

// How each of these clients keeps the server waiting; it never finishes. The library waits for a good answer.
class SlowClients : public ::testing::TestWithParam<std::string_view> {};

TEST_P(SlowClients, DelayNobody) {
    Metrics metrics;
    metrics.health.last_turn = Clock::now().time_since_epoch().count();
    const StatusEndpoint endpoint("127.0.0.1", 0, metrics);
    Clients slow(endpoint.port());
    for (int n = 0; n < 500; ++n) {
        const int client = slow.connected();
        // The oldest of too many are let go, and may be gone by now.
        if (!GetParam().empty()) send(client, GetParam().data(), GetParam().size(), MSG_NOSIGNAL);
    }
    httplib::Client client("127.0.0.1", endpoint.port());
    client.set_read_timeout(2);  // before the slow ones reach their end
    for (int n = 0; n < 20; ++n) {
        const auto answer = client.Get("/healthz");
        ASSERT_TRUE(answer) << n;
        EXPECT_EQ(answer->status, 200);
    }
}

INSTANTIATE_TEST_SUITE_P(StatusEndpoint, SlowClients,
                         ::testing::Values("", "GET /healthz HTTP/1.1\r\nX: ",
                                           "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
                                           "POST /healthz HTTP/1.1\r\nContent-Length: 1000\r\n\r\n"));

TEST(StatusEndpoint, EndsAtOnceWhateverItsClientsDo) {
    Metrics metrics;
    auto endpoint = std::make_unique<StatusEndpoint>("127.0.0.1", 0, metrics);
    Clients clients(endpoint->port());
    const int client = clients.connected();
    say(client, "GET /healthz HTTP/1.1\r\nX: ");
    endpoint.reset();
    EXPECT_EQ(heard(client), "");
}

TEST(StatusEndpoint, ARequestMayComeByteByByteAndFurtherOnesAreNotListenedTo) {
    Metrics metrics;
    metrics.health.last_turn = Clock::now().time_since_epoch().count();
    const StatusEndpoint endpoint("127.0.0.1", 0, metrics);
    Clients clients(endpoint.port());
    const int client = clients.connected();
    for (const char byte : std::string_view("GET /healthz?x=1 HTTP/1.1\r\nHost: a\r\n\r\n"))
        say(client, std::string_view(&byte, 1));
    say(client, "GET /nothing HTTP/1.1\r\n\r\n");
    EXPECT_EQ(heard(client),
              "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: "
              "close\r\n\r\nok\n");
}

TEST(StatusEndpoint, OtherPathsAndMethodsAreRefusedAndWhatIsNoRequestIsNotKept) {
    Metrics metrics;
    const StatusEndpoint endpoint("127.0.0.1", 0, metrics);
    httplib::Client client("127.0.0.1", endpoint.port());
    EXPECT_EQ(client.Get("/")->status, 404);
    EXPECT_EQ(client.Get("/healthz/")->status, 404);
    EXPECT_EQ(client.Post("/healthz", "x", "text/plain")->status, 405);
    EXPECT_EQ(client.Delete("/metrics")->status, 405);
    EXPECT_EQ(client.Head("/metrics")->status, 200);
    Clients clients(endpoint.port());
    const int endless = clients.connected();
    say(endless, std::string(9000, 'x'));
    EXPECT_EQ(heard(endless), "");
    for (const std::string_view odd :
         {std::string_view("\r\n\r\n"), std::string_view(" \r\n\r\n"), std::string_view("GET\r\n\r\n"),
          std::string_view("\0\0\r\n\r\n", 6)}) {
        const int client_of = clients.connected();
        say(client_of, odd);
        EXPECT_THAT(heard(client_of), ::testing::StartsWith("HTTP/1.1 40")) << odd;
    }
}

TEST(StatusEndpoint, ATakenPortIsAnError) {
    Metrics metrics;
    const StatusEndpoint endpoint("127.0.0.1", 0, metrics);
    EXPECT_THROW(StatusEndpoint("127.0.0.1", endpoint.port(), metrics), std::runtime_error);
}

}  // namespace
}  // namespace telephony::sidecar
