// A PostgreSQL server for unit tests that speaks just enough of the protocol to answer, refuse, or vanish at
// a chosen moment.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace telephony::test {

/// What the server does with one statement, in the order statements come (over all connections, LISTEN
/// aside).
struct Script {
    enum class End {
        ready,           ///< ready for the next statement, as the protocol wants it
        cut,             ///< the connection is closed instead
        cut_unanswered,  ///< ... before even the rows or the error are sent
        stall,           ///< nothing is sent, and the connection stays open
        vanish,          ///< answered as it should be, then the server is gone as by vanish()
    };
    std::optional<std::string> value;  ///< the one value of the one row; nullopt: NULL
    std::string sqlstate;              ///< an error instead of the row ...
    std::string late_sqlstate;         ///< ... or after it, as when COMMIT fails
    End end = End::ready;
};

class FakePostgres {
  public:
    explicit FakePostgres(std::vector<Script> scripts);
    ~FakePostgres();
    FakePostgres(const FakePostgres&) = delete;
    FakePostgres& operator=(const FakePostgres&) = delete;

    std::string conninfo() const { return "host=" + directory_.string() + " user=test dbname=test"; }

    /// Statements received, parameters appended as in `SELECT ...|a|b`.
    std::vector<std::string> statements() const;
    /// Texts of the statements that were prepared, over all connections.
    std::vector<std::string> prepared() const;
    /// What preparing ends in, first to last: an sqlstate, or cut_unanswered; afterwards it succeeds.
    void script_prepares(std::deque<Script> scripts);
    /// How often anybody has connected.
    std::size_t connections() const;
    /// Sends a notification on every connection that has said LISTEN.
    void notify(const std::string& payload);
    /// Closes all connections and refuses new ones, until come_back().
    void vanish();
    void come_back();

  private:
    void accept_connections();
    void serve(int connection);
    bool answer(int connection, const std::string& statement);
    bool answer_prepare(int connection, const std::string& statement);

    std::filesystem::path directory_;
    int listener_ = -1;
    int stop_pipe_[2] = {-1, -1};
    mutable std::mutex mutex_;
    std::deque<Script> scripts_;
    std::deque<Script> prepare_scripts_;
    std::vector<std::string> statements_;
    std::vector<std::string> prepared_;
    std::vector<int> open_;
    std::vector<int> listening_;
    bool away_ = false;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

}  // namespace telephony::test
