// A bounded queue and one coroutine that empties it.
#include "io/alerts.hpp"

#include <nlohmann/json.hpp>

#include "base/backoff.hpp"
#include "base/masking.hpp"
#include "base/timestamp.hpp"

namespace telephony::sidecar {
namespace {

constexpr int attempts = 3;
constexpr Backoff retry_backoff{std::chrono::seconds(1), std::chrono::seconds(10)};

}  // namespace

AlertWebhook::AlertWebhook(EventLoop& loop, HttpClient& http, std::string url, std::string worker,
                           std::string installation, Duration timeout)
    : loop_(loop),
      http_(http),
      url_(std::move(url)),
      worker_(std::move(worker)),
      installation_(std::move(installation)),
      timeout_(timeout),
      wakeup_(loop) {}

void AlertWebhook::post(std::string_view alert, std::string_view message,
                        std::initializer_list<log::Field> fields) {
    if (url_.empty()) return;
    if (queue_.size() >= longest_queue) {
        if (!std::exchange(overflowed_, true))
            log::warning("alerts are not posted: too many wait", {{"waiting", queue_.size()}});
        return;
    }
    overflowed_ = false;
    nlohmann::ordered_json body;
    body["alert"] = alert;
    body["message"] = message;
    body["at"] = iso8601(std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now()));
    body["worker"] = worker_;
    body["installation"] = installation_;
    // Callers mask what they log. Alerts leave this machine, so they are masked once more.
    for (const log::Field& field : fields) body[std::string(field.key)] = masked_excerpt(field.value);
    queue_.push_back(body.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
    wakeup_.raise();
}

Task<void> AlertWebhook::run() {
    for (;;) {
        while (!queue_.empty()) {
            const std::string body = queue_.front();
            const bool delivered = co_await deliver(body);
            if (!delivered) log::warning("alert not posted", {{"attempts", attempts}});
            queue_.pop_front();
        }
        co_await wakeup_.wait_until(no_deadline);
    }
}

Task<bool> AlertWebhook::deliver(const std::string& body) {
    HttpRequest request;
    request.method = HttpMethod::post;
    request.url = url_;
    request.body = body;
    request.content_type = "application/json";
    request.connect_timeout = request.total_timeout = timeout_;
    for (int tries = 0; tries < attempts; ++tries) {
        if (tries > 0) co_await loop_.sleep_until(after(retry_backoff.delay(tries)));
        const HttpResponse response = co_await http_.perform(request);
        if (response.status >= 200 && response.status < 300) co_return true;
        // The response is not logged: it may name the URL, which may hold a secret.
        log::debug("alert refused or lost", {{"status", response.status}});
        const bool hopeless = response.status >= 400 && response.status < 500 && response.status != 429 &&
                              response.status != 408;
        if (hopeless) break;
    }
    co_return false;
}

}  // namespace telephony::sidecar
