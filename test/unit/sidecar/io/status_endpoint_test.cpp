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

}  // namespace
}  // namespace telephony::sidecar
