// Posts alerts to the operator's URL.
#pragma once

#include <deque>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/logging.hpp"
#include "io/event_loop.hpp"
#include "io/http_client.hpp"

namespace telephony::sidecar {

/// Each POST carries one JSON object: alert, message, at, worker, installation, and the fields of the log
/// line, phone numbers masked. No job waits for it: an alert that does not fit the queue, or is not accepted
/// in three attempts, is dropped with a warning in the log, which has every alert.
class AlertWebhook {
  public:
    /// Alerts that wait to be posted.
    static constexpr std::size_t longest_queue = 100;

    AlertWebhook(EventLoop& loop, HttpClient& http, std::string url, std::string worker,
                 std::string installation, Duration timeout);
    AlertWebhook(const AlertWebhook&) = delete;
    AlertWebhook& operator=(const AlertWebhook&) = delete;

    /// Queues an alert. Without a URL alerts are not posted.
    void post(std::string_view alert, std::string_view message, std::initializer_list<log::Field> fields);
    /// Until the loop ends.
    Task<void> run();

  private:
    Task<bool> deliver(const std::string& body);

    EventLoop& loop_;
    HttpClient& http_;
    const std::string url_;
    const std::string worker_;
    const std::string installation_;
    const Duration timeout_;
    Wakeup wakeup_;
    std::deque<std::string> queue_;
    bool overflowed_ = false;
};

}  // namespace telephony::sidecar
