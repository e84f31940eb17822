// The linked libphonenumber as judge of numbers, and its own metadata as input of the plan compiler.
#pragma once

#include <string>
#include <string_view>

#include "numbering/compiler/metadata.hpp"
#include "numbering/plan.hpp"

namespace telephony::numbering::test {

/// What is said of one number, comparable and printable.
struct Judgement {
    bool valid = false;
    bool possible = false;
    std::string region;
    std::string type;
    bool operator==(const Judgement&) const = default;
};

std::string describe(const Judgement& judgement);

/// What `plan` says of a number.
Judgement judge(const Plan& plan, const E164& number);

/// What the linked libphonenumber says of a number, by the definitions of PlanVerdict: it parses; written
/// as E.164 it is the same again; IsValidNumber, IsPossibleNumberWithReason, GetRegionCodeForNumber,
/// GetNumberType. A valid number is possible.
Judgement judge_by_libphonenumber(const E164& number);

/// The metadata compiled into the linked libphonenumber.
std::string_view linked_metadata();

}  // namespace telephony::numbering::test
