// Filters of lists of calls, and the log.
#include "call.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include "api_error.hpp"
#include "dates.hpp"

namespace telephony::simulator {
namespace {

constexpr std::array<std::string_view, 8> status_names{"queued", "ringing", "in-progress", "completed",
                                                       "busy",   "failed",  "no-answer",   "canceled"};

struct Interval {
    Time begin;
    Time end;
};

/// A day (`2009-07-06`), or a second of it (ISO 8601 in UTC).
Interval parse_interval(const std::string& name, const std::string& text) {
    constexpr std::size_t day_length = std::string_view("2009-07-06").size();
    const bool is_day = text.size() == day_length;
    const std::optional<std::chrono::sys_seconds> begin = parse_iso8601(is_day ? text + "T00:00:00Z" : text);
    if (!begin) throw ApiError{400, 20001, "Invalid date format: " + name};
    return {*begin, *begin + (is_day ? std::chrono::seconds(std::chrono::days(1)) : std::chrono::seconds(1))};
}

}  // namespace

std::string_view name_of(CallStatus status) {
    return status_names[static_cast<std::size_t>(status)];
}

std::optional<CallStatus> call_status_named(std::string_view name) {
    const auto* found = std::ranges::find(status_names, name);
    if (found == status_names.end()) return std::nullopt;
    return static_cast<CallStatus>(found - status_names.begin());
}

CallFilter::CallFilter(const Parameters& parameters)
    : to_(parameter(parameters, "To")),
      from_(parameter(parameters, "From")),
      parent_(parameter(parameters, "ParentCallSid")),
      status_(parameter(parameters, "Status")) {
    read_times(parameters, "StartTime", &Call::started);
    read_times(parameters, "EndTime", &Call::ended);
}

void CallFilter::read_times(const Parameters& parameters, const std::string& name,
                            std::optional<Time> Call::*of) {
    if (const std::string on = parameter(parameters, name); !on.empty()) {
        const Interval interval = parse_interval(name, on);
        spans_.push_back({interval.begin, interval.end, of});
    }
    // Twilio's own words: before this date, and on or after it.
    if (const std::string before = parameter(parameters, name + '<'); !before.empty())
        spans_.push_back({Time::min(), parse_interval(name, before).begin, of});
    if (const std::string after = parameter(parameters, name + '>'); !after.empty())
        spans_.push_back({parse_interval(name, after).begin, Time::max(), of});
}

bool CallFilter::shows(const Call& call) const {
    const auto fits = [&call](const Span& span) {
        const std::optional<Time>& time = call.*span.of;
        return time && *time >= span.begin && *time < span.end;
    };
    return (to_.empty() || call.to == to_) && (from_.empty() || call.from == from_) && parent_.empty() &&
           (status_.empty() || name_of(call.status) == status_) && std::ranges::all_of(spans_, fits) &&
           (!older_than || call.created <= *older_than);
}

Call& CallLog::add(Call call) {
    call.sequence = ++last_sequence_;
    Call& added = by_account_[call.account_sid][call.sequence];
    added = std::move(call);
    by_sid_[added.sid] = &added;
    return added;
}

Call* CallLog::find(const std::string& sid) {
    const auto found = by_sid_.find(sid);
    return found == by_sid_.end() ? nullptr : found->second;
}

const Call* CallLog::find(const std::string& sid) const {
    const auto found = by_sid_.find(sid);
    return found == by_sid_.end() ? nullptr : found->second;
}

void CallLog::remove(const std::string& sid) {
    const auto found = by_sid_.find(sid);
    if (found == by_sid_.end()) return;
    const Call& call = *found->second;
    by_sid_.erase(found);
    std::map<std::uint64_t, Call>& calls = by_account_[call.account_sid];
    const std::uint64_t sequence = call.sequence;
    calls.erase(sequence);
}

Page<Call> CallLog::list(const std::string& account_sid, const CallFilter& filter,
                         std::optional<PagePosition> from, std::size_t page_size) const {
    const auto calls = by_account_.find(account_sid);
    if (calls == by_account_.end()) return {};
    return page_of(calls->second, from, page_size, [&](const Call& call) { return filter.shows(call); });
}

std::vector<const Call*> CallLog::all() const {
    std::vector<const Call*> calls;
    for (const auto& [sid, call] : by_sid_) calls.push_back(call);
    std::ranges::sort(calls, {}, &Call::sequence);
    return calls;
}

void CallLog::reset() {
    by_account_.clear();
    by_sid_.clear();
}

}  // namespace telephony::simulator
