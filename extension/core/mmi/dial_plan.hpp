// From what a customer wants forwarded to the codes to dial, step by step; no code is a template.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "forwarding_code.hpp"
#include "numbering/e164.hpp"
#include "tel_uri.hpp"

namespace telephony::mmi {

/// The language a carrier's network understands.
enum class Dialect : std::uint8_t {
    mmi,   ///< TS 22.030 codes, the GSM family
    star,  ///< `*72`, `*71`, `*73`: North American feature codes, as at Verizon
};

/// How a carrier forwards busy, unanswered and unreachable calls.
enum class SafetyNet : std::uint8_t {
    all_conditional,   ///< mmi `004`: one code for the three conditions
    three_conditions,  ///< mmi `61`, `62`, `67`: one code each
    busy_or_no_reply,  ///< star `71`: busy and no answer; unreachable is not covered
};

/// How the destination is written inside a code.
enum class NumberStyle : std::uint8_t {
    e164,           ///< `+12025550123`
    national,       ///< trunk prefix and national number, as `07911123456`
    ten_digits,     ///< `2025550123`, calling code 1 only
    eleven_digits,  ///< `12025550123`, calling code 1 only
};

enum class ForwardingType : std::uint8_t {
    total_ai,    ///< every call, without ringing
    safety_net,  ///< the calls the customer misses
};

/// The SQL names of an enumeration, in its order.
template <class Enum, std::size_t Count>
struct Names {
    std::array<std::string_view, Count> names;

    constexpr std::string_view operator[](Enum value) const noexcept {
        return names[static_cast<std::size_t>(value)];
    }
    constexpr std::optional<Enum> find(std::string_view name) const noexcept {
        for (std::size_t i = 0; i < Count; ++i)
            if (names[i] == name) return static_cast<Enum>(i);
        return std::nullopt;
    }
    /// `a, b, c`, for error hints.
    std::string list() const {
        std::string text;
        for (std::string_view name : names) text.append(text.empty() ? "" : ", ").append(name);
        return text;
    }
};

inline constexpr Names<Dialect, 2> dialects{{"mmi", "star"}};
inline constexpr Names<NumberStyle, 4> number_styles{{"e164", "national", "ten_digits", "eleven_digits"}};
inline constexpr Names<ForwardingType, 2> forwarding_types{{"total_ai", "safety_net"}};

/// The safety net a carrier's service codes make, in any order: `004`, or `61` `62` `67`, in the mmi dialect;
/// `71` in the star dialect. nullopt for any other set: a net with a hole is not sold as one.
std::optional<SafetyNet> find_safety_net(Dialect dialect, std::span<const std::string_view> codes) noexcept;
/// The sets find_safety_net() accepts for a dialect, as `{004} or {61,62,67}`.
std::string_view safety_nets(Dialect dialect) noexcept;
/// The dialect a safety net belongs to.
Dialect dialect_of(SafetyNet net) noexcept;

/// What is to be forwarded, where to, and what the carrier understands.
struct ForwardingWish {
    SafetyNet net = SafetyNet::all_conditional;
    NumberStyle number_style = NumberStyle::e164;
    ForwardingType type = ForwardingType::total_ai;
    numbering::E164 destination;
    /// Seconds the phone rings first: 5 to 30 in steps of 5. Without it the code carries no timer, and what
    /// the user or the network set before stays in force (TS 23.082 3.1.1).
    std::optional<int> ring_time_seconds;
    /// The group the codes name, where a network wants one (TS 22.030 annex C). Without it they are for all.
    std::optional<BasicService> service_group = std::nullopt;
};

/// One code to dial, with the codes that undo and check exactly what it sets.
struct DialStep {
    /// name(Service), or `busy_or_no_reply` for star `*71`.
    std::string_view condition;
    /// Registers the number and switches forwarding on.
    CodeText activation;
    /// mmi: erasure of the same service code. star: `*73`, which undoes `*71` and `*72`.
    CodeText deactivation;
    /// mmi: interrogation of the same service code. star: empty, there is none.
    CodeText status;
    /// tel_uri() of `activation`.
    TelUri activation_uri;
    /// The timer in `activation`.
    std::optional<int> ring_time_seconds;
};

/// The steps in the order to dial them: no reply, not reachable, busy where there are three.
struct DialPlan {
    std::array<DialStep, 3> steps{};
    std::size_t count = 0;

    const DialStep* begin() const noexcept { return steps.data(); }
    const DialStep* end() const noexcept { return steps.data() + count; }
};

enum class PlanProblem : std::uint8_t {
    none,
    ring_time_not_allowed,  ///< not 5, 10, 15, 20, 25 or 30
    ring_time_of_total,     ///< all calls are forwarded without ringing
    ring_time_of_star,      ///< star codes carry no timer
    service_group_of_star,  ///< star codes name no service group
    star_number_style,      ///< star codes take ten digits
    style_needs_north_america,
    style_needs_trunk_prefix,  ///< no trunk prefix is known for the calling code
    destination_incomplete,    ///< nothing follows the calling code
};

/// Fills `plan`; on a problem leaves it alone.
PlanProblem make_plan(const ForwardingWish& wish, DialPlan& plan) noexcept;

/// An error as PostgreSQL shows it. Numbers appear masked only.
struct Explanation {
    std::string message;
    std::string detail;
    std::string hint;
};
Explanation explain(PlanProblem problem, const ForwardingWish& wish);

}  // namespace telephony::mmi
