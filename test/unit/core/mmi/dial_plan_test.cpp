// Dial plans against a model network: on codes set what was wished and no more, off codes undo just that.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "core/mmi/network.hpp"
#include "mmi/dial_plan.hpp"
#include "numbering/format.hpp"

namespace telephony::mmi {
namespace {

using numbering::E164;

constexpr int numbers_per_case = 1000;

E164 number(std::string_view text) {
    E164 value;
    if (E164::parse(text, value) != numbering::E164Problem::none) throw std::invalid_argument("not E.164");
    return value;
}

std::string random_digits(std::mt19937& random, int count) {
    std::string text;
    while (count-- > 0) text += static_cast<char>('0' + random() % 10);
    return text;
}

/// A number that every given style can write.
E164 random_destination(std::mt19937& random, NumberStyle style) {
    constexpr std::string_view with_trunk[] = {"1", "44", "52", "90", "91", "234"};
    constexpr std::string_view any[] = {"1", "7", "33", "44", "55", "90", "234", "380", "971"};
    switch (style) {
        case NumberStyle::national:
            return number("+" + std::string(with_trunk[random() % std::size(with_trunk)]) +
                          random_digits(random, 7 + random() % 6));
        case NumberStyle::e164:
            return number("+" + std::string(any[random() % std::size(any)]) +
                          random_digits(random, 7 + random() % 6));
        default:
            return number("+1" + random_digits(random, 10));
    }
}

/// The destination as a caller in its own country, or with that style of writing, would dial it.
std::string expected_digits(const E164& destination, NumberStyle style) {
    const std::string digits = destination.digits();
    switch (style) {
        case NumberStyle::e164:
            return "+" + digits;
        case NumberStyle::national:
            // Whether a trunk prefix belongs before a number of this kind is for expected/dial_codes.out to
            // say.
            return std::string(numbering::national_dialling(numbering::built_in_plan(), destination).view());
        case NumberStyle::ten_digits:
            return digits.substr(1);
        case NumberStyle::eleven_digits:
            return digits;
    }
    return {};
}

std::string decoded(std::string_view uri) {
    EXPECT_EQ(uri.substr(0, 4), "tel:");
    std::string code;
    for (std::size_t i = 4; i < uri.size(); ++i) {
        EXPECT_NE(uri[i], '#');
        if (uri.substr(i, 3) == "%23") {
            code += '#';
            i += 2;
        } else {
            code += uri[i];
        }
    }
    return code;
}

// The conditions a wish must set, no more and no less.
std::set<std::string> wished(const ForwardingWish& wish) {
    if (wish.type == ForwardingType::total_ai) return {"unconditional"};
    if (wish.net == SafetyNet::busy_or_no_reply) return {"busy", "no_reply"};
    return {"busy", "no_reply", "not_reachable"};
}

void expect_plan_keeps_its_promise(const ForwardingWish& wish) {
    DialPlan plan;
    ASSERT_EQ(make_plan(wish, plan), PlanProblem::none);
    const std::string written = expected_digits(wish.destination, wish.number_style);
    const std::string timed =
        wish.ring_time_seconds ? written + "," + std::to_string(*wish.ring_time_seconds) : written;

    Network::State expected;
    for (const std::string& condition : wished(wish))
        expected[condition] = condition == "no_reply" ? timed : written;

    Network network;
    for (const DialStep& step : plan) network.dial(step.activation.view());
    ASSERT_EQ(network.state(), expected);

    // Each step alone: what it sets, its off code undoes, and its status code asks about. What others set
    // stays.
    for (const DialStep& step : plan) {
        Network alone;
        alone.dial(step.activation.view());
        std::set<std::string> set_here;
        for (const auto& [condition, target] : alone.state()) set_here.insert(condition);
        alone.dial(step.deactivation.view());
        ASSERT_TRUE(alone.state().empty()) << step.deactivation.view();
        if (!step.status.empty()) {
            alone.dial(step.status.view());
            ASSERT_EQ(alone.asked(), set_here) << step.status.view();

            Network others;
            for (std::string_view condition : {"unconditional", "no_reply", "not_reachable", "busy"})
                others.state()[std::string(condition)] = "999";
            others.dial(step.deactivation.view());
            ASSERT_EQ(others.state().size(), 4 - set_here.size()) << step.deactivation.view();
            for (const std::string& condition : set_here) ASSERT_FALSE(others.state().contains(condition));

            const ParseResult on = parse(step.activation.view());
            ASSERT_EQ(on.problem, Problem::none);
            ASSERT_EQ(on.code.number.view(), written);
            ASSERT_EQ(on.code.no_reply_seconds, step.ring_time_seconds);
            ASSERT_EQ(step.condition, name(on.code.service));
        }
        ASSERT_EQ(decoded(step.activation_uri.view()), step.activation.view());
        ASSERT_EQ(is_star_code(step.activation.view()), step.status.empty());
    }
}

TEST(DialPlan, EveryWishIsGrantedExactly) {
    std::mt19937 random(20261122);
    int plans = 0;
    for (SafetyNet net :
         {SafetyNet::all_conditional, SafetyNet::three_conditions, SafetyNet::busy_or_no_reply})
        for (NumberStyle style :
             {NumberStyle::e164, NumberStyle::national, NumberStyle::ten_digits, NumberStyle::eleven_digits})
            for (ForwardingType type : {ForwardingType::total_ai, ForwardingType::safety_net})
                for (int ring_time : {0, 5, 10, 15, 20, 25, 30}) {
                    const bool star = dialect_of(net) == Dialect::star;
                    if (star && style != NumberStyle::ten_digits) continue;
                    if (ring_time != 0 && (star || type == ForwardingType::total_ai)) continue;
                    for (int i = 0; i < numbers_per_case; ++i) {
                        ForwardingWish wish{net, style, type, random_destination(random, style), {}};
                        if (ring_time != 0) wish.ring_time_seconds = ring_time;
                        expect_plan_keeps_its_promise(wish);
                        if (HasFatalFailure()) return;
                        ++plans;
                    }
                }
    EXPECT_EQ(plans, (2 * 4 * (1 + 7) + 2) * numbers_per_case);
}

std::vector<std::string> activations(const ForwardingWish& wish) {
    DialPlan plan;
    EXPECT_EQ(make_plan(wish, plan), PlanProblem::none);
    std::vector<std::string> codes;
    for (const DialStep& step : plan) codes.emplace_back(step.activation.view());
    return codes;
}

TEST(DialPlan, WritesWhatCarriersDocument) {
    using Codes = std::vector<std::string>;
    const E164 us = number("+12025550123");
    EXPECT_EQ(activations({SafetyNet::three_conditions,
                           NumberStyle::e164,
                           ForwardingType::safety_net,
                           number("+2348012345678"),
                           {}}),
              (Codes{"**61*+2348012345678#", "**62*+2348012345678#", "**67*+2348012345678#"}));
    EXPECT_EQ(activations({SafetyNet::three_conditions, NumberStyle::eleven_digits,
                           ForwardingType::safety_net, us, 20}),
              (Codes{"**61*12025550123**20#", "**62*12025550123#", "**67*12025550123#"}));
    EXPECT_EQ(activations({SafetyNet::all_conditional, NumberStyle::e164, ForwardingType::safety_net, us, 5}),
              (Codes{"**004*+12025550123**5#"}));
    EXPECT_EQ(activations({SafetyNet::all_conditional,
                           NumberStyle::national,
                           ForwardingType::total_ai,
                           number("+905321234567"),
                           {}}),
              (Codes{"**21*05321234567#"}));
    EXPECT_EQ(
        activations({SafetyNet::busy_or_no_reply, NumberStyle::ten_digits, ForwardingType::total_ai, us, {}}),
        (Codes{"*722025550123"}));
    EXPECT_EQ(activations(
                  {SafetyNet::busy_or_no_reply, NumberStyle::ten_digits, ForwardingType::safety_net, us, {}}),
              (Codes{"*712025550123"}));
}

TEST(DialPlan, TheLongestNumberFits) {
    EXPECT_EQ(activations({SafetyNet::all_conditional, NumberStyle::e164, ForwardingType::safety_net,
                           E164::highest(), 30}),
              (std::vector<std::string>{"**004*+999999999999999**30#"}));
    const ForwardingCode longest{Procedure::registration, Service::all_conditional,
                                 DialNumber{}.append("+999999999999999"), BasicService::telephony, 30};
    EXPECT_EQ(write(longest).view(), "**004*+999999999999999*11*30#");
}

TEST(DialPlan, FindsSafetyNetsByTheirCodes) {
    const auto find = [](Dialect dialect, std::vector<std::string_view> codes) {
        return find_safety_net(dialect, codes);
    };
    EXPECT_EQ(find(Dialect::mmi, {"004"}), SafetyNet::all_conditional);
    EXPECT_EQ(find(Dialect::mmi, {"61", "62", "67"}), SafetyNet::three_conditions);
    EXPECT_EQ(find(Dialect::mmi, {"67", "61", "62"}), SafetyNet::three_conditions);
    EXPECT_EQ(find(Dialect::star, {"71"}), SafetyNet::busy_or_no_reply);
    for (const auto& codes : std::vector<std::vector<std::string_view>>{{},
                                                                        {"4"},
                                                                        {"61"},
                                                                        {"62"},
                                                                        {"61", "62"},
                                                                        {"61", "61", "62"},
                                                                        {"61", "62", "67", "67"},
                                                                        {"004", "61"},
                                                                        {"71"},
                                                                        {"002"},
                                                                        {"21"},
                                                                        {"61", "62", "67", "004"}})
        EXPECT_EQ(find(Dialect::mmi, codes), std::nullopt);
    for (const auto& codes : std::vector<std::vector<std::string_view>>{{}, {"72"}, {"004"}, {"71", "72"}})
        EXPECT_EQ(find(Dialect::star, codes), std::nullopt);
}

struct Refusal {
    ForwardingWish wish;
    PlanProblem problem;
    std::string_view message;
};

TEST(DialPlan, RefusesWithTheValueAndWhatIsAllowed) {
    const auto us = number("+12025550123"), gb = number("+447911123456"), br = number("+5511987654321");
    using enum ForwardingType;
    using enum NumberStyle;
    constexpr SafetyNet one = SafetyNet::all_conditional, star = SafetyNet::busy_or_no_reply;
    const Refusal refusals[] = {
        {{one, NumberStyle::e164, safety_net, us, 17},
         PlanProblem::ring_time_not_allowed,
         "ring_time_seconds 17 is not possible"},
        {{one, NumberStyle::e164, safety_net, us, 0},
         PlanProblem::ring_time_not_allowed,
         "ring_time_seconds 0 is not possible"},
        {{one, NumberStyle::e164, safety_net, us, 60},
         PlanProblem::ring_time_not_allowed,
         "ring_time_seconds 60 is not possible"},
        {{one, NumberStyle::e164, safety_net, us, -20},
         PlanProblem::ring_time_not_allowed,
         "ring_time_seconds -20 is not possible"},
        {{one, NumberStyle::e164, total_ai, us, 20},
         PlanProblem::ring_time_of_total,
         "ring_time_seconds 20 does not apply to forwarding_type \"total_ai\""},
        {{star, ten_digits, safety_net, us, 20},
         PlanProblem::ring_time_of_star,
         "ring_time_seconds 20 does not apply to dialect \"star\""},
        {{star, NumberStyle::e164, safety_net, us, {}},
         PlanProblem::star_number_style,
         "number_style \"e164\" does not apply to dialect \"star\""},
        {{star, eleven_digits, total_ai, us, {}},
         PlanProblem::star_number_style,
         "number_style \"eleven_digits\" does not apply to dialect \"star\""},
        {{one, ten_digits, total_ai, gb, {}},
         PlanProblem::style_needs_north_america,
         "number_style \"ten_digits\" does not apply to +44******3456"},
        {{one, eleven_digits, total_ai, number("+1202555012"), {}},
         PlanProblem::style_needs_north_america,
         "number_style \"eleven_digits\" does not apply to +1*****5012"},
        {{one, national, total_ai, br, {}},
         PlanProblem::style_needs_trunk_prefix,
         "number_style \"national\" does not apply to +55*******4321"},
        {{one, NumberStyle::e164, total_ai, number("+234"), {}},
         PlanProblem::destination_incomplete,
         "destination +*** is incomplete"},
    };
    for (const Refusal& refusal : refusals) {
        DialPlan plan;
        EXPECT_EQ(make_plan(refusal.wish, plan), refusal.problem);
        EXPECT_EQ(plan.count, 0u);
        const Explanation text = explain(refusal.problem, refusal.wish);
        EXPECT_EQ(text.message, refusal.message);
        EXPECT_FALSE(text.detail.empty());
        for (const std::string& shown : {text.message, text.detail, text.hint})
            EXPECT_EQ(shown.find(refusal.wish.destination.digits().substr(0, 6)), std::string::npos) << shown;
    }
}

TEST(DialPlan, NamesTheServiceGroupInEveryCode) {
    ForwardingWish wish{SafetyNet::three_conditions,
                        NumberStyle::e164,
                        ForwardingType::safety_net,
                        number("+12025550123"),
                        20,
                        BasicService::telephony};
    DialPlan plan;
    ASSERT_EQ(make_plan(wish, plan), PlanProblem::none);
    EXPECT_EQ(plan.steps[0].activation.view(), "**61*+12025550123*11*20#");
    EXPECT_EQ(plan.steps[0].deactivation.view(), "##61**11#");
    EXPECT_EQ(plan.steps[0].status.view(), "*#61**11#");
    EXPECT_EQ(plan.steps[1].activation.view(), "**62*+12025550123*11#");
    for (const DialStep& step : plan)
        for (const CodeText& code : {step.activation, step.deactivation, step.status})
            EXPECT_EQ(parse(code.view()).code.basic, BasicService::telephony) << code.view();

    wish.net = SafetyNet::busy_or_no_reply;
    wish.number_style = NumberStyle::ten_digits;
    wish.ring_time_seconds.reset();
    EXPECT_EQ(make_plan(wish, plan), PlanProblem::service_group_of_star);
    EXPECT_EQ(explain(PlanProblem::service_group_of_star, wish).message,
              "service_group does not apply to dialect \"star\"");
}

TEST(TelUri, EscapesTheHashAndNothingElse) {
    EXPECT_EQ(tel_uri("**61*+15551234567**20#")->view(), "tel:**61*+15551234567**20%23");
    EXPECT_EQ(tel_uri("##21#")->view(), "tel:%23%2321%23");
    EXPECT_EQ(tel_uri("*#21#")->view(), "tel:*%2321%23");
    EXPECT_EQ(tel_uri("*722025550123")->view(), "tel:*722025550123");
    EXPECT_EQ(tel_uri("*73")->view(), "tel:*73");
}

TEST(TelUri, OnlyOfCodes) {
    for (std::string_view text :
         {"", "+15551234567", "*72+15551234567", "**61*5551234567*20#", "*7", "*72 2025550123",
          "*722025550123;phone-context=x", "*#06#", "*721234567890123456", "72", "*72#"})
        EXPECT_FALSE(tel_uri(text)) << text;
}

}  // namespace
}  // namespace telephony::mmi
