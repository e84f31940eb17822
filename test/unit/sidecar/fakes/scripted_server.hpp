// An HTTP server for unit tests that answers each request with the next prepared bytes, and may cut, stall or
// close as told.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace telephony::test {

/// What happens to one request, in the order the requests come.
struct Reply {
    enum class After { keep_open, close };
    std::string bytes;  ///< sent as they are; empty: nothing is sent
    After after = After::keep_open;
    bool stall = false;  ///< hold the connection open without an answer until the server ends
};

/// `status` as in "200 OK"; headers one per line, each ended by \r\n.
inline std::string http_answer(const std::string& status, const std::string& body,
                               const std::string& headers = "") {
    return "HTTP/1.1 " + status +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           headers + "\r\n" + body;
}

class ScriptedServer {
  public:
    explicit ScriptedServer(std::vector<Reply> replies);
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    /// Called in the server's thread with the number of requests so far, before each is answered; to be set
    /// before the first.
    std::function<void(std::size_t)> on_request;

    /// Requests received so far, each with its head and body as they came.
    std::vector<std::string> requests() const;

  private:
    void accept_connections();
    void serve(int connection);
    bool read_request(int connection, std::string& request) const;

    int listener_ = -1;
    int port_ = 0;
    int stop_pipe_[2] = {-1, -1};
    mutable std::mutex mutex_;
    std::deque<Reply> replies_;
    std::vector<std::string> requests_;
    std::vector<std::thread> connections_;
    std::thread acceptor_;
};

}  // namespace telephony::test
