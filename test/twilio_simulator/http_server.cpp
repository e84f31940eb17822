// One thread per connection: reads requests, lets httplib handle them, writes each answer in one piece.
#include "http_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace telephony::simulator {
namespace {

constexpr int backlog = 1024;
constexpr int milliseconds_between_requests = 60'000;
constexpr int milliseconds_within_request = 5'000;
constexpr std::size_t requests_per_connection = 1'000'000;

/// What httplib asks of a stream, in the words of every version: 0.11 to 0.18 ask whether it is writable,
/// later ones wait for that and for what can be read, and ask how long it has been open. Hence nothing here
/// says override.
class Stream : public httplib::Stream {
  public:
    virtual bool is_writable() const = 0;
    virtual bool wait_readable() const { return is_readable(); }
    virtual bool wait_writable() const { return is_writable(); }
    virtual time_t duration() const { return 0; }  // asked by clients only
};

/// A connection that httplib reads a request from and writes the answer to. The answer leaves in one piece,
/// when complete.
class SocketConnection final : public Stream, public Connection {
  public:
    explicit SocketConnection(socket_t socket) : socket_(socket) {}

    /// Waits for the next request; false when there will be none.
    bool await_request() { return first_ < last_ || wait_for(POLLIN, milliseconds_between_requests); }

    /// Sends what has been written. False when the connection is not to be used any more.
    bool flush() {
        std::size_t sent = 0;
        while (!is_cut_ && sent < output_.size()) {
            const ssize_t count = ::send(socket_, output_.data() + sent, output_.size() - sent, MSG_NOSIGNAL);
            if (count < 0) break;
            sent += static_cast<std::size_t>(count);
        }
        const bool complete = !is_cut_ && sent == output_.size();
        output_.clear();
        return complete;
    }

    void cut() override {
        is_cut_ = true;
        ::shutdown(socket_, SHUT_RDWR);
    }

    bool is_readable() const override {
        return first_ < last_ || wait_for(POLLIN, milliseconds_within_request);
    }

    bool is_writable() const override { return !is_cut_; }

    ssize_t read(char* data, size_t size) override {
        if (first_ == last_) {
            if (!flush() || !is_readable()) return -1;
            const ssize_t received = ::recv(socket_, input_.data(), input_.size(), 0);
            if (received <= 0) return received;
            first_ = 0;
            last_ = static_cast<std::size_t>(received);
        }
        const std::size_t count = std::min(size, last_ - first_);
        std::memcpy(data, input_.data() + first_, count);
        first_ += count;
        return static_cast<ssize_t>(count);
    }

    ssize_t write(const char* data, size_t size) override {
        if (is_cut_) return -1;
        output_.append(data, size);
        return static_cast<ssize_t>(size);
    }

    /// Both ends are on the loopback interface, and nobody asks for ports.
    void get_remote_ip_and_port(std::string& ip, int& port) const override {
        ip = "127.0.0.1";
        port = 0;
    }
    void get_local_ip_and_port(std::string& ip, int& port) const override {
        get_remote_ip_and_port(ip, port);
    }

    socket_t socket() const override { return socket_; }

  private:
    bool wait_for(short events, int milliseconds) const {
        pollfd waiting{socket_, events, 0};
        int ready = 0;
        do {
            ready = ::poll(&waiting, 1, milliseconds);
        } while (ready < 0 && errno == EINTR);
        return ready > 0;
    }

    const socket_t socket_;
    std::array<char, 4096> input_{};
    std::size_t first_ = 0;
    std::size_t last_ = 0;
    std::string output_;
    bool is_cut_ = false;
};

/// httplib hands no connection to its handlers, but a thread handles one at a time.
thread_local Connection* current_connection = nullptr;

/// A request without a word of a body has none (RFC 9112, 6.3). Later versions of httplib wait for that of a
/// DELETE nevertheless.
void say_that_there_is_no_body(httplib::Request& request) {
    if (!request.has_header("Content-Length") && !request.has_header("Transfer-Encoding"))
        request.set_header("Content-Length", "0");
}

}  // namespace

Connection& Connection::current() {
    return *current_connection;
}

HttpServer::HttpServer(std::size_t threads) {
    new_task_queue = [threads] { return new httplib::ThreadPool(threads); };
    set_tcp_nodelay(true);
    set_keep_alive_timeout(milliseconds_between_requests / 1000);
    set_keep_alive_max_count(requests_per_connection);
    // Not httplib's default, SO_REUSEPORT: a second simulator on a port must fail, not share its requests.
    set_socket_options([](socket_t socket) {
        const int yes = 1;
        ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
}

HttpServer::~HttpServer() {
    if (listening_ != INVALID_SOCKET) ::close(listening_);
}

int HttpServer::listen_on_loopback(int port) {
    errno = 0;
    const char* loopback = "127.0.0.1";
    const int bound = port == 0 ? bind_to_any_port(loopback) : bind_to_port(loopback, port) ? port : -1;
    if (bound < 0 || ::listen(svr_sock_, backlog) != 0) {
        throw std::system_error(errno, std::generic_category(),
                                "cannot listen on port " + std::to_string(port));
    }
    listening_ = svr_sock_.load();
    return bound;
}

void HttpServer::stop_serving() {
    // httplib's stop() does nothing before its loop runs, and closes the socket under the loop's feet.
    svr_sock_ = INVALID_SOCKET;
    ::shutdown(listening_, SHUT_RDWR);
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const socket_t connection : connections_) ::shutdown(connection, SHUT_RDWR);
}

// httplib has what is its own only for those derived from it, and since 0.15 wants to be told both ends'
// addresses.
template <class Derived>
bool HttpServer::handle_request(Derived& server, httplib::Stream& connection, bool& is_last) {
    if constexpr (requires {
                      server.process_request(connection, false, is_last, &say_that_there_is_no_body);
                  }) {
        return server.process_request(connection, false, is_last, &say_that_there_is_no_body);
    } else {
        std::string address;
        int port = 0;
        connection.get_remote_ip_and_port(address, port);
        return server.process_request(connection, address, port, address, port, false, is_last,
                                      &say_that_there_is_no_body);
    }
}

bool HttpServer::process_and_close_socket(socket_t socket) {
    {
        const std::lock_guard lock(mutex_);
        connections_.insert(socket);
        if (stopping_) ::shutdown(socket, SHUT_RDWR);
    }
    SocketConnection connection(socket);
    current_connection = &connection;
    bool last_request = false;
    while (!last_request && connection.await_request()) {
        const bool handled = handle_request(*this, connection, last_request);
        if (!connection.flush() || !handled) break;
    }
    current_connection = nullptr;
    {
        const std::lock_guard lock(mutex_);
        connections_.erase(socket);
    }
    ::shutdown(socket, SHUT_RDWR);
    ::close(socket);
    return true;
}

}  // namespace telephony::simulator
