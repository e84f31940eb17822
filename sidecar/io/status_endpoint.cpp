// One thread waits for all connections at once, so that a client that takes its time delays nobody; of too
// many the one that has been there longest goes. Reads atomics only, no state of the loop.
#include "io/status_endpoint.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace telephony::sidecar {
namespace {

// The loop gives a sign of life every other second.
constexpr Duration stuck_after = std::chrono::seconds(30);
// A request and its answer take a round trip; who needs longer than this is not waited for.
constexpr Duration longest_connection = std::chrono::seconds(5);
constexpr std::size_t most_connections = 100;
constexpr std::size_t largest_request = 8192;

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor() {
        if (fd_ >= 0) close(fd_);
    }
    int get() const noexcept { return fd_; }

  private:
    int fd_;
};

struct Answer {
    std::string_view status;  ///< code and reason
    std::string text;
    std::string_view type = "text/plain";
};

std::string readiness(const Health& health) {
    if (health.draining) return "draining";
    if (health.paused) return "paused: the database does not speak this telephonyd's contract, see the log";
    if (!health.database_ready) return "the database is not ready";
    if (health.recovery_mode) return "recovery mode: run telephonyd reconcile, then telephonyd resume";
    return "ready";
}

Answer judged(bool good, const std::string& text) {
    return {good ? "200 OK" : "503 Service Unavailable", text + "\n"};
}

Answer answer_of(std::string_view path, const Metrics& metrics) {
    if (path == "/healthz") {
        const Duration silent = Clock::now().time_since_epoch() - Duration(metrics.health.last_turn);
        const bool alive = silent < stuck_after;
        return judged(alive, alive ? "ok" : "the loop is stuck");
    }
    if (path == "/readyz") {
        const std::string state = readiness(metrics.health);
        return judged(state == "ready", state);
    }
    if (path == "/metrics") return {"200 OK", metrics.render(), "text/plain; version=0.0.4; charset=utf-8"};
    return {"404 Not Found", "there are /healthz, /readyz and /metrics\n"};
}

/// The response to a request whose head is complete.
std::string response_to(std::string_view head, const Metrics& metrics) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const std::string_view method = line.substr(0, line.find(' '));
    std::string_view path = line.substr(std::min(method.size() + 1, line.size()));
    path = path.substr(0, path.find_first_of("? "));
    const bool read_only = method == "GET" || method == "HEAD";
    const Answer answer =
        read_only ? answer_of(path, metrics) : Answer{"405 Method Not Allowed", "GET and HEAD only\n"};
    std::string response =
        "HTTP/1.1 " + std::string(answer.status) + "\r\nContent-Type: " + std::string(answer.type) +
        "\r\nContent-Length: " + std::to_string(answer.text.size()) + "\r\nConnection: close\r\n\r\n";
    if (method != "HEAD") response += answer.text;
    return response;
}

/// A client, until its deadline.
class Connection {
  public:
    explicit Connection(int fd) : socket_(fd), deadline_(Clock::now() + longest_connection) {}

    Deadline deadline() const noexcept { return deadline_; }
    pollfd interest() const {
        return {socket_.get(), static_cast<short>(written_ < response_.size() ? POLLOUT : POLLIN), 0};
    }

    /// Goes on as far as it can.
    void advance(const Metrics& metrics) {
        going_on_ = response_.empty() ? read_request(metrics) : write_on();
    }
    bool over(Deadline now) const { return !going_on_ || deadline_ <= now; }

  private:
    // These tell whether it goes on.
    bool read_request(const Metrics& metrics) {
        char bytes[2048];
        const ssize_t got = receive(bytes);
        if (got <= 0) return got < 0;
        request_.append(bytes, static_cast<std::size_t>(got));
        if (request_.find("\r\n\r\n") == std::string::npos) return request_.size() <= largest_request;
        response_ = response_to(request_, metrics);
        return write_on();
    }

    bool write_on() {
        if (written_ == response_.size()) {
            char ignored[2048];
            return receive(ignored) != 0;
        }
        const ssize_t sent =
            send(socket_.get(), response_.data() + written_, response_.size() - written_, MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN || errno == EINTR;
        written_ += static_cast<std::size_t>(sent);
        // The client closes: to close before it has sent all would throw away what it has not read yet.
        if (written_ == response_.size()) shutdown(socket_.get(), SHUT_WR);
        return true;
    }

    /// Bytes read; 0: there will be no more; negative: none now.
    ssize_t receive(std::span<char> bytes) {
        const ssize_t got = recv(socket_.get(), bytes.data(), bytes.size(), 0);
        if (got < 0 && errno != EAGAIN && errno != EINTR) return 0;
        return got;
    }

    Descriptor socket_;
    Deadline deadline_;
    bool going_on_ = true;
    std::string request_;
    std::string response_;
    std::size_t written_ = 0;
};

Descriptor listener_at(const std::string& host, int port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const std::string service = std::to_string(port);
    if (getaddrinfo(host.c_str(), service.c_str(), &hints, &found) == 0) {
        const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
        for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
            Descriptor listener(socket(one->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            const int yes = 1;
            setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
            if (bind(listener.get(), one->ai_addr, one->ai_addrlen) == 0 &&
                listen(listener.get(), SOMAXCONN) == 0)
                return listener;
        }
    }
    throw std::runtime_error("cannot listen on " + host + ":" + service);
}

int port_of(const Descriptor& listener) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size);
    // The port stands in the same place in both kinds of address.
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

}  // namespace

class StatusEndpoint::Server {
  public:
    Server(const std::string& host, int port, const Metrics& metrics)
        : metrics_(metrics),
          listener_(listener_at(host, port)),
          end_(eventfd(0, EFD_CLOEXEC)),
          thread_([this] { serve(); }) {}

    ~Server() {
        eventfd_write(end_.get(), 1);
        thread_.join();
    }

    int port() const { return port_of(listener_); }

  private:
    void serve() {
        for (;;) {
            std::vector<pollfd> waiting = {{end_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
            for (const Connection& connection : connections_) waiting.push_back(connection.interest());
            poll(waiting.data(), waiting.size(), milliseconds_left());
            if (waiting[0].revents != 0) return;
            for (std::size_t n = 0; n < connections_.size(); ++n)
                if (waiting[n + 2].revents != 0) connections_[n].advance(metrics_);
            std::erase_if(connections_, [now = Clock::now()](const Connection& c) { return c.over(now); });
            if (waiting[1].revents != 0) accept_some();
        }
    }

    /// Until the first deadline; -1 without any.
    int milliseconds_left() const {
        if (connections_.empty()) return -1;
        const Duration left = connections_.front().deadline() - Clock::now();
        return std::max(0, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count()));
    }

    void accept_some() {
        // Not without end: those that are there are to be heard too.
        for (std::size_t n = 0; n < most_connections; ++n) {
            const int client = accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            const bool no_descriptor = client < 0 && (errno == EMFILE || errno == ENFILE);
            if (client < 0 && !no_descriptor) return;
            if ((no_descriptor || connections_.size() == most_connections) && !connections_.empty())
                connections_.erase(connections_.begin());
            if (client >= 0)
                connections_.emplace_back(client);
            else if (connections_.empty())
                std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
    }

    const Metrics& metrics_;
    Descriptor listener_;
    Descriptor end_;
    std::vector<Connection> connections_;  ///< the oldest first
    std::thread thread_;                   ///< last: it uses all of the above
};

StatusEndpoint::StatusEndpoint(const std::string& host, int port, const Metrics& metrics)
    : server_(std::make_unique<Server>(host, port, metrics)) {}

StatusEndpoint::~StatusEndpoint() = default;

int StatusEndpoint::port() const noexcept {
    return server_->port();
}

}  // namespace telephony::sidecar
