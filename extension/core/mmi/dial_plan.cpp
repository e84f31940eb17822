// Dial plans: which service codes a wish needs, and how the destination is written in them.
#include "dial_plan.hpp"

#include <algorithm>
#include <array>

#include "numbering/format.hpp"

namespace telephony::mmi {
namespace {

using numbering::E164;

// Calling codes of the countries offered or planned, in which the national form as the numbering plan writes
// it can be dialled on any phone. Brazil (55) is left out on purpose: there a carrier code that only the
// caller can choose stands before numbers of other areas.
constexpr std::array national_form_codes{1, 44, 52, 90, 91, 234};

bool has_national_form(std::optional<int> code) noexcept {
    return code && std::ranges::find(national_form_codes, *code) != national_form_codes.end();
}

void append_digits(const E164& number, std::size_t from, DialNumber& text) noexcept {
    for (int i = static_cast<int>(from); i < number.digit_count(); ++i)
        text.append(static_cast<char>('0' + number.digit(i)));
}

PlanProblem write_destination(const E164& number, NumberStyle style, DialNumber& text) noexcept {
    const std::size_t code_length = numbering::calling_code_length(number);
    const std::optional<int> code = numbering::calling_code(number);
    if (code && static_cast<std::size_t>(number.digit_count()) == code_length)
        return PlanProblem::destination_incomplete;
    switch (style) {
        case NumberStyle::e164:
            text.append('+');
            append_digits(number, 0, text);
            return PlanProblem::none;
        case NumberStyle::national: {
            if (!has_national_form(code)) return PlanProblem::style_needs_trunk_prefix;
            const auto dialled = national_dialling(numbering::built_in_plan(), number);
            if (dialled.view().size() > DialNumber::capacity()) return PlanProblem::style_needs_trunk_prefix;
            text.append(dialled.view());
            return PlanProblem::none;
        }
        case NumberStyle::ten_digits:
        case NumberStyle::eleven_digits:
            if (code != 1 || number.digit_count() != 11) return PlanProblem::style_needs_north_america;
            append_digits(number, style == NumberStyle::ten_digits ? 1 : 0, text);
            return PlanProblem::none;
    }
    return PlanProblem::none;
}

// The three codes of a step name one service, so the off code undoes what the on code set and the status code
// asks about it, no more and no less. For 004 that is *#004#: published code lists give it, and modem manuals
// name it as the way to query the group. *#61# would be answered by more networks, but it calls a net whole
// that holds in one condition only, which has been seen. Where a network refuses *#004# the customer sees an
// error, and *#61#, *#62#, *#67# remain.
DialStep mmi_step(Service service, const DialNumber& destination, std::optional<BasicService> group,
                  std::optional<int> ring_time) noexcept {
    DialStep step;
    step.condition = name(service);
    step.activation = write({Procedure::registration, service, destination, group, ring_time});
    step.deactivation = write({Procedure::erasure, service, {}, group, std::nullopt});
    step.status = write({Procedure::interrogation, service, {}, group, std::nullopt});
    step.ring_time_seconds = ring_time;
    return step;
}

DialStep star_step(std::string_view feature, std::string_view condition,
                   const DialNumber& destination) noexcept {
    DialStep step;
    step.condition = condition;
    step.activation.append(feature).append(destination.view());
    step.deactivation.append("*73");
    return step;
}

std::string allowed_styles(const E164& number) {
    std::string list;
    for (NumberStyle style :
         {NumberStyle::e164, NumberStyle::national, NumberStyle::ten_digits, NumberStyle::eleven_digits}) {
        DialNumber text;
        if (write_destination(number, style, text) == PlanProblem::none)
            list.append(list.empty() ? "" : ", ").append(number_styles[style]);
    }
    return "Allowed for this destination: " + list + ".";
}

PlanProblem check_ring_time(const ForwardingWish& wish) noexcept {
    if (!wish.ring_time_seconds) return PlanProblem::none;
    if (dialect_of(wish.net) == Dialect::star) return PlanProblem::ring_time_of_star;
    if (wish.type == ForwardingType::total_ai) return PlanProblem::ring_time_of_total;
    return is_no_reply_time(*wish.ring_time_seconds) ? PlanProblem::none : PlanProblem::ring_time_not_allowed;
}

}  // namespace

std::optional<SafetyNet> find_safety_net(Dialect dialect, std::span<const std::string_view> codes) noexcept {
    const auto has = [codes](std::string_view code) {
        return std::find(codes.begin(), codes.end(), code) != codes.end();
    };
    if (dialect == Dialect::star) {
        if (codes.size() == 1 && has("71")) return SafetyNet::busy_or_no_reply;
        return std::nullopt;
    }
    if (codes.size() == 1 && has("004")) return SafetyNet::all_conditional;
    if (codes.size() == 3 && has("61") && has("62") && has("67")) return SafetyNet::three_conditions;
    return std::nullopt;
}

std::string_view safety_nets(Dialect dialect) noexcept {
    return dialect == Dialect::star ? "{71}" : "{004} or {61,62,67}";
}

Dialect dialect_of(SafetyNet net) noexcept {
    return net == SafetyNet::busy_or_no_reply ? Dialect::star : Dialect::mmi;
}

PlanProblem make_plan(const ForwardingWish& wish, DialPlan& plan) noexcept {
    if (const PlanProblem problem = check_ring_time(wish); problem != PlanProblem::none) return problem;
    const bool star = dialect_of(wish.net) == Dialect::star;
    if (star && wish.number_style != NumberStyle::ten_digits) return PlanProblem::star_number_style;
    if (star && wish.service_group) return PlanProblem::service_group_of_star;
    DialNumber destination;
    if (const PlanProblem problem = write_destination(wish.destination, wish.number_style, destination);
        problem != PlanProblem::none)
        return problem;

    plan.count = 0;
    const auto add = [&plan](const DialStep& step) {
        DialStep& added = plan.steps[plan.count++];
        added = step;
        added.activation_uri = tel_uri_of_code(step.activation.view());
    };
    if (wish.type == ForwardingType::total_ai) {
        add(star ? star_step("*72", name(Service::unconditional), destination)
                 : mmi_step(Service::unconditional, destination, wish.service_group, std::nullopt));
        return PlanProblem::none;
    }
    switch (wish.net) {
        case SafetyNet::all_conditional:
            add(mmi_step(Service::all_conditional, destination, wish.service_group, wish.ring_time_seconds));
            break;
        case SafetyNet::three_conditions:
            add(mmi_step(Service::no_reply, destination, wish.service_group, wish.ring_time_seconds));
            add(mmi_step(Service::not_reachable, destination, wish.service_group, std::nullopt));
            add(mmi_step(Service::busy, destination, wish.service_group, std::nullopt));
            break;
        case SafetyNet::busy_or_no_reply:
            add(star_step("*71", "busy_or_no_reply", destination));
            break;
    }
    return PlanProblem::none;
}

Explanation explain(PlanProblem problem, const ForwardingWish& wish) {
    const std::string ring_time = std::to_string(wish.ring_time_seconds.value_or(0));
    const std::string style{number_styles[wish.number_style]};
    const std::string masked = numbering::mask(wish.destination);
    const std::string no_ring_time = "Pass NULL for ring_time_seconds.";
    switch (problem) {
        case PlanProblem::none:
            return {};
        case PlanProblem::ring_time_not_allowed:
            return {"ring_time_seconds " + ring_time + " is not possible",
                    "A no-reply timer is 5 to 30 seconds in steps of 5.",
                    "Allowed values: 5, 10, 15, 20, 25, 30, or NULL for a code without a timer."};
        case PlanProblem::ring_time_of_total:
            return {"ring_time_seconds " + ring_time + " does not apply to forwarding_type \"total_ai\"",
                    "All calls are forwarded at once, the phone does not ring.", no_ring_time};
        case PlanProblem::ring_time_of_star:
            return {"ring_time_seconds " + ring_time + " does not apply to dialect \"star\"",
                    "Star codes carry no timer; the carrier decides how long the phone rings.", no_ring_time};
        case PlanProblem::service_group_of_star:
            return {"service_group does not apply to dialect \"star\"",
                    "Star codes name no basic service group.", "Pass NULL for service_group."};
        case PlanProblem::star_number_style:
            return {"number_style \"" + style + "\" does not apply to dialect \"star\"",
                    "Star codes take the ten digits of a North American number.",
                    "Allowed value: ten_digits."};
        case PlanProblem::style_needs_north_america:
            return {"number_style \"" + style + "\" does not apply to " + masked,
                    "It is for numbers of calling code 1 with ten digits after it.",
                    dialect_of(wish.net) == Dialect::star ? "Star codes forward to no other numbers."
                                                          : allowed_styles(wish.destination)};
        case PlanProblem::style_needs_trunk_prefix: {
            std::string known;
            for (const int known_code : national_form_codes)
                known.append(known.empty() ? "" : ", ").append(std::to_string(known_code));
            return {"number_style \"national\" does not apply to " + masked,
                    "The trunk prefix is known for the calling codes " + known + ".",
                    allowed_styles(wish.destination)};
        }
        case PlanProblem::destination_incomplete:
            return {"destination " + masked + " is incomplete", "Nothing follows its calling code.", {}};
    }
    return {};
}

}  // namespace telephony::mmi
