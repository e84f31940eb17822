// What we write, we, Android and oFono read the same way; what we accept, both phones accept.
#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>
#include <random>
#include <string>

#include "core/mmi/phone_rules.hpp"
#include "mmi/forwarding_code.hpp"

namespace telephony::mmi {
namespace {

constexpr int numbers_per_shape = 1000;

constexpr Procedure every_procedure[] = {Procedure::registration, Procedure::activation,
                                         Procedure::deactivation, Procedure::erasure,
                                         Procedure::interrogation};
constexpr Service every_service[] = {Service::unconditional, Service::no_reply, Service::not_reachable,
                                     Service::busy,          Service::all,      Service::all_conditional};
constexpr int every_basic_service[] = {0, 10, 11, 12, 13, 19, 20, 21, 22, 24, 25, 26};  // 0: none
constexpr int every_timer[] = {0, 5, 10, 15, 20, 25, 30};                               // 0: none

DialNumber random_number(std::mt19937& random) {
    DialNumber number;
    const bool international = random() % 2 == 0;
    const int length = international ? 2 + random() % 14 : 1 + random() % 15;
    if (international) number.append('+');
    for (int i = 0; i < length; ++i)
        number.append(static_cast<char>(international && i == 0 ? '1' + random() % 9 : '0' + random() % 10));
    return number;
}

std::string shown(std::optional<BasicService> basic) {
    return basic ? std::to_string(static_cast<int>(*basic)) : "";
}

void expect_same(const phone::Reading& reading, const ForwardingCode& code, std::string_view phone,
                 std::string_view text) {
    ASSERT_EQ(reading.action, phone::Action::set) << phone << " refuses " << text;
    EXPECT_EQ(reading.procedure, name(code.procedure)) << phone << ' ' << text;
    EXPECT_EQ(reading.service, service_code(code.service)) << phone << ' ' << text;
    EXPECT_EQ(reading.number, code.number.view()) << phone << ' ' << text;
    EXPECT_EQ(reading.basic, shown(code.basic)) << phone << ' ' << text;
    EXPECT_EQ(reading.timer.empty() ? 0 : std::stoi(reading.timer), code.no_reply_seconds.value_or(0))
        << phone << ' ' << text;
}

// Calls `visit` with every code the rules allow, registrations with `numbers_per_shape` numbers each.
template <class Visit>
int for_every_code(Visit visit) {
    std::mt19937 random(20261122);
    int codes = 0;
    for (Procedure procedure : every_procedure)
        for (Service service : every_service)
            for (int basic : every_basic_service)
                for (int timer : every_timer) {
                    const bool registration = procedure == Procedure::registration;
                    for (int i = 0; i < (registration ? numbers_per_shape : 1); ++i) {
                        ForwardingCode code{procedure, service, {}, {}, {}};
                        if (registration) code.number = random_number(random);
                        if (basic != 0) code.basic = static_cast<BasicService>(basic);
                        if (timer != 0) code.no_reply_seconds = timer;
                        if (check(code) != Problem::none) break;
                        ++codes;
                        visit(code);
                        if (testing::Test::HasFatalFailure()) return codes;
                    }
                }
    return codes;
}

TEST(MmiRoundTrip, EveryCodeReadsBackAndMeansTheSameToPhones) {
    const int codes = for_every_code([](const ForwardingCode& code) {
        const CodeText text = write(code);
        const ParseResult result = parse(text.view());
        ASSERT_EQ(result.problem, Problem::none) << text.view() << ": " << describe(result);
        ASSERT_TRUE(result.code == code) << text.view();
        expect_same(phone::android(text.view()), code, "Android", text.view());
        expect_same(phone::ofono(text.view()), code, "oFono", text.view());
    });
    // Registration: services with a timer (3) x 7 timers + the others (3), x 5 groups with voice or none.
    // The other four procedures: 6 services x 12 groups.
    EXPECT_EQ(codes, (3 * 7 + 3) * 5 * numbers_per_shape + 4 * 6 * 12);
}

TEST(MmiRoundTrip, OneStarAndANumberIsTheSameRegistration) {
    for_every_code([](const ForwardingCode& code) {
        if (code.procedure != Procedure::registration) return;
        const CodeText text = write(code);
        const ParseResult result = parse(text.view().substr(1));
        ASSERT_EQ(result.problem, Problem::none) << text.view().substr(1) << ": " << describe(result);
        ASSERT_TRUE(result.code == code) << text.view().substr(1);
    });
}

// Every text of up to eight of these characters: if we take it, both phones take it and read the same, and
// writing what was read gives a text with the same meaning.
TEST(MmiRoundTrip, NoShortTextIsTakenThatAPhoneReadsOtherwise) {
    constexpr std::string_view alphabet = "*#+0126";
    constexpr std::size_t longest = 8;
    int accepted = 0;
    std::string text;
    const auto visit = [&](auto&& self) -> void {
        const ParseResult result = parse(text);
        if (result.problem == Problem::none) {
            ++accepted;
            expect_same(phone::android(text), result.code, "Android", text);
            expect_same(phone::ofono(text), result.code, "oFono", text);
            ASSERT_EQ(check(result.code), Problem::none) << text;
            ASSERT_TRUE(parse(write(result.code).view()).code == result.code) << text;
        }
        if (text.size() == longest) return;
        for (char c : alphabet) {
            text.push_back(c);
            self(self);
            text.pop_back();
            if (testing::Test::HasFatalFailure()) return;
        }
    };
    visit(visit);
    // By hand, with the services 21, 61, 62, 002 that these digits can spell. Bare: 4 prefixes x 4 services.
    // With a service group: * and # x 3 services x the groups 10 11 12 20 21 22 26. One star and a number: 3
    // services x (4 + 16 + 64 plain, 3 x 4 with +), 002 x (4 + 16). Two stars: 3 services x (4 + 16), 002
    // x 4.
    EXPECT_EQ(accepted, 4 * 4 + 2 * 3 * 7 + 3 * (84 + 12) + 20 + 3 * 20 + 4);
}

TEST(MmiCheck, RefusesWhatTheWriterCouldNotWrite) {
    const auto number = [](std::string_view text) { return DialNumber{}.append(text); };
    using enum Procedure;
    const std::pair<ForwardingCode, Problem> cases[] = {
        {{registration, Service::busy, {}, {}, {}}, Problem::number_missing},
        {{registration, Service::busy, number("12x"), {}, {}}, Problem::number_malformed},
        {{registration, Service::busy, number("+"), {}, {}}, Problem::number_malformed},
        {{erasure, Service::busy, number("123"), {}, {}}, Problem::number_not_allowed},
        {{registration, Service::busy, number("123"), BasicService::fax, {}},
         Problem::basic_service_not_voice},
        {{registration, Service::busy, number("123"), {}, 20}, Problem::timer_without_no_reply},
        {{erasure, Service::no_reply, {}, {}, 20}, Problem::timer_without_registration},
        {{registration, Service::no_reply, number("123"), {}, 0}, Problem::timer_not_in_range},
        {{registration, Service::no_reply, number("123"), {}, -5}, Problem::timer_not_in_range},
        {{registration, Service::no_reply, number("123"), {}, 35}, Problem::timer_not_in_range},
        {{registration, Service::no_reply, number("123"), {}, 17}, Problem::timer_not_a_step},
        {{registration, Service::no_reply, number("123"), BasicService::telephony, 30}, Problem::none},
    };
    for (const auto& [code, problem] : cases) EXPECT_EQ(check(code), problem);
}

}  // namespace
}  // namespace telephony::mmi
