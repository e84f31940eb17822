// Blocking sockets and a thread per connection: simple, since a test makes a handful of requests.
#include "sidecar/fakes/scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace telephony::test {
namespace {

int checked(int result, const char* call) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), call);
    return result;
}

// False when the other side, or the end of the test, comes first.
bool wait_readable(int fd, int stop) {
    pollfd fds[2] = {{fd, POLLIN, 0}, {stop, POLLIN, 0}};
    checked(poll(fds, 2, -1), "poll");
    return fds[1].revents == 0;
}

}  // namespace

ScriptedServer::ScriptedServer(std::vector<Reply> replies) : replies_(replies.begin(), replies.end()) {
    checked(pipe(stop_pipe_), "pipe");
    listener_ = checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    checked(bind(listener_, reinterpret_cast<sockaddr*>(&address), length), "bind");
    checked(listen(listener_, 16), "listen");
    checked(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length), "getsockname");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_connections(); });
}

ScriptedServer::~ScriptedServer() {
    close(stop_pipe_[1]);  // readable from now on: every thread sees it
    acceptor_.join();
    for (std::thread& connection : connections_) connection.join();
    close(stop_pipe_[0]);
    close(listener_);
}

std::vector<std::string> ScriptedServer::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

void ScriptedServer::accept_connections() {
    while (wait_readable(listener_, stop_pipe_[0])) {
        const int connection = checked(accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC), "accept");
        connections_.emplace_back([this, connection] { serve(connection); });
    }
}

bool ScriptedServer::read_request(int connection, std::string& request) const {
    std::size_t wanted = std::string::npos;
    while (request.size() < wanted) {
        char buffer[4096];
        if (!wait_readable(connection, stop_pipe_[0])) return false;
        const ssize_t count = read(connection, buffer, sizeof buffer);
        if (count <= 0) return false;
        request.append(buffer, static_cast<std::size_t>(count));
        const auto head = request.find("\r\n\r\n");
        if (head == std::string::npos) continue;
        const auto length = request.find("Content-Length: ");
        wanted = head + 4 + (length < head ? std::stoul(request.substr(length + 16)) : 0);
    }
    return true;
}

void ScriptedServer::serve(int connection) {
    for (std::string request; read_request(connection, request); request.clear()) {
        Reply reply;
        std::size_t count = 0;
        {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
            count = requests_.size();
            reply = replies_.empty()
                        ? Reply{http_answer("500 Unscripted", "{}"), Reply::After::keep_open, false}
                        : replies_.front();
            if (!replies_.empty()) replies_.pop_front();
        }
        if (on_request) on_request(count);
        if (reply.stall) {
            wait_readable(stop_pipe_[0], stop_pipe_[0]);
            break;
        }
        std::string_view rest = reply.bytes;
        while (!rest.empty()) {
            const ssize_t sent = send(connection, rest.data(), rest.size(), MSG_NOSIGNAL);
            if (sent <= 0) break;
            rest.remove_prefix(static_cast<std::size_t>(sent));
        }
        if (reply.after == Reply::After::close) break;
    }
    close(connection);
}

}  // namespace telephony::test
