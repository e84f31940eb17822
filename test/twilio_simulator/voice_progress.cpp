// What becomes of calls: dialling, ringing, answers, arrivals, digits and ends, as the network tells of them.
#include <algorithm>
#include <array>
#include <cmath>

#include "sid.hpp"
#include "voice.hpp"

namespace telephony::simulator {
namespace {

/// How long machine detection takes, and how long the price of a call is not known after its end.
constexpr Seconds detection{3};
constexpr Seconds price_delay{5};
/// What an inbound minute costs.
constexpr double inbound_price = 0.0085;
/// How long Twilio tells a caller that nothing answers at a number.
constexpr Seconds application_error{5};
/// How long a validation call goes on after the right code, and how many wrong ones it takes.
constexpr Seconds farewell{1};
constexpr int most_tries = 3;

constexpr int geographic_permission = 13227;
constexpr int blocked_call = 13225;

bool has_application(const IncomingNumber& number) {
    return std::ranges::any_of(std::array{"voice_url", "voice_application_sid", "trunk_sid"},
                               [&](const char* field) {
                                   const Json value = number.settings.value(field);
                                   return value.is_string() && value != "";
                               });
}

}  // namespace

bool is_blocked(const Account& account, const std::string& number) {
    return std::ranges::any_of(account.blocked_prefixes,
                               [&](const std::string& prefix) { return number.starts_with(prefix); });
}

void Voice::dial(const std::string& sid, const CallRequest& request, bool is_validation, Time now) {
    Call* call = calls_.find(sid);
    if (call == nullptr || call->is_over()) return;
    call->started = call->updated = now;
    const std::optional<Account> account = store_.find_account(call->account_sid);
    const bool is_permitted = account && account->status == "active" && !is_blocked(*account, call->to);
    // Calls into Turkey may not show a Turkish number.
    if (!is_permitted || (call->to.starts_with("+90") && call->from.starts_with("+90"))) {
        call->error_code = is_permitted ? blocked_call : geographic_permission;
        return finish(*call, CallStatus::failed, now);
    }
    const CallId id = network_.dial(call->from, call->to, now, is_validation);
    ends_[id] = {sid, "", request};
    network_ids_[sid] = id;
    schedule_for(sid, request.timeout, now, [this](Call& ringing, Time then) {
        if (!ringing.answered) end(ringing, CallStatus::no_answer, then);
    });
}

/// Does something later with a call that is not over then.
void Voice::schedule_for(const std::string& sid, Seconds delay, Time now,
                         std::function<void(Call&, Time)> action) {
    network_.schedule(now + network_.pace().of(delay), [this, sid, action = std::move(action)](Time then) {
        Call* call = calls_.find(sid);
        if (call != nullptr && !call->is_over()) action(*call, then);
    });
}

/// Lets a call end when all is said.
void Voice::start_script(Call& call, std::optional<Seconds> script, Time now) {
    const std::uint64_t mine = ++scripts_[call.sid];
    if (!script) return;
    schedule_for(call.sid, *script, now, [this, mine](Call& said, Time then) {
        if (scripts_[said.sid] == mine) end(said, CallStatus::completed, then);
    });
}

/// Ends a call from this side.
void Voice::end(Call& call, CallStatus status, Time now) {
    const auto found = network_ids_.find(call.sid);
    const CallId id = found == network_ids_.end() ? 0 : found->second;
    const auto ends = ends_.find(id);
    const bool is_caller = ends == ends_.end() || ends->second.caller_sid == call.sid;
    finish(call, status, now);
    if (!is_caller) return network_.end(id, now);
    network_.hang_up(id, now);
    // What has not arrived anywhere ends without a word.
    if (!network_.has(id)) ends_.erase(id);
}

/// Writes the end of a call into the log.
void Voice::finish(Call& call, CallStatus status, Time now) {
    if (call.is_over()) return;
    call.status = status;
    call.ended = call.updated = now;
    network_ids_.erase(call.sid);
    scripts_.erase(call.sid);
    if (const auto found = validations_.find(call.sid);
        found != validations_.end() && found->second.state == Validation::State::pending) {
        found->second.state = Validation::State::failed;
        if (found->second.error_code == 0) found->second.error_code = call.error_code;
    }
    if (!call.answered) return;
    call.duration = network_.pace().between(*call.answered, now);
    constexpr double seconds_a_minute = 60;
    const double minutes = std::max(1.0, std::ceil(call.duration->count() / seconds_a_minute));
    const double price = call.direction == "outbound-api" ? prices_.of(call.to).value_or(0) : inbound_price;
    network_.schedule(now + network_.pace().of(price_delay),
                      [this, sid = call.sid, cost = -price * minutes](Time) {
                          if (Call* done = calls_.find(sid)) done->price = cost;
                      });
}

bool Voice::serves(const std::string& number) const {
    return store_.line(number).has_value();
}

void Voice::on_arrival(CallId id, const Arrival& arrival, Time now) {
    const std::optional<Line> line = store_.line(arrival.to);
    const auto refuse = [&](Outcome outcome) {
        network_.schedule(now, [this, id, outcome](Time then) { network_.refuse(id, outcome, then); });
    };
    // A trial account takes calls from verified numbers only. Neither of these calls is ever listed.
    if (!line || line->account.status != "active" ||
        (line->account.type == "Trial" && caller_ids_.find(line->account.sid, arrival.from) == nullptr))
        return refuse(Outcome::failed);

    Ends& ends = ends_[id];
    const Json trunk = line->number.settings.value("trunk_sid");
    Call arrived;
    arrived.sid = make_sid("CA", random_);
    arrived.account_sid = line->account.sid;
    arrived.from = arrival.from;
    arrived.to = arrival.to;
    arrived.trunk_sid = trunk.is_string() ? trunk.get<std::string>() : "";
    arrived.direction = arrived.trunk_sid.empty() ? "inbound" : "trunking-originating";
    arrived.status = CallStatus::ringing;
    arrived.created = arrived.updated = now;
    arrived.started = now;
    arrived.phone_number_sid = line->number.sid;
    arrived.forwarded_from = arrival.forwarded_from;
    arrived.forwarded_by = arrival.forwarded_by;
    arrived.condition = arrival.condition;
    arrived.caused_by = ends.caller_sid;
    Call& call = calls_.add(std::move(arrived));
    ends.arrived_sid = call.sid;
    network_ids_[call.sid] = id;

    const auto set = applications_.find(arrival.to);
    Application application = set == applications_.end() ? Application{} : set->second;
    if (!application.answers || application.rejects_from.contains(arrival.from)) {
        finish(call, CallStatus::busy, now);
        return refuse(Outcome::busy);
    }
    if (set == applications_.end() && !has_application(line->number))
        application.hangs_up_after = application_error;
    schedule_for(call.sid, application.answers_after, now, [this, id, application](Call& taken, Time then) {
        taken.status = CallStatus::in_progress;
        taken.answered = taken.updated = then;
        network_.answer(id, then);
        start_script(taken, application.hangs_up_after, then);
    });
}

void Voice::on_departure(CallId id, Time now) {
    const auto ends = ends_.extract(id);
    if (ends.empty()) return;
    if (Call* call = calls_.find(ends.mapped().arrived_sid))
        finish(*call, call->answered ? CallStatus::completed : CallStatus::no_answer, now);
}

void Voice::on_ringing(CallId id, Time now) {
    const auto ends = ends_.find(id);
    if (ends == ends_.end()) return;
    Call* call = calls_.find(ends->second.caller_sid);
    if (call == nullptr || call->status != CallStatus::queued) return;
    call->status = CallStatus::ringing;
    call->updated = now;
}

void Voice::on_answered(CallId id, AnsweredBy by, Time now) {
    const auto ends = ends_.find(id);
    if (ends == ends_.end()) return;
    Call* call = calls_.find(ends->second.caller_sid);
    if (call == nullptr || call->is_over()) return;
    const CallRequest& request = ends->second.request;
    call->status = CallStatus::in_progress;
    call->answered = call->updated = now;
    if (request.detects_machines)
        schedule_for(call->sid, detection, now, [by](Call& heard, Time) {
            heard.answered_by = by == AnsweredBy::subscriber ? "human" : "machine_start";
        });
    if (request.time_limit)
        schedule_for(call->sid, *request.time_limit, now,
                     [this](Call& long_one, Time then) { end(long_one, CallStatus::completed, then); });
    std::optional<Seconds> script = request.script;
    if (script && request.detects_machines) *script += detection;
    start_script(*call, script, now);
}

void Voice::on_keys(CallId id, const std::string& keys, Time now) {
    const auto ends = ends_.find(id);
    if (ends == ends_.end()) return;
    Call* call = calls_.find(ends->second.caller_sid);
    const auto found = validations_.find(ends->second.caller_sid);
    if (call == nullptr || found == validations_.end()) return;
    Validation& validation = found->second;
    if (validation.state != Validation::State::pending) return;
    ++validation.tries;
    if (keys == validation.code) {
        validation.state = Validation::State::verified;
        if (caller_ids_.find(validation.account_sid, validation.phone_number) == nullptr)
            caller_ids_.add({make_sid("PN", random_), validation.account_sid, validation.phone_number,
                             validation.friendly_name, now, now});
        start_script(*call, farewell, now);
    } else if (validation.tries >= most_tries) {
        end(*call, CallStatus::completed, now);
    } else {
        network_.prompt(id, now);
    }
}

void Voice::on_over(CallId id, Outcome outcome, Time now) {
    const auto ends = ends_.extract(id);
    if (ends.empty()) return;
    if (Call* call = calls_.find(ends.mapped().caller_sid)) {
        finish(*call,
               call->answered               ? CallStatus::completed
               : outcome == Outcome::busy   ? CallStatus::busy
               : outcome == Outcome::failed ? CallStatus::failed
                                            : CallStatus::no_answer,
               now);
    }
    if (Call* call = calls_.find(ends.mapped().arrived_sid))
        finish(*call, call->answered ? CallStatus::completed : CallStatus::no_answer, now);
}

}  // namespace telephony::simulator
