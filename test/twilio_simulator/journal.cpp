// Keeps the request log and wakes those who wait for it to grow.
#include "journal.hpp"

#include <algorithm>

namespace telephony::simulator {
namespace {

/// So many requests the log shows; the counts are of all.
constexpr std::size_t log_size = 10'000;

constexpr std::array<std::string_view, 3> stage_names{"received", "applied", "answered"};

}  // namespace

std::optional<Stage> stage_named(std::string_view name) {
    const auto* found = std::ranges::find(stage_names, name);
    if (found == stage_names.end()) return std::nullopt;
    return static_cast<Stage>(found - stage_names.begin());
}

Journal::Ticket Journal::received(Operation operation, const std::string& method, const std::string& path,
                                  const std::string& account_sid, Json parameters) {
    const std::lock_guard lock(mutex_);
    if (entries_.size() == log_size) entries_.pop_front();
    entries_.push_back({++last_number_, operation, method, path, std::move(parameters), clock_.now()});
    Concurrency& concurrency = concurrency_[account_sid];
    ++concurrency.now;
    concurrency.peak = std::max(concurrency.peak, concurrency.now);
    count(operation, Stage::received);
    return {last_number_, era_, operation, account_sid, concurrency.now};
}

void Journal::applied(const Ticket& ticket) {
    const std::lock_guard lock(mutex_);
    if (ticket.era != era_) return;
    if (Entry* entry = find(ticket)) entry->applied = true;
    count(ticket.operation, Stage::applied);
}

void Journal::answered(const Ticket& ticket, int status) {
    const std::lock_guard lock(mutex_);
    if (ticket.era != era_) return;
    if (Entry* entry = find(ticket)) {
        entry->status = status;
        entry->answered = true;
    }
    --concurrency_[ticket.account_sid].now;
    count(ticket.operation, Stage::answered);
}

std::uint64_t Journal::await(std::optional<Operation> operation, Stage stage, std::uint64_t count,
                             std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, timeout, [&] { return stopped_ || reached(operation, stage) >= count; });
    return reached(operation, stage);
}

Json Journal::requests() const {
    const std::lock_guard lock(mutex_);
    Json list = Json::array();
    for (const Entry& entry : entries_) {
        list.push_back({{"n", entry.number},
                        {"operation", name_of(entry.operation)},
                        {"method", entry.method},
                        {"path", entry.path},
                        {"parameters", entry.parameters},
                        {"status", entry.answered ? Json(entry.status) : Json()},
                        {"applied", entry.applied},
                        {"at", iso8601(entry.at)}});
    }
    return list;
}

Json Journal::counts() const {
    const std::lock_guard lock(mutex_);
    Json all = Json::object();
    for (std::size_t operation = 0; operation < counts_.size(); ++operation) {
        Json& stages = all[std::string(operation_names[operation])];
        for (std::size_t stage = 0; stage < stage_names.size(); ++stage) {
            stages[std::string(stage_names[stage])] = counts_[operation][stage];
        }
    }
    return all;
}

std::uint64_t Journal::peak_concurrency(const std::string& account_sid) const {
    const std::lock_guard lock(mutex_);
    const auto found = concurrency_.find(account_sid);
    return found == concurrency_.end() ? 0 : found->second.peak;
}

void Journal::reset() {
    const std::lock_guard lock(mutex_);
    entries_.clear();
    counts_ = {};
    concurrency_.clear();
    ++era_;
}

void Journal::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
}

Journal::Entry* Journal::find(const Ticket& ticket) {
    if (entries_.empty() || ticket.number < entries_.front().number) return nullptr;
    return &entries_[ticket.number - entries_.front().number];
}

void Journal::count(Operation operation, Stage stage) {
    ++counts_[static_cast<std::size_t>(operation)][static_cast<std::size_t>(stage)];
    changed_.notify_all();
}

std::uint64_t Journal::reached(std::optional<Operation> operation, Stage stage) const {
    if (operation) return counts_[static_cast<std::size_t>(*operation)][static_cast<std::size_t>(stage)];
    std::uint64_t sum = 0;
    for (const StageCounts& counts : counts_) sum += counts[static_cast<std::size_t>(stage)];
    return sum;
}

}  // namespace telephony::simulator
