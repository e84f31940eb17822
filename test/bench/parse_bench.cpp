// parse() against bare libphonenumber's Parse + Format, and format_number() against its Format, side by side
// on the same texts and numbers; every answer is checked inside the timed loop.
//
// Reads lines `REGION<tab>text<tab>E.164` from standard input, in which REGION may be empty; prints one line
// of JSON. The linked library is older than our plan, so its answers are held against a plan compiled from
// its own metadata: `renewed` counts the texts and forms in which the two plans differ.
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "libphonenumber_oracle.hpp"
#include "numbering/compiler/compiled_plan.hpp"
#include "numbering/format.hpp"
#include "numbering/parse.hpp"

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr int rounds = 9;

using telephony::numbering::built_in_plan;
using telephony::numbering::E164;
using telephony::numbering::FormatStyle;
using telephony::numbering::Plan;

struct Sample {
    std::string region;
    std::string text;
    E164 number;                // what the text means
    std::string international;  // how it is written
    std::string linked_e164;  // what the text means by the metadata of the linked library, empty for nothing
    PhoneNumber message;      // `number` to the linked library
    std::string linked_international;  // how it writes that
};

std::optional<std::string_view> region_of(const Sample& sample) {
    return sample.region.empty() ? std::nullopt : std::optional<std::string_view>(sample.region);
}

std::string international_form(const Plan& plan, const E164& number) {
    return std::string(format_number(plan, number, FormatStyle::international).view());
}

std::vector<Sample> read_samples() {
    namespace compiler = telephony::numbering::compiler;
    const compiler::CompiledPlan linked = compiler::compile_plan(
        compiler::read_phone_metadata_collection(telephony::numbering::test::linked_metadata(), "linked"));
    std::vector<Sample> samples;
    for (std::string line; std::getline(std::cin, line);) {
        const std::size_t first = line.find('\t');
        const std::size_t second = line.find('\t', first + 1);
        Sample& sample = samples.emplace_back();
        sample.region = line.substr(0, first);
        sample.text = line.substr(first + 1, second - first - 1);
        const std::string expected = line.substr(second + 1);
        E164::parse(expected, sample.number);
        sample.international = international_form(built_in_plan(), sample.number);
        const auto parsed = parse(linked.view(), sample.text, region_of(sample));
        if (parsed) sample.linked_e164 = parsed.number.str();
        PhoneNumberUtil::GetInstance()->Parse(expected, "ZZ", &sample.message);
        sample.linked_international = international_form(linked.view(), sample.number);
    }
    return samples;
}

/// What a caller of libphonenumber does to store a number: parse, then format as E.164.
std::string parse_bare(const Sample& sample) {
    const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    std::string result;
    if (util.Parse(sample.text, sample.region.empty() ? "ZZ" : sample.region, &number) ==
        PhoneNumberUtil::NO_PARSING_ERROR)
        util.Format(number, PhoneNumberUtil::E164, &result);
    return result;
}

/// As the SQL function: the number itself, to be stored.
bool parse_ours(const Sample& sample) {
    const auto parsed = parse(built_in_plan(), sample.text, region_of(sample));
    return parsed && parsed.number == sample.number;
}

bool format_bare(const Sample& sample) {
    std::string result;
    PhoneNumberUtil::GetInstance()->Format(sample.message, PhoneNumberUtil::INTERNATIONAL, &result);
    return result == sample.linked_international;
}

bool format_ours(const Sample& sample) {
    return format_number(built_in_plan(), sample.number, FormatStyle::international).view() ==
           sample.international;
}

/// Nanoseconds a number; adds to `wrong` what `is_right` refuses.
template <class IsRight>
double round_of(const std::vector<Sample>& samples, IsRight&& is_right, std::size_t& wrong) {
    const auto start = std::chrono::steady_clock::now();
    for (const Sample& sample : samples) wrong += is_right(sample) ? 0 : 1;
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - start;
    return taken.count() / static_cast<double>(samples.size());
}

}  // namespace

int main() {
    const std::vector<Sample> samples = read_samples();
    if (samples.empty()) {
        std::fprintf(stderr, "no samples\n");
        return 2;
    }
    constexpr double unmeasured = 1e18;
    double bare = unmeasured, ours = unmeasured, format = unmeasured, formatted = unmeasured;
    std::size_t wrong = 0;
    const auto measure = [&](double& best, auto&& is_right) {
        best = std::min(best, round_of(samples, is_right, wrong));
    };
    for (int i = 0; i < rounds; ++i) {
        measure(bare, [](const Sample& s) { return parse_bare(s) == s.linked_e164; });
        measure(ours, parse_ours);
        measure(format, format_bare);
        measure(formatted, format_ours);
    }
    const auto renewed = std::ranges::count_if(samples, [](const Sample& s) {
        return s.linked_e164 != s.number.str() || s.linked_international != s.international;
    });
    std::printf(
        "{\"numbers\": %zu, \"bare_ns\": %.1f, \"ours_ns\": %.1f, \"bare_format_ns\": %.1f, "
        "\"format_ns\": %.1f, \"renewed\": %td, \"wrong\": %zu}\n",
        samples.size(), bare, ours, format, formatted, renewed, wrong);
    return wrong == 0 ? 0 : 1;
}
