// How calls find their way: paging, ringing, forwarding by condition, voicemail, and subscribers who act.
#include "phone_network.hpp"

#include <algorithm>
#include <utility>

namespace telephony::simulator {
namespace {

/// Carriers end a call that they were asked to forward more often.
constexpr int most_hops = 5;
/// How long the other leg of a forwarded call outlives its caller.
constexpr Seconds clearing{0.5};
/// How long a voicemail, or a phone that screens, listens.
constexpr Seconds machine_listens{60};
/// What a withheld number looks like at Twilio.
constexpr const char* anonymous = "+266696687";

}  // namespace

void PhoneNetwork::advance(Time now) {
    while (!due_.empty() && due_.begin()->first <= now) {
        const auto next = due_.extract(due_.begin());
        next.mapped()(next.key());
    }
}

std::optional<Time> PhoneNetwork::next() const {
    if (due_.empty()) return std::nullopt;
    return due_.begin()->first;
}

CallId PhoneNetwork::dial(const std::string& from, const std::string& to, Time now, bool wants_keys,
                          const std::string& forwarded_from) {
    const CallId id = ++last_id_;
    NetworkCall& call = calls_[id];
    call.id = id;
    call.from = from.empty() ? anonymous : from;
    call.at = to;
    call.forwarded_from = forwarded_from;
    call.wants_keys = wants_keys;
    later(call, Seconds(0), now, [this](NetworkCall& placed, Time then) { route(placed, placed.at, then); });
    return id;
}

void PhoneNetwork::hang_up(CallId id, Time now) {
    NetworkCall* call = find(id);
    if (call == nullptr || call->caller_gone) return;
    call->caller_gone = true;
    // A leg in transit arrives nevertheless, and late.
    if (call->stage == Stage::in_transit) return;
    if (call->stage != Stage::at_line) {
        calls_.erase(id);
        return;
    }
    later(*call, clearing, now, [this](NetworkCall& left, Time then) {
        const CallId gone = left.id;
        calls_.erase(gone);
        peer_.on_departure(gone, then);
    });
}

void PhoneNetwork::prompt(CallId id, Time now) {
    NetworkCall* call = find(id);
    if (call == nullptr) return;
    call->prompted = true;
    take_keys(*call, now);
}

void PhoneNetwork::answer(CallId id, Time now) {
    const NetworkCall* call = find(id);
    if (call == nullptr || call->stage != Stage::at_line || call->caller_gone) return;
    peer_.on_answered(id, AnsweredBy::machine, now);
}

void PhoneNetwork::refuse(CallId id, Outcome outcome, Time now) {
    if (NetworkCall* call = find(id)) over(*call, outcome, now);
}

void PhoneNetwork::end(CallId id, Time now) {
    refuse(id, Outcome::hung_up, now);
}

Phone PhoneNetwork::phone(const std::string& number) const {
    if (const auto found = phones_.find(number); found != phones_.end()) return found->second;
    Phone unknown;
    unknown.number = number;
    return unknown;
}

void PhoneNetwork::configure_phone(const std::string& number, const Json& order) {
    Phone changed = phone(number);
    configure(changed, order);
    phones_[number] = std::move(changed);
}

bool PhoneNetwork::pick_up(const std::string& number, Time now) {
    NetworkCall* call = find_at(number, Stage::alerting);
    if (call == nullptr) return false;
    answered_at_phone(*call, AnsweredBy::subscriber, now);
    return true;
}

bool PhoneNetwork::decline(const std::string& number, Time now) {
    NetworkCall* call = find_at(number, Stage::alerting);
    if (call == nullptr) return false;
    divert(*call, Condition::busy, Outcome::busy, now);
    return true;
}

bool PhoneNetwork::put_down(const std::string& number, Time now) {
    NetworkCall* call = find_at(number, Stage::answered);
    if (call == nullptr) return false;
    over(*call, Outcome::hung_up, now);
    return true;
}

void PhoneNetwork::type(const std::string& number, const std::string& keys, Time now) {
    Phone& phone = phone_at(number);
    phone.keys.push_back(keys);
    if (NetworkCall* call = find_at(number, Stage::answered); call != nullptr && call->wants_keys) {
        take_keys(*call, now);
    } else if (call = find_at(number, Stage::alerting); call != nullptr && call->wants_keys) {
        answered_at_phone(*call, AnsweredBy::subscriber, now);
    }
}

Json PhoneNetwork::phones() const {
    Json all = Json::array();
    for (const auto& [number, phone] : phones_) all.push_back(represent(phone));
    return all;
}

void PhoneNetwork::reset() {
    due_.clear();
    phones_.clear();
    calls_.clear();
}

PhoneNetwork::NetworkCall* PhoneNetwork::find(CallId id) {
    const auto found = calls_.find(id);
    return found == calls_.end() ? nullptr : &found->second;
}

PhoneNetwork::NetworkCall* PhoneNetwork::find_at(const std::string& number, Stage stage) {
    const auto found = std::ranges::find_if(
        calls_, [&](const auto& each) { return each.second.at == number && each.second.stage == stage; });
    return found == calls_.end() ? nullptr : &found->second;
}

/// Does something with a call unless something else has happened to it before.
void PhoneNetwork::later(NetworkCall& call, Seconds delay, Time now,
                         std::function<void(NetworkCall&, Time)> action) {
    schedule(now + pace_.of(delay),
             [this, id = call.id, step = call.step, action = std::move(action)](Time then) {
                 NetworkCall* still = find(id);
                 if (still != nullptr && still->step == step) action(*still, then);
             });
}

void PhoneNetwork::route(NetworkCall& call, const std::string& number, Time now) {
    ++call.step;
    call.at = number;
    if (peer_.serves(number)) {
        call.stage = Stage::at_line;
        const Arrival arrival{call.from, number, call.forwarded_from, call.forwarded_by, call.condition};
        const CallId id = call.id;
        const bool caller_gone = call.caller_gone;
        if (!caller_gone) peer_.on_ringing(id, now);
        peer_.on_arrival(id, arrival, now);
        // Whoever called is gone since the leg was on its way: it is heard to end at once.
        if (NetworkCall* leg = find(id); caller_gone && leg != nullptr) {
            leg->caller_gone = false;
            hang_up(id, now);
        }
        return;
    }
    if (call.caller_gone) {
        calls_.erase(call.id);
        return;
    }
    call.stage = Stage::routing;
    const Phone phone = this->phone(number);
    if (phone.behaviour == Behaviour::unassigned)
        return later(call, phone.alerts_after, now,
                     [this](NetworkCall& lost, Time then) { over(lost, Outcome::failed, then); });
    const bool diverts_all = phone.forwarding.contains(Condition::unconditional);
    const bool off = phone.behaviour == Behaviour::off;
    if ((diverts_all || off) && phone.early_ringing)
        later(call, std::min(phone.alerts_after, off ? phone.paging : phone.alerts_after), now,
              [this](NetworkCall& heard, Time then) { peer_.on_ringing(heard.id, then); });
    if (diverts_all) return divert(call, Condition::unconditional, Outcome::failed, now);
    if (off)
        return later(call, phone.paging, now, [this](NetworkCall& unreached, Time then) {
            divert(unreached, Condition::not_reachable, Outcome::no_answer, then);
        });
    const bool engaged = phone.behaviour == Behaviour::engaged || find_at(number, Stage::answered) != nullptr;
    later(call, phone.alerts_after, now, [this, engaged](NetworkCall& there, Time then) {
        if (engaged) return divert(there, Condition::busy, Outcome::busy, then);
        ring(there, then);
    });
}

void PhoneNetwork::ring(NetworkCall& call, Time now) {
    call.stage = Stage::alerting;
    ++call.step;
    peer_.on_ringing(call.id, now);
    const Phone phone = this->phone(call.at);
    const auto answer_as = [this](AnsweredBy by) {
        return [this, by](NetworkCall& ringing, Time then) { answered_at_phone(ringing, by, then); };
    };
    if (phone.behaviour == Behaviour::answers || (call.wants_keys && !phone.keys.empty()))
        later(call, phone.acts_after, now, answer_as(AnsweredBy::subscriber));
    if (phone.behaviour == Behaviour::screens)
        later(call, phone.acts_after, now, answer_as(AnsweredBy::machine));
    if (phone.behaviour == Behaviour::declines)
        later(call, phone.acts_after, now, [this](NetworkCall& ringing, Time then) {
            divert(ringing, Condition::busy, Outcome::busy, then);
        });
    later(call, phone.no_reply_after, now, [this](NetworkCall& ringing, Time then) {
        const Phone silent = this->phone(ringing.at);
        if (silent.voicemail || silent.forwarding.contains(Condition::no_reply))
            divert(ringing, Condition::no_reply, Outcome::no_answer, then);
    });
}

/// Sends a call where the phone's carrier forwards it by this condition, or else to the carrier's voicemail;
/// where there is neither, the call is over.
void PhoneNetwork::divert(NetworkCall& call, Condition condition, Outcome otherwise, Time now) {
    const Phone phone = this->phone(call.at);
    const auto target = phone.forwarding.find(condition);
    if (target == phone.forwarding.end()) {
        if (phone.voicemail) return answered_at_phone(call, AnsweredBy::machine, now);
        return over(call, otherwise, now);
    }
    if (++call.hops > most_hops) return over(call, Outcome::failed, now);
    if (condition != Condition::unconditional) ++call.step;
    call.stage = Stage::in_transit;
    call.forwarded_by = phone.number;
    call.condition = condition;
    call.forwarded_from = phone.tells_forwarded_from ? phone.number : "";
    if (phone.shown_from != "caller")
        call.from = phone.shown_from == "own"         ? phone.number
                    : phone.shown_from == "anonymous" ? anonymous
                                                      : phone.shown_from;
    if (phone.loses_legs) {
        call.stage = Stage::routing;
        return;
    }
    later(call, phone.forwards_in, now,
          [this, number = target->second](NetworkCall& leg, Time then) { route(leg, number, then); });
}

void PhoneNetwork::answered_at_phone(NetworkCall& call, AnsweredBy by, Time now) {
    ++call.step;
    call.stage = Stage::answered;
    const Phone phone = this->phone(call.at);
    later(call, by == AnsweredBy::subscriber ? phone.hangs_up_after : machine_listens, now,
          [this](NetworkCall& bored, Time then) { over(bored, Outcome::hung_up, then); });
    call.prompted = call.wants_keys && by == AnsweredBy::subscriber;
    const CallId id = call.id;
    peer_.on_answered(id, by, now);
    if (NetworkCall* still = find(id)) take_keys(*still, now);
}

/// Lets the subscriber type the next of what is to be typed, if there was a prompt.
void PhoneNetwork::take_keys(NetworkCall& call, Time now) {
    if (!call.prompted || call.stage != Stage::answered || phone_at(call.at).keys.empty()) return;
    call.prompted = false;
    later(call, phone_at(call.at).types_after, now, [this](NetworkCall& typing, Time then) {
        Phone& phone = phone_at(typing.at);
        const std::string keys = std::move(phone.keys.front());
        phone.keys.pop_front();
        peer_.on_keys(typing.id, keys, then);
    });
}

void PhoneNetwork::over(NetworkCall& call, Outcome outcome, Time now) {
    const CallId id = call.id;
    calls_.erase(id);
    peer_.on_over(id, outcome, now);
}

Phone& PhoneNetwork::phone_at(const std::string& number) {
    const auto [found, is_new] = phones_.try_emplace(number);
    if (is_new) found->second.number = number;
    return found->second;
}

}  // namespace telephony::simulator
