// Reads atomics only, no state of the loop.
#include "io/status_endpoint.hpp"

#include <httplib.h>

#include <atomic>
#include <future>
#include <mutex>
#include <stdexcept>

namespace telephony::sidecar {
namespace {

// The loop gives a sign of life every other second.
constexpr Duration stuck_after = std::chrono::seconds(30);
// How long the end waits for requests under way.
constexpr std::chrono::seconds longest_end{1};

void answer(httplib::Response& response, bool good, const std::string& text) {
    response.status = good ? 200 : 503;
    response.set_content(text + "\n", "text/plain");
}

std::string readiness(const Health& health) {
    if (health.draining) return "draining";
    if (health.paused) return "paused: the database does not speak this telephonyd's contract, see the log";
    if (!health.database_ready) return "the database is not ready";
    if (health.recovery_mode) return "recovery mode: run telephonyd reconcile, then telephonyd resume";
    return "ready";
}

}  // namespace

struct StatusEndpoint::Server {
    explicit Server(const Metrics& the_metrics) : metrics(&the_metrics) {}

    httplib::Server http;
    std::atomic<bool> over{false};
    std::promise<void> ended;
    std::mutex mutex;
    const Metrics* metrics;  ///< null from the end on

    // The handler of a path: what to answer from the metrics, as long as there are any.
    template <class Answer>
    httplib::Server::Handler answer_with(Answer give) {
        return [this, give](const httplib::Request&, httplib::Response& response) {
            const std::lock_guard lock(mutex);
            if (metrics)
                give(*metrics, response);
            else
                answer(response, false, "ended");
        };
    }
};

StatusEndpoint::StatusEndpoint(const std::string& host, int port, const Metrics& metrics)
    : server_(std::make_shared<Server>(metrics)), port_(port) {
    httplib::Server& http = server_->http;
    http.new_task_queue = [] { return new httplib::ThreadPool(2); };  // the server owns it
    http.set_socket_options([](socket_t socket) {
        // Without SO_REUSEPORT, which is the library's default: two sidecars on one port would be asked in
        // turn.
        const int yes = 1;
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    http.set_payload_max_length(1024);
    http.set_keep_alive_timeout(1);  // an idle client must not hold up the end
    http.Get("/healthz", server_->answer_with([](const Metrics& metrics, httplib::Response& response) {
        const Duration silent = Clock::now().time_since_epoch() - Duration(metrics.health.last_turn);
        const bool alive = silent < stuck_after;
        answer(response, alive, alive ? "ok" : "the loop is stuck");
    }));
    http.Get("/readyz", server_->answer_with([](const Metrics& metrics, httplib::Response& response) {
        const std::string state = readiness(metrics.health);
        answer(response, state == "ready", state);
    }));
    http.Get("/metrics", server_->answer_with([](const Metrics& metrics, httplib::Response& response) {
        response.set_content(metrics.render(), "text/plain; version=0.0.4; charset=utf-8");
    }));
    if (port == 0)
        port_ = http.bind_to_any_port(host.c_str());
    else if (!http.bind_to_port(host.c_str(), port))
        port_ = -1;
    if (port_ < 0) throw std::runtime_error("cannot listen on " + host + ":" + std::to_string(port));
    thread_ = std::thread([server = server_] {
        server->http.listen_after_bind();
        server->over = true;
        server->ended.set_value();
    });
    // stop() has no effect on a server that does not run yet.
    while (!http.is_running() && !server_->over) std::this_thread::yield();
}

StatusEndpoint::~StatusEndpoint() {
    server_->http.stop();
    {
        const std::lock_guard lock(server_->mutex);
        server_->metrics = nullptr;
    }
    // The library waits for its clients, and one that sends byte by byte ends when it likes.
    if (server_->ended.get_future().wait_for(longest_end) == std::future_status::ready)
        thread_.join();
    else
        thread_.detach();
}

}  // namespace telephony::sidecar
