// libcurl's multi interface on the loop. No callback passed to libcurl throws.
#include "io/http_client.hpp"

#include <curl/curl.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <new>
#include <stdexcept>
#include <string_view>

#include "base/version.hpp"
#include "text/characters.hpp"

namespace telephony::sidecar {
namespace {

constexpr Duration longest_retry_after = std::chrono::hours(1);

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return text::lower(x) == text::lower(y); });
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() &&
           (text.back() == ' ' || text.back() == '\t' || text.back() == '\r' || text.back() == '\n'))
        text.remove_suffix(1);
    return text;
}

// Delay in seconds, or an HTTP date (RFC 9110, 10.2.3).
std::optional<Duration> parse_retry_after(std::string_view value) {
    unsigned seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error == std::errc() && end == value.data() + value.size())
        return std::min<Duration>(std::chrono::seconds(seconds), longest_retry_after);
    const std::optional<Timestamp> until = parse_rfc2822(value);
    if (!until) return std::nullopt;
    const Duration wait = *until - std::chrono::system_clock::now();
    return std::clamp<Duration>(wait, Duration::zero(), longest_retry_after);
}

const std::string& user_agent() {
    static const std::string text = std::string("telephonyd/") + program_version;
    return text;
}

struct EasyDeleter {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};

}  // namespace

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string result;
    for (const unsigned char c : text) {
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
            c == '.' || c == '_' || c == '~') {
            result.push_back(static_cast<char>(c));
        } else {
            result.push_back('%');
            result.push_back(digits[c >> 4]);
            result.push_back(digits[c & 0xf]);
        }
    }
    return result;
}

struct HttpClient::Multi {
    explicit Multi(EventLoop& event_loop)
        : loop(event_loop),
          handle(curl_multi_init()),
          timer(event_loop, no_deadline, [this] { act(CURL_SOCKET_TIMEOUT, 0); }) {
        if (!handle) throw std::bad_alloc();
        curl_multi_setopt(handle, CURLMOPT_SOCKETFUNCTION, &on_socket);
        curl_multi_setopt(handle, CURLMOPT_SOCKETDATA, this);
        curl_multi_setopt(handle, CURLMOPT_TIMERFUNCTION, &on_timer);
        curl_multi_setopt(handle, CURLMOPT_TIMERDATA, this);
        curl_multi_setopt(handle, CURLMOPT_MAXCONNECTS, 64L);
    }
    ~Multi() { curl_multi_cleanup(handle); }

    void act(curl_socket_t socket, int events) {
        int running = 0;
        curl_multi_socket_action(handle, socket, events, &running);
        finish_done_transfers();
    }
    void finish_done_transfers();

    static int on_socket(CURL*, curl_socket_t socket, int what, void* data, void*) noexcept {
        Multi& multi = *static_cast<Multi*>(data);
        if (what == CURL_POLL_REMOVE) {
            multi.loop.unwatch(socket);
            return 0;
        }
        const std::uint32_t events =
            (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
        try {
            multi.loop.watch(socket, events, [&multi, socket](std::uint32_t ready) {
                const int flags = (ready & EPOLLIN ? CURL_CSELECT_IN : 0) |
                                  (ready & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                                  (ready & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
                multi.act(socket, flags);
            });
        } catch (const std::exception&) {
            return -1;  // libcurl ends all transfers, each with an error
        }
        return 0;
    }

    static int on_timer(CURLM*, long milliseconds, void* data) noexcept {
        Multi& multi = *static_cast<Multi*>(data);
        try {
            multi.timer.set(milliseconds < 0 ? no_deadline : after(std::chrono::milliseconds(milliseconds)));
        } catch (const std::exception&) {
            return -1;
        }
        return 0;
    }

    EventLoop& loop;
    CURLM* handle;
    Timer timer;
};

// One request under way; lives in the frame of perform().
struct HttpClient::Transfer {
    Transfer(HttpClient& owner, const HttpRequest& the_request)
        : client(owner), request(the_request), easy(curl_easy_init()), waiter(owner.loop_) {
        if (!easy) throw std::bad_alloc();
        headers = curl_slist_append(headers, "Accept: application/json");
        if (request.method == HttpMethod::post)
            headers = curl_slist_append(headers, ("Content-Type: " + request.content_type).c_str());
        headers = curl_slist_append(headers, "Expect:");  // no 100-continue round trip
        CURL* const e = easy.get();
        curl_easy_setopt(e, CURLOPT_PRIVATE, this);
        curl_easy_setopt(e, CURLOPT_URL, request.url.c_str());
        curl_easy_setopt(e, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(e, CURLOPT_USERAGENT, user_agent().c_str());
        curl_easy_setopt(e, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        if (!request.user.empty()) curl_easy_setopt(e, CURLOPT_USERNAME, request.user.c_str());
        if (request.password)
            curl_easy_setopt(e, CURLOPT_PASSWORD, request.password->reveal().data());  // ends with a zero
        curl_easy_setopt(e, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
        curl_easy_setopt(e, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
        curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
        curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
        curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
        // A proxy from the environment may carry TLS; plain HTTP is for a simulator on this machine, never
        // for a proxy.
        if (request.url.compare(0, 7, "http://") == 0) curl_easy_setopt(e, CURLOPT_PROXY, "");
        curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(e, CURLOPT_TCP_NODELAY, 1L);
        curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(request.connect_timeout));
        curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, milliseconds(request.total_timeout));
        curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, &on_body);
        curl_easy_setopt(e, CURLOPT_WRITEDATA, this);
        curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, &on_header);
        curl_easy_setopt(e, CURLOPT_HEADERDATA, this);
        curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, &before_sending);
        curl_easy_setopt(e, CURLOPT_PREREQDATA, this);
        curl_easy_setopt(e, CURLOPT_ERRORBUFFER, error_text.data());
        if (request.method == HttpMethod::post) {
            curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
            curl_easy_setopt(e, CURLOPT_POSTFIELDS, request.body.c_str());
        } else if (request.method == HttpMethod::del) {
            curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, "DELETE");
        }
        const CURLMcode added = curl_multi_add_handle(client.multi_->handle, e);
        if (added != CURLM_OK) throw std::runtime_error(curl_multi_strerror(added));
    }
    ~Transfer() {
        curl_multi_remove_handle(client.multi_->handle, easy.get());
        easy.reset();
        curl_slist_free_all(headers);
    }

    static long milliseconds(Duration duration) {
        return static_cast<long>(
            std::max<Duration::rep>(1, std::chrono::ceil<std::chrono::milliseconds>(duration).count()));
    }

    static int before_sending(void* data, char*, char*, int, int) noexcept {
        Transfer& transfer = *static_cast<Transfer*>(data);
        const bool repetition = transfer.sent++ > 0 && transfer.request.method != HttpMethod::get;
        // The machine may have been suspended since the request was decided on.
        transfer.too_late = Clock::now() > transfer.request.not_after;
        return repetition || transfer.too_late ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
    }

    static std::size_t on_body(char* bytes, std::size_t, std::size_t count, void* data) noexcept {
        Transfer& transfer = *static_cast<Transfer*>(data);
        transfer.too_long = transfer.response.body.size() + count > max_body;
        if (transfer.too_long) return 0;
        try {
            transfer.response.body.append(bytes, count);
        } catch (const std::exception&) {
            return 0;
        }
        return count;
    }

    static std::size_t on_header(char* bytes, std::size_t, std::size_t count, void* data) noexcept {
        try {
            static_cast<Transfer*>(data)->take_header(std::string_view(bytes, count));
        } catch (const std::exception&) {
            return 0;
        }
        return count;
    }

    void take_header(std::string_view line) {
        if (line.substr(0, 5) == "HTTP/") {  // a new answer: one of a proxy, or an interim one, came before
            response = HttpResponse();
            return;
        }
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return;
        const std::string_view name = line.substr(0, colon);
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (equals_ignoring_case(name, "Date")) response.date = parse_rfc2822(value);
        if (equals_ignoring_case(name, "Retry-After")) response.retry_after = parse_retry_after(value);
        if (equals_ignoring_case(name, "Twilio-Request-Id")) response.request_id = value.substr(0, 64);
    }

    void finish(CURLcode code) {
        if (code == CURLE_OK) {
            long status = 0;
            curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
            response.status = static_cast<int>(status);
        } else {
            response.body.clear();
            if (too_long)
                response.problem = "the answer is longer than 1 MiB";
            else if (too_late)
                response.problem = "not sent: its time had run out while it was connecting";
            else if (sent > 1)
                response.problem = "the connection was cut before an answer came";
            else
                response.problem = error_text[0] ? error_text.data() : curl_easy_strerror(code);
        }
        waiter.wake();
    }

    HttpClient& client;
    const HttpRequest& request;
    std::unique_ptr<CURL, EasyDeleter> easy;
    curl_slist* headers = nullptr;
    std::array<char, CURL_ERROR_SIZE> error_text{};
    HttpResponse response;
    Waiter waiter;
    int sent = 0;
    bool too_long = false;
    bool too_late = false;
};

HttpClient::HttpClient(EventLoop& loop) : loop_(loop) {
    static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (initialised != CURLE_OK) throw std::runtime_error(curl_easy_strerror(initialised));
    multi_ = std::make_unique<Multi>(loop);
}

HttpClient::~HttpClient() = default;

Task<HttpResponse> HttpClient::perform(const HttpRequest& request) {
    Transfer transfer(*this, request);
    multi_->act(CURL_SOCKET_TIMEOUT, 0);  // begin in this turn
    co_await transfer.waiter;
    co_return std::move(transfer.response);
}

void HttpClient::Multi::finish_done_transfers() {
    int left = 0;
    while (CURLMsg* const message = curl_multi_info_read(handle, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        Transfer* transfer = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        transfer->finish(message->data.result);
    }
}

}  // namespace telephony::sidecar
