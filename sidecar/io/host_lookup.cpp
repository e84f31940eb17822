// getaddrinfo() in a thread of its own, which notifies the loop through an eventfd.
#include "io/host_lookup.hpp"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netdb.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <thread>
#include <vector>

namespace telephony::sidecar {
namespace {

std::string option_of(PQconninfoOption* options, const char* word) {
    for (PQconninfoOption* o = options; o && o->keyword; ++o)
        if (std::strcmp(o->keyword, word) == 0 && o->val) return o->val;
    return {};
}

std::string conninfo_option(const std::string& conninfo, const char* word) {
    const auto free_options = [](PQconninfoOption* o) { PQconninfoFree(o); };
    using Options = std::unique_ptr<PQconninfoOption, decltype(free_options)>;
    const Options given(PQconninfoParse(conninfo.c_str(), nullptr), free_options);
    const std::string value = option_of(given.get(), word);
    if (!value.empty()) return value;
    const Options defaults(PQconndefaults(), free_options);
    return option_of(defaults.get(), word);
}

bool needs_lookup(const std::string& host) {
    if (host.empty() || host.front() == '/' || host.front() == '@') return false;
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return inet_pton(AF_INET, host.c_str(), address.data()) != 1 &&
           inet_pton(AF_INET6, host.c_str(), address.data()) != 1;
}

std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> entries(1);
    for (const char c : list)
        if (c == ',')
            entries.emplace_back();
        else
            entries.back().push_back(c);
    return entries;
}

}  // namespace

// Shared with the thread, which may outlive the lookup that started it: DNS cannot be cancelled.
struct HostLookup::Shared {
    std::vector<std::string> hosts;
    std::vector<std::string> ports;  // one, or one for each host
    int event = -1;
    std::atomic<bool> done{false};
    int entries = 0;
    std::string host_list;
    std::string address_list;
    std::string port_list;
    std::string problem;

    ~Shared() {
        if (event >= 0) close(event);
    }

    void add(std::size_t index, const std::string& address) {
        const char* const comma = entries++ == 0 ? "" : ",";
        host_list.append(comma).append(hosts[index]);
        address_list.append(comma).append(address);
        port_list.append(comma).append(ports.size() == 1 ? ports[0] : ports[index]);
    }

    void look_up() {
        for (std::size_t i = 0; i < hosts.size(); ++i) {
            if (!needs_lookup(hosts[i])) {
                add(i,
                    hosts[i].empty() || hosts[i].front() == '/' || hosts[i].front() == '@' ? "" : hosts[i]);
                continue;
            }
            addrinfo hints{};
            hints.ai_socktype = SOCK_STREAM;
            addrinfo* found = nullptr;
            const int failure = getaddrinfo(hosts[i].c_str(), nullptr, &hints, &found);
            if (failure != 0) {
                problem = "cannot look up host " + hosts[i] + ": " + gai_strerror(failure);
                return;
            }
            for (const addrinfo* a = found; a; a = a->ai_next) {
                std::array<char, NI_MAXHOST> text{};
                if (getnameinfo(a->ai_addr, a->ai_addrlen, text.data(), text.size(), nullptr, 0,
                                NI_NUMERICHOST) == 0)
                    add(i, text.data());
            }
            freeaddrinfo(found);
        }
    }
};

HostLookup::HostLookup(EventLoop& loop, const std::string& conninfo) : loop_(loop) {
    if (!conninfo_option(conninfo, "hostaddr").empty()) return;
    const std::vector<std::string> hosts = split(conninfo_option(conninfo, "host"));
    const std::vector<std::string> ports = split(conninfo_option(conninfo, "port"));
    bool needed = false;
    for (const std::string& host : hosts) needed = needed || needs_lookup(host);
    // Lists of different length are libpq's to complain about.
    if (!needed || (ports.size() != 1 && ports.size() != hosts.size())) return;
    shared_ = std::make_shared<Shared>();
    shared_->hosts = hosts;
    shared_->ports = ports;
    shared_->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (shared_->event < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

HostLookup::~HostLookup() {
    if (shared_) loop_.unwatch(shared_->event);
}

const char* HostLookup::hosts() const {
    return found_ ? shared_->host_list.c_str() : nullptr;
}
const char* HostLookup::addresses() const {
    return found_ ? shared_->address_list.c_str() : nullptr;
}
const char* HostLookup::ports() const {
    return found_ ? shared_->port_list.c_str() : nullptr;
}

Task<bool> HostLookup::run(Deadline due) {
    if (!shared_) co_return true;
    start_thread(shared_);
    const bool ready = co_await loop_.wait_for_socket(shared_->event, EPOLLIN, due);
    if (!ready || !shared_->done.load(std::memory_order_acquire)) {
        problem_ = "timeout while looking up the database host";
        co_return false;
    }
    problem_ = shared_->problem;
    found_ = problem_.empty();
    co_return found_;
}

void HostLookup::start_thread(const std::shared_ptr<Shared>& shared) {
    std::thread([shared] {
        shared->look_up();
        shared->done.store(true, std::memory_order_release);
        const std::uint64_t one = 1;
        // The counter cannot be full after a single write; a failure would only mean that the deadline ends
        // the wait.
        if (write(shared->event, &one, sizeof one) < 0) return;
    }).detach();
}

}  // namespace telephony::sidecar
