// A call at Twilio, and the log of an account's calls.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "number_settings.hpp"
#include "page.hpp"
#include "phone_network.hpp"

namespace telephony::simulator {

enum class CallStatus { queued, ringing, in_progress, completed, busy, failed, no_answer, canceled };

std::string_view name_of(CallStatus status);
std::optional<CallStatus> call_status_named(std::string_view name);

struct Call {
    std::string sid;
    std::string account_sid;
    std::string from;
    std::string to;
    std::string direction;  ///< inbound, outbound-api or trunking-originating
    CallStatus status = CallStatus::queued;
    Time created;
    Time updated;
    std::optional<Time> started;  ///< when it was dialled, or arrived
    std::optional<Time> answered;
    std::optional<Time> ended;
    std::optional<Seconds> duration;  ///< of one that was answered and has ended
    std::chrono::milliseconds queue_time{0};
    std::optional<double> price;  ///< in dollars; it is known a while after the end
    std::string answered_by;      ///< of machine detection
    std::string phone_number_sid;
    std::string trunk_sid;
    std::string forwarded_from;
    int error_code = 0;  ///< Twilio's, of a call that failed; its API for calls does not tell
    std::uint64_t sequence = 0;

    // What only the simulator knows: by which phone, on which condition and for whom an inbound call was
    // forwarded, if it was.
    std::string forwarded_by;
    std::optional<Condition> condition;
    std::string caused_by;  ///< sid of the outbound call that it is the other leg of

    bool is_over() const { return status >= CallStatus::completed; }
};

/// Which calls a list shows.
class CallFilter {
  public:
    /// Reads To, From, ParentCallSid, Status, and StartTime and EndTime as days or times, also with `<` and
    /// `>`. Throws ApiError 20001 for a date that is none.
    explicit CallFilter(const Parameters& parameters);

    bool shows(const Call& call) const;

    /// Calls that were made after this are not listed yet.
    std::optional<Time> older_than;

  private:
    struct Span {
        Time begin;
        Time end;
        std::optional<Time> Call::*of;
    };

    void read_times(const Parameters& parameters, const std::string& name, std::optional<Time> Call::*of);

    std::string to_;
    std::string from_;
    std::string parent_;
    std::string status_;
    std::vector<Span> spans_;
};

/// All calls. Not synchronized: its owner is.
class CallLog {
  public:
    /// Adds a call, whose sid, account and times are given.
    Call& add(Call call);

    Call* find(const std::string& sid);
    const Call* find(const std::string& sid) const;
    void remove(const std::string& sid);
    Page<Call> list(const std::string& account_sid, const CallFilter& filter,
                    std::optional<PagePosition> from, std::size_t page_size) const;

    /// Every call, oldest first.
    std::vector<const Call*> all() const;
    void reset();

  private:
    std::unordered_map<std::string, std::map<std::uint64_t, Call>> by_account_;
    std::unordered_map<std::string, Call*> by_sid_;
    std::uint64_t last_sequence_ = 0;
};

}  // namespace telephony::simulator
