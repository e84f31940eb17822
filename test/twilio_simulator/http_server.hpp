// The HTTP server: cpp-httplib's, with connections that can be cut without an answer and a prompt end.
#pragma once

// The system's library is built with OpenSSL, zlib and brotli support; the macros that say so come from
// pkg-config and decide the layout of Request.
#include <httplib.h>

#include <atomic>
#include <mutex>
#include <string>
#include <unordered_set>

namespace telephony::simulator {

/// What a handler can do with the connection of its request, besides answering.
class Connection {
  public:
    /// The connection whose request this thread is handling.
    static Connection& current();

    /// Closes the connection at once; what the handler answers afterwards goes nowhere.
    virtual void cut() = 0;

  protected:
    ~Connection() = default;
};

/// Serves each connection in a thread of its own, out of a fixed number. httplib's own loop polls idle
/// connections every few milliseconds, serves five requests on each, listens with a queue of five, and lets
/// no handler close a connection.
class HttpServer : public httplib::Server {
  public:
    explicit HttpServer(std::size_t threads);
    ~HttpServer() override;

    /// Listens on the loopback interface; port 0 is any free one. Returns the port. Throws std::system_error.
    int listen_on_loopback(int port);

    /// Serves until stop().
    void serve() { listen_after_bind(); }

    /// Ends serve(): accepts no more connections and closes those there are. Handlers end by themselves.
    void stop_serving();

  private:
    bool process_and_close_socket(socket_t socket) override;

    /// Handles one request; sets `is_last` when the connection is not to be used any more.
    template <class Derived>
    static bool handle_request(Derived& server, httplib::Stream& connection, bool& is_last);

    std::atomic<socket_t> listening_{INVALID_SOCKET};
    std::mutex mutex_;
    std::unordered_set<socket_t> connections_;
    bool stopping_ = false;
};

}  // namespace telephony::simulator
