// HTTPS by libcurl on the event loop: keep-alive, verified TLS, no redirects, a size limit, and a deadline
// for everything.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/timestamp.hpp"
#include "credential/secret.hpp"
#include "io/event_loop.hpp"
#include "io/task.hpp"

namespace telephony::sidecar {

enum class HttpMethod { get, post, del };

struct HttpRequest {
    HttpMethod method = HttpMethod::get;
    std::string url;
    std::string body;  ///< of a POST
    std::string content_type = "application/x-www-form-urlencoded";
    std::string user;
    /// Read when perform() is called, not after. libcurl keeps a copy of its own until the request ends, and
    /// does not wipe it: one reason to forbid dumps of this process (hardening.hpp).
    const credential::Secret* password = nullptr;
    Duration connect_timeout{};
    Duration total_timeout{};          ///< from the call to the last byte of the answer
    Deadline not_after = no_deadline;  ///< not sent later than this, however long connecting took
};

struct HttpResponse {
    int status =
        0;  ///< 0: no whole answer, for the reason in `problem`; whether the request was acted on is open
    std::string body;                     ///< whole; empty if there is no whole answer
    std::string problem;                  ///< free of credentials and phone numbers
    std::optional<Timestamp> date;        ///< Date header: the server's clock
    std::optional<Duration> retry_after;  ///< Retry-After header, at most one hour
    std::string request_id;               ///< Twilio-Request-Id header
};

/// `text` percent-encoded for a query or a form (RFC 3986: all but unreserved characters).
std::string percent_encoded(std::string_view text);

class HttpClient {
  public:
    /// Answers longer than this are given up: no page of ours comes near.
    static constexpr std::size_t max_body = 1 << 20;

    explicit HttpClient(EventLoop& loop);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Sends the request and waits for the whole answer. A POST or DELETE goes out at most once: libcurl's
    /// own repetition on a kept-alive connection that turned out dead is refused, because a purchase counted
    /// once must have been sent once.
    Task<HttpResponse> perform(const HttpRequest& request);

  private:
    struct Multi;
    struct Transfer;

    EventLoop& loop_;
    std::unique_ptr<Multi> multi_;
};

}  // namespace telephony::sidecar
