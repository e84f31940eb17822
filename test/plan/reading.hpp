// What is read in a text and how it is written again, comparable: by a plan, by the linked libphonenumber.
#pragma once

#include <string>

#include "numbering/parse.hpp"

namespace telephony::numbering::test {

/// Kinds of refusal, as libphonenumber tells them apart.
enum class Refusal { none, country_code, not_a_number, nothing_after_prefix, too_short, too_long };

struct Reading {
    Refusal refusal = Refusal::none;
    std::string e164;  // as Format writes it, which may be longer than E.164 allows; empty where refused
    std::string extension;
    std::string national;
    std::string international;
    std::string rfc3966;
    bool operator==(const Reading&) const = default;
};

std::string describe(const Reading& reading);

/// The kind of a problem. Problems that libphonenumber does not have count as the nearest it does.
Refusal refusal_of(ParseProblem problem);

/// `region`: "" for none.
Reading read_by_plan(const Plan& plan, const std::string& text, const std::string& region);
Reading read_by_libphonenumber(const std::string& text, const std::string& region);

/// What libphonenumber is to read where docs/numbers.md says that we leave it, and what then makes up the
/// difference. Empty: the readings must be equal.
std::string deviation(const Plan& plan, const std::string& text, const std::string& region,
                      const Reading& ours, const Reading& theirs);

}  // namespace telephony::numbering::test
