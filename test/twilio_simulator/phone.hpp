// A subscriber's own phone on the telephone network: what it does when it is called, and where its carrier
// forwards.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace telephony::simulator {

using Json = nlohmann::json;

/// Seconds as people and carriers count them; how long one takes in a test is said by Pace.
using Seconds = std::chrono::duration<double>;

/// What happens when somebody calls the phone.
enum class Behaviour {
    unanswered,  ///< it rings, and nobody comes
    answers,     ///< a subscriber answers
    declines,    ///< a subscriber declines the call: the network takes the phone for busy
    engaged,     ///< it is in another call
    off,         ///< switched off or in airplane mode: the network pages it in vain
    screens,     ///< the phone itself answers and asks who calls, as iOS 26 does with unknown callers
    unassigned,  ///< there is no such number
};

/// When a carrier forwards.
enum class Condition { unconditional, busy, no_reply, not_reachable };

std::string_view name_of(Behaviour behaviour);
std::string_view name_of(Condition condition);

struct Phone {
    std::string number;
    Behaviour behaviour = Behaviour::unanswered;
    std::map<Condition, std::string> forwarding;   ///< E.164, by condition
    std::map<Condition, std::string> deactivated;  ///< registered with the carrier, but not active
    std::set<Condition> ignored;  ///< what the carrier says it has set and has not, when a code is dialled
    bool voicemail = false;       ///< the carrier's takes what is not answered and not forwarded
    bool loses_legs = false;      ///< calls that it forwards arrive nowhere
    bool early_ringing = true;  ///< callers hear it ring while it is paged and while all calls are forwarded
    bool tells_forwarded_from = false;  ///< the carrier says who forwards
    std::string shown_from = "caller";  ///< on forwarded legs: caller, own, anonymous, or a number
    std::deque<std::string> keys;       ///< what its subscriber will type, one text a prompt

    Seconds alerts_after{1};     ///< from the call to the first ring
    Seconds acts_after{3};       ///< from the first ring to answering, declining or screening
    Seconds types_after{2};      ///< from a prompt to the typed digits
    Seconds hangs_up_after{20};  ///< from answering to the subscriber's hanging up
    Seconds no_reply_after{20};  ///< from the first ring to forwarding on no reply
    Seconds paging{12};          ///< from the call to forwarding of a phone that is off
    Seconds forwards_in{1};      ///< from the decision to forward to the arrival of the forwarded leg
};

/// Changes what is given of a phone, all but its number; a code in `dial`, or each of a list of them, is
/// dialled then. Throws ApiError 400 that says what is wrong with the order.
void configure(Phone& phone, const Json& order);

/// Dials a code that sets or ends forwarding, as phones read it (3GPP TS 22.030 and the star codes of North
/// America). Throws ApiError 400 for what no phone takes as one.
void dial(Phone& phone, const std::string& code);

Json represent(const Phone& phone);

}  // namespace telephony::simulator
