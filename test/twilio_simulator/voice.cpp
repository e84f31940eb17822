// What accounts ask of calls and caller ids, and what tests ask of the network. The texts and error codes are
// Twilio's.
#include "voice.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "api_error.hpp"
#include "representation.hpp"
#include "sid.hpp"
#include "voice_representation.hpp"

namespace telephony::simulator {
namespace {

/// Validation calls come from there.
constexpr const char* validation_caller = "+14157234000";
/// How long a validation call waits for digits.
constexpr Seconds validation_patience{60};
/// A trial account may verify this many numbers.
constexpr std::size_t trial_caller_ids = 5;

ApiError not_found(const std::string& account_sid, const std::string& resource, const std::string& sid) {
    return {404, 20404,
            "The requested resource " + account_path(account_sid, resource + '/' + sid + ".json") +
                " was not found"};
}

std::string draw_code(std::mt19937_64& random) {
    std::array<char, 8> code{};
    std::snprintf(code.data(), code.size(), "%06u", static_cast<unsigned>(random() % 1'000'000));
    return code.data();
}

}  // namespace

/// Does something now, after all that is due, and wakes those who wait.
template <typename Work>
auto Voice::now_do(Work work) {
    const std::lock_guard lock(mutex_);
    const Time now = clock_.now();
    network_.advance(now);
    changed_.notify_all();
    return work(now);
}

Validation Voice::validate(const std::string& account_sid, const Parameters& parameters) {
    const ValidationOrder order = parse_validation(parameters);
    const std::optional<Line> line = store_.line(order.phone_number);
    const bool is_trial = store_.find_account(account_sid).value().type == "Trial";
    return now_do([&](Time now) {
        if (line && line->account.sid == account_sid)
            throw ApiError{400, 21449, "Phone number is already a Twilio number of your account."};
        if (caller_ids_.find(account_sid, order.phone_number) != nullptr)
            throw ApiError{400, 21450, "Phone number already validated for your account."};
        if (is_trial && caller_ids_.count(account_sid) >= trial_caller_ids)
            throw ApiError{400, 10002, "Trial account does not support this feature"};

        Call call;
        call.sid = make_sid("CA", random_);
        call.account_sid = account_sid;
        call.from = validation_caller;
        call.to = order.phone_number;
        call.direction = "outbound-api";
        call.created = call.updated = now;

        Validation& validation = validations_[call.sid];
        validation.account_sid = account_sid;
        validation.phone_number = order.phone_number;
        validation.friendly_name =
            order.friendly_name.empty() ? default_friendly_name(order.phone_number) : order.friendly_name;
        validation.call_sid = call.sid;
        validation.code = draw_code(random_);

        CallRequest request;
        request.script = validation_patience;
        const std::string sid = calls_.add(std::move(call)).sid;
        network_.schedule(now + network_.pace().of(order.call_delay),
                          [this, sid, request](Time then) { dial(sid, request, true, then); });
        return validation;
    });
}

Page<CallerId> Voice::list_caller_ids(const std::string& account_sid, CallerIdFilter filter,
                                      std::chrono::milliseconds lag, std::optional<PagePosition> from,
                                      std::size_t page_size) {
    return now_do([&](Time now) {
        filter.older_than = now - lag;
        return caller_ids_.list(account_sid, filter, from, page_size);
    });
}

CallerId Voice::caller_id(const std::string& account_sid, const std::string& sid) {
    return now_do([&](Time) { return owned_caller_id(account_sid, sid); });
}

CallerId Voice::rename_caller_id(const std::string& account_sid, const std::string& sid,
                                 const Parameters& parameters) {
    const std::optional<std::string> name = checked_friendly_name(parameters);
    return now_do([&](Time now) {
        CallerId& caller_id = owned_caller_id(account_sid, sid);
        if (name) caller_id.friendly_name = *name;
        caller_id.updated = now;
        return caller_id;
    });
}

void Voice::remove_caller_id(const std::string& account_sid, const std::string& sid) {
    now_do([&](Time) { caller_ids_.remove(owned_caller_id(account_sid, sid).sid); });
}

Call Voice::place(const std::string& account_sid, const Parameters& parameters) {
    const CallRequest request = parse_call_request(parameters);
    const Account account = store_.find_account(account_sid).value();
    const std::optional<Line> own = store_.line(request.from);
    return now_do([&](Time now) {
        const CallerId* caller_id = caller_ids_.find(account_sid, request.from);
        const bool is_own = own && own->account.sid == account_sid;
        if (!is_own && caller_id == nullptr)
            throw ApiError{400, 21210,
                           "The source phone number provided, " + request.from +
                               ", is not yet verified for your account. You may only make calls from phone "
                               "numbers that you've verified or purchased from Twilio."};
        if (account.type == "Trial" && caller_ids_.find(account_sid, request.to) == nullptr)
            throw ApiError{400, 21219,
                           "The number " + request.to +
                               " is unverified. Trial accounts may only make calls to verified numbers."};
        if (is_blocked(account, request.to))
            throw ApiError{400, 21215,
                           "Account not authorized to call " + request.to +
                               ". Perhaps you need to enable some international permissions"};

        Time& free = next_dial_[account_sid];
        const Time slot = std::max(now, free);
        free = slot + network_.pace().of(Seconds(1 / account.calls_per_second));

        Call call;
        call.sid = make_sid("CA", random_);
        call.account_sid = account_sid;
        call.from = request.from;
        call.to = request.to;
        call.direction = "outbound-api";
        call.created = call.updated = now;
        call.queue_time = std::chrono::ceil<std::chrono::milliseconds>(slot - now);
        call.phone_number_sid = is_own ? own->number.sid : caller_id->sid;
        const Call& placed = calls_.add(std::move(call));
        network_.schedule(slot,
                          [this, sid = placed.sid, request](Time then) { dial(sid, request, false, then); });
        return placed;
    });
}

Page<Call> Voice::list_calls(const std::string& account_sid, CallFilter filter, std::chrono::milliseconds lag,
                             std::optional<PagePosition> from, std::size_t page_size) {
    return now_do([&](Time now) {
        filter.older_than = now - lag;
        return calls_.list(account_sid, filter, from, page_size);
    });
}

Call Voice::call(const std::string& account_sid, const std::string& sid) {
    return now_do([&](Time) { return owned_call(account_sid, sid); });
}

Call Voice::update_call(const std::string& account_sid, const std::string& sid,
                        const Parameters& parameters) {
    const std::string status = parameter(parameters, "Status");
    const std::string twiml = parameter(parameters, "Twiml");
    const bool redirects = !twiml.empty() || !parameter(parameters, "Url").empty();
    if (!status.empty() && status != "canceled" && status != "completed")
        throw ApiError{400, 20422, "Invalid Parameter: Status"};
    return now_do([&](Time now) {
        Call& call = owned_call(account_sid, sid);
        if (call.is_over() || (redirects && call.status != CallStatus::in_progress))
            throw ApiError{400, 21220, "Unable to update record. Call is not in-progress. Cannot redirect."};
        if (redirects) start_script(call, twiml.empty() ? std::nullopt : twiml_seconds(twiml), now);
        if (status == "completed" && call.answered) {
            end(call, CallStatus::completed, now);
        } else if (!status.empty() && !call.answered) {
            end(call, CallStatus::canceled, now);
        }
        return call;
    });
}

void Voice::remove_call(const std::string& account_sid, const std::string& sid) {
    now_do([&](Time) {
        if (!owned_call(account_sid, sid).is_over())
            throw ApiError{400, 20009, "Cannot delete this resource while the call is in progress"};
        calls_.remove(sid);
    });
}

std::optional<double> Voice::price_to(const std::string& number) {
    const std::lock_guard lock(mutex_);
    return prices_.of(number);
}

std::string Voice::number_with_sid(const std::string& sid) {
    const std::lock_guard lock(mutex_);
    if (const Call* call = calls_.find(sid)) return call->to;
    if (const CallerId* caller_id = caller_ids_.find(sid)) return caller_id->phone_number;
    return "";
}

Phone Voice::configure_phone(const std::string& number, const Json& order) {
    return now_do([&](Time) {
        network_.configure_phone(number, order);
        return network_.phone(number);
    });
}

void Voice::type(const std::string& number, const std::string& keys) {
    now_do([&](Time now) { network_.type(number, keys, now); });
}

bool Voice::act(const std::string& number, const std::string& action) {
    return now_do([&](Time now) {
        if (action == "answer") return network_.pick_up(number, now);
        if (action == "decline") return network_.decline(number, now);
        return network_.put_down(number, now);
    });
}

void Voice::ring(const OutsideCall& call) {
    now_do([&](Time now) {
        const CallId id = network_.dial(call.from, call.to, now, false, call.forwarded_from);
        network_.schedule(now + network_.pace().of(call.hangs_up_after), [this, id](Time then) {
            network_.hang_up(id, then);
            if (!network_.has(id)) ends_.erase(id);
        });
    });
}

void Voice::set_application(const std::string& number, Application application) {
    now_do([&](Time) { applications_[number] = std::move(application); });
}

void Voice::set_price(const std::string& prefix, std::optional<double> price) {
    const std::lock_guard lock(mutex_);
    prices_.set(prefix, price);
}

void Voice::set_pace(Pace pace) {
    now_do([&](Time) { network_.set_pace(pace); });
}

std::vector<Call> Voice::await(const CallWait& wait, std::chrono::milliseconds timeout) {
    using Steady = std::chrono::steady_clock;
    const Steady::time_point deadline = Steady::now() + timeout;
    std::unique_lock lock(mutex_);
    while (true) {
        const Time now = clock_.now();
        network_.advance(now);
        std::vector<Call> calls = found(wait);
        if (calls.size() >= wait.count || stopped_ || Steady::now() >= deadline) return calls;
        Steady::time_point until = deadline;
        if (const std::optional<Time> next = network_.next())
            until = std::min(until, Steady::now() + std::chrono::ceil<Steady::duration>(*next - now));
        changed_.wait_until(lock, until);
    }
}

void Voice::catch_up() {
    now_do([](Time) {});
}

Json Voice::state() {
    return now_do([&](Time) {
        Json calls = Json::array();
        for (const Call* call : calls_.all()) calls.push_back(represent_truth(*call));
        Json caller_ids = Json::array();
        for (const CallerId* each : caller_ids_.all()) caller_ids.push_back(represent(*each));
        Json validations = Json::array();
        for (const auto& [sid, each] : validations_) validations.push_back(represent_truth(each));
        return Json{{"calls", calls},
                    {"caller_ids", caller_ids},
                    {"validations", validations},
                    {"phones", network_.phones()}};
    });
}

void Voice::reset() {
    now_do([&](Time) {
        network_.reset();
        network_.set_pace(usual_pace_);
        calls_.reset();
        caller_ids_.reset();
        prices_.reset();
        validations_.clear();
        applications_.clear();
        ends_.clear();
        network_ids_.clear();
        scripts_.clear();
        next_dial_.clear();
    });
}

void Voice::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
}

Call& Voice::owned_call(const std::string& account_sid, const std::string& sid) {
    Call* call = calls_.find(sid);
    if (call == nullptr || call->account_sid != account_sid) throw not_found(account_sid, "Calls", sid);
    return *call;
}

CallerId& Voice::owned_caller_id(const std::string& account_sid, const std::string& sid) {
    CallerId* caller_id = caller_ids_.find(sid);
    if (caller_id == nullptr || caller_id->account_sid != account_sid)
        throw not_found(account_sid, "OutgoingCallerIds", sid);
    return *caller_id;
}

std::vector<Call> Voice::found(const CallWait& wait) const {
    const auto fits = [](const std::string& wanted, const std::string& is) {
        return wanted.empty() || wanted == is;
    };
    std::vector<Call> calls;
    for (const Call* call : calls_.all()) {
        if (fits(wait.account_sid, call->account_sid) && fits(wait.to, call->to) &&
            fits(wait.from, call->from) && fits(wait.sid, call->sid) &&
            fits(wait.direction, call->direction) &&
            (wait.statuses.empty() || wait.statuses.contains(call->status)))
            calls.push_back(*call);
    }
    return calls;
}

}  // namespace telephony::simulator
