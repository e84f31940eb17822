// Chooses which faults act on a request and keeps requests waiting.
#include "faults.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "api_error.hpp"
#include "order.hpp"

namespace telephony::simulator {
namespace {

constexpr std::array<std::string_view, 9> kind_names{"latency",    "lag",     "status",  "cut", "hold",
                                                     "apply_late", "garbage", "endless", "omit"};

std::string_view name_of(FaultKind kind) {
    return kind_names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(Moment moment) {
    return moment == Moment::before ? "before" : "after";
}

bool has_moment(FaultKind kind) {
    return kind == FaultKind::status || kind == FaultKind::cut || kind == FaultKind::hold ||
           kind == FaultKind::garbage;
}

/// How the fault is counted: its kind, and the moment where it can be either.
std::string label(const Fault& fault) {
    std::string text(name_of(fault.kind));
    if (has_moment(fault.kind)) text.append(" ").append(name_of(fault.moment));
    return text;
}

ApiError bad_order(const std::string& problem) {
    return {400, 0, "fault: " + problem};
}

FaultKind parse_kind(const std::string& name) {
    const auto* found = std::ranges::find(kind_names, name);
    if (found == kind_names.end()) {
        throw bad_order("kind must be latency, lag, status, cut, hold, apply_late, garbage, endless or omit");
    }
    return static_cast<FaultKind>(found - kind_names.begin());
}

std::optional<Operation> parse_operation(const std::string& name) {
    if (name == "any") return std::nullopt;
    const std::optional<Operation> operation = operation_named(name);
    if (!operation) throw bad_order("operation \"" + name + "\" is unknown");
    return operation;
}

Moment parse_moment(const std::string& name) {
    if (name != "before" && name != "after") throw bad_order("when must be before or after");
    return name == "before" ? Moment::before : Moment::after;
}

bool matches(const Fault& fault, const FaultTarget& target) {
    return (!fault.operation || *fault.operation == target.operation) &&
           (fault.number.empty() || fault.number == target.number) &&
           (fault.account_sid.empty() || fault.account_sid == target.account_sid);
}

}  // namespace

Fault parse_fault(const Json& order) {
    check_keys(order, {"operation", "times", "after", "number", "account_sid", "fault"});
    const Json& details = order.at("fault");
    check_keys(details, {"kind", "when", "milliseconds", "status", "code", "message", "headers", "fields"});

    Fault fault;
    fault.operation = parse_operation(order.value("operation", "any"));
    fault.number = order.value("number", "");
    fault.account_sid = order.value("account_sid", "");
    fault.times = order.value("times", std::uint64_t{1});
    fault.skip = order.value("after", std::uint64_t{0});
    fault.kind = parse_kind(details.at("kind").get<std::string>());
    const char* usual_moment = fault.kind == FaultKind::garbage ? "after" : "before";
    fault.moment = parse_moment(details.value("when", usual_moment));
    fault.duration = std::chrono::milliseconds(details.value("milliseconds", std::uint64_t{0}));
    fault.code = details.value("code", 0);
    fault.message = details.value("message", "Injected fault");
    fault.headers = details.value("headers", std::map<std::string, std::string>{});
    if (fault.kind == FaultKind::status) fault.status = details.at("status").get<int>();
    if (!has_moment(fault.kind) && details.contains("when")) {
        throw bad_order(std::string(name_of(fault.kind)) + " has no before or after");
    }
    if (fault.kind == FaultKind::lag && fault.operation != Operation::buy &&
        fault.operation != Operation::list_calls && fault.operation != Operation::list_caller_ids) {
        throw bad_order("lag is a fault of the operations buy, list_calls and list_caller_ids");
    }
    if (fault.kind == FaultKind::endless && !(fault.operation && is_list(*fault.operation))) {
        throw bad_order("endless is a fault of the operations list, list_calls and list_caller_ids");
    }
    if (fault.kind == FaultKind::omit) {
        fault.fields = details.at("fields").get<std::vector<std::string>>();
        if (fault.fields.empty()) throw bad_order("omit needs fields");
    }
    return fault;
}

std::uint64_t Faults::add(Fault fault) {
    const std::lock_guard lock(mutex_);
    active_.push_back({++last_id_, std::move(fault)});
    return last_id_;
}

FaultPlan Faults::take(const FaultTarget& target) {
    const std::lock_guard lock(mutex_);
    FaultPlan plan;
    plan.era = era_;
    for (Active& active : active_) {
        Fault& fault = active.fault;
        const bool already = fault.kind == FaultKind::latency ? plan.latency.has_value()
                             : fault.kind == FaultKind::lag   ? plan.lag.has_value()
                                                              : plan.outcome.has_value();
        if (already || !matches(fault, target)) continue;
        if (fault.skip > 0) {
            --fault.skip;
            continue;
        }
        ++acted_[label(fault)];
        if (fault.kind == FaultKind::latency) {
            plan.latency = fault.duration;
        } else if (fault.kind == FaultKind::lag) {
            plan.lag = fault.duration;
        } else {
            plan.outcome = fault;
        }
        if (fault.kind == FaultKind::hold) {
            plan.released = std::make_shared<bool>(false);
            held_[active.id].push_back(plan.released);
        }
        if (fault.times > 0 && --fault.times == 0) active.spent = true;
    }
    std::erase_if(active_, [](const Active& active) { return active.spent; });
    return plan;
}

bool Faults::pause(const FaultPlan& plan, std::chrono::milliseconds delay) {
    std::unique_lock lock(mutex_);
    if (delay.count() > 0) changed_.wait_for(lock, delay, [&] { return is_abandoned(plan); });
    return !is_abandoned(plan);
}

bool Faults::await_release(const FaultPlan& plan) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return *plan.released || is_abandoned(plan); });
    return !is_abandoned(plan);
}

std::optional<std::size_t> Faults::release(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    if (id == 0 || id > last_id_) return std::nullopt;
    std::erase_if(active_, [&](const Active& active) { return active.id == id; });
    std::size_t count = 0;
    if (const auto held = held_.find(id); held != held_.end()) {
        count = held->second.size();
        for (const auto& released : held->second) *released = true;
        held_.erase(held);
    }
    changed_.notify_all();
    return count;
}

void Faults::clear() {
    const std::lock_guard lock(mutex_);
    active_.clear();
    for (const auto& [id, requests] : held_) {
        for (const auto& released : requests) *released = true;
    }
    held_.clear();
    changed_.notify_all();
}

void Faults::reset() {
    const std::lock_guard lock(mutex_);
    active_.clear();
    held_.clear();
    acted_.clear();
    ++era_;
    changed_.notify_all();
}

void Faults::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
}

Json Faults::in_force() const {
    const std::lock_guard lock(mutex_);
    Json list = Json::array();
    for (const auto& [id, fault, spent] : active_) {
        list.push_back({{"id", id},
                        {"kind", label(fault)},
                        {"operation", fault.operation ? simulator::name_of(*fault.operation) : "any"},
                        {"after", fault.skip},
                        {"times", fault.times}});
    }
    return list;
}

Json Faults::acted() const {
    const std::lock_guard lock(mutex_);
    return acted_;
}

}  // namespace telephony::simulator
