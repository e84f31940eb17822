// Messages of the frontend/backend protocol, version 3 (PostgreSQL documentation, chapter 55), as far as
// libpq needs them here.
#include "sidecar/fakes/fake_postgres.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <system_error>
#include <utility>

namespace telephony::test {
namespace {

int checked(int result, const char* call) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), call);
    return result;
}

std::string int32(std::uint32_t value) {
    value = htonl(value);
    return std::string(reinterpret_cast<const char*>(&value), 4);
}

std::string int16(std::uint16_t value) {
    value = htons(value);
    return std::string(reinterpret_cast<const char*>(&value), 2);
}

std::uint32_t read_int32(const std::string& bytes, std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data() + at, 4);
    return ntohl(value);
}

std::string message(char type, const std::string& body) {
    return type + int32(static_cast<std::uint32_t>(body.size() + 4)) + body;
}

std::string text(const char* words) {
    return std::string(words) + '\0';
}

std::string row(const std::optional<std::string>& value) {
    const std::string description =
        int16(1) + text("v") + int32(0) + int16(0) + int32(25) + int16(0xffff) + int32(0xffffffff) + int16(0);
    const std::string data =
        int16(1) + (value ? int32(static_cast<std::uint32_t>(value->size())) + *value : int32(0xffffffff));
    return message('T', description) + message('D', data) + message('C', text("SELECT 1"));
}

std::string error(const std::string& sqlstate) {
    return message('E', "S" + text("ERROR") + "V" + text("ERROR") + "C" + sqlstate + '\0' + "M" +
                            text("scripted error") + '\0');
}

const std::string ready = message('Z', "I");

bool send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

bool receive(int fd, int stop, std::string& bytes, std::size_t count) {
    bytes.clear();
    while (bytes.size() < count) {
        pollfd fds[2] = {{fd, POLLIN, 0}, {stop, POLLIN, 0}};
        checked(poll(fds, 2, -1), "poll");
        if (fds[1].revents != 0) return false;
        char buffer[4096];
        const ssize_t got = read(fd, buffer, std::min(sizeof buffer, count - bytes.size()));
        if (got <= 0) return false;
        bytes.append(buffer, static_cast<std::size_t>(got));
    }
    return true;
}

}  // namespace

FakePostgres::FakePostgres(std::vector<Script> scripts) : scripts_(scripts.begin(), scripts.end()) {
    char name[] = "/tmp/telephony-test-XXXXXX";
    if (!mkdtemp(name)) throw std::system_error(errno, std::generic_category(), "mkdtemp");
    directory_ = name;
    checked(pipe(stop_pipe_), "pipe");
    listener_ = checked(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = (directory_ / ".s.PGSQL.5432").string();
    std::memcpy(address.sun_path, path.c_str(), path.size());
    checked(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
    checked(listen(listener_, 16), "listen");
    acceptor_ = std::thread([this] { accept_connections(); });
}

FakePostgres::~FakePostgres() {
    close(stop_pipe_[1]);
    acceptor_.join();
    for (std::thread& thread : threads_) thread.join();
    close(stop_pipe_[0]);
    close(listener_);
    std::filesystem::remove_all(directory_);
}

std::vector<std::string> FakePostgres::statements() const {
    const std::lock_guard lock(mutex_);
    return statements_;
}

std::vector<std::string> FakePostgres::prepared() const {
    const std::lock_guard lock(mutex_);
    return prepared_;
}

void FakePostgres::script_prepares(std::deque<Script> scripts) {
    const std::lock_guard lock(mutex_);
    prepare_scripts_ = std::move(scripts);
}

std::size_t FakePostgres::connections() const {
    const std::lock_guard lock(mutex_);
    return threads_.size();
}

void FakePostgres::notify(const std::string& payload) {
    const std::lock_guard lock(mutex_);
    for (const int connection : listening_)
        send_all(connection, message('A', int32(1) + text("channel") + text(payload.c_str())));
}

void FakePostgres::vanish() {
    const std::lock_guard lock(mutex_);
    away_ = true;
    for (const int connection : open_) shutdown(connection, SHUT_RDWR);
}

void FakePostgres::come_back() {
    const std::lock_guard lock(mutex_);
    away_ = false;
}

void FakePostgres::accept_connections() {
    for (;;) {
        pollfd fds[2] = {{listener_, POLLIN, 0}, {stop_pipe_[0], POLLIN, 0}};
        checked(poll(fds, 2, -1), "poll");
        if (fds[1].revents != 0) return;
        const int connection = checked(accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC), "accept");
        const std::lock_guard lock(mutex_);
        if (away_) {
            close(connection);
            continue;
        }
        open_.push_back(connection);
        threads_.emplace_back([this, connection] {
            serve(connection);
            const std::lock_guard ending(mutex_);
            std::erase(open_, connection);
            std::erase(listening_, connection);
            close(connection);
        });
    }
}

void FakePostgres::serve(int connection) {
    std::string bytes;
    const int stop = stop_pipe_[0];
    if (!receive(connection, stop, bytes, 4) || !receive(connection, stop, bytes, read_int32(bytes, 0) - 4))
        return;
    if (!send_all(connection, message('R', int32(0)) + ready)) return;
    std::string statement;
    std::map<std::string, std::string> prepared;
    bool executes = false;
    while (receive(connection, stop, bytes, 5)) {
        const char type = bytes[0];
        const std::uint32_t length = read_int32(bytes, 1) - 4;
        if (!receive(connection, stop, bytes, length)) return;
        if (type == 'P') {  // statement name, query, types of the parameters
            const std::size_t query = bytes.find('\0') + 1;
            statement = bytes.substr(query, bytes.find('\0', query) - query);
            if (query > 1) prepared[bytes.substr(0, query - 1)] = statement;
        } else if (type == 'B') {  // portal, statement, formats, then each value with its length
            executes = true;
            std::size_t at = bytes.find('\0', 1) + 1;
            if (at > 2) statement = prepared.at(bytes.substr(1, at - 2));
            at += 2 + 2 * static_cast<std::size_t>(read_int32(bytes, at) >> 16);
            std::size_t count = read_int32(bytes + "\0\0", at) >> 16;
            for (at += 2; count > 0; --count) {
                const std::uint32_t size = read_int32(bytes, at);
                at += 4;
                statement += "|";
                if (size != 0xffffffff) {
                    statement += bytes.substr(at, size);
                    at += size;
                }
            }
        } else if (type == 'S') {
            if (!(executes ? answer(connection, statement) : answer_prepare(connection, statement))) return;
            executes = false;
        } else if (type == 'X') {
            return;
        }
    }
}

bool FakePostgres::answer_prepare(int connection, const std::string& statement) {
    Script script;
    {
        const std::lock_guard lock(mutex_);
        prepared_.push_back(statement);
        if (!prepare_scripts_.empty()) {
            script = prepare_scripts_.front();
            prepare_scripts_.pop_front();
        }
    }
    if (script.end == Script::End::cut_unanswered) return false;
    return send_all(connection,
                    (script.sqlstate.empty() ? message('1', "") : error(script.sqlstate)) + ready);
}

bool FakePostgres::answer(int connection, const std::string& statement) {
    const std::string parsed = message('1', "") + message('2', "");
    if (statement.compare(0, 6, "LISTEN") == 0) {
        const std::lock_guard lock(mutex_);
        listening_.push_back(connection);
        return send_all(connection, parsed + message('C', text("LISTEN")) + ready);
    }
    Script script;
    {
        const std::lock_guard lock(mutex_);
        statements_.push_back(statement);
        if (!scripts_.empty()) {
            script = scripts_.front();
            scripts_.pop_front();
        }
    }
    if (script.end == Script::End::cut_unanswered) return false;
    std::string bytes;
    if (script.end == Script::End::stall) return receive(connection, stop_pipe_[0], bytes, 1);
    bytes = script.sqlstate.empty() ? parsed + row(script.value) : error(script.sqlstate);
    if (!script.late_sqlstate.empty()) bytes += error(script.late_sqlstate);
    if (script.end == Script::End::cut) {
        send_all(connection, bytes);
        return false;
    }
    const bool sent = send_all(connection, bytes + ready);
    if (script.end == Script::End::vanish) vanish();
    return sent;
}

}  // namespace telephony::test
