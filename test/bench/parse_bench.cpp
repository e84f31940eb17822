// parse() against bare libphonenumber's Parse + Format, and format_number() against its Format, side by side
// on the same texts and numbers; every answer is checked inside the timed loop.
//
// Reads lines `REGION<tab>text<tab>E.164` from standard input, in which REGION may be empty; prints one line
// of JSON.
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "numbering/format.hpp"
#include "numbering/parse.hpp"

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr int rounds = 9;

using telephony::numbering::built_in_plan;
using telephony::numbering::E164;
using telephony::numbering::FormatStyle;

struct Sample {
    std::string region;
    std::string text;
    std::string expected;
    E164 number;          // that of `expected`
    PhoneNumber message;  // the same
};

std::vector<Sample> read_samples() {
    std::vector<Sample> samples;
    for (std::string line; std::getline(std::cin, line);) {
        const std::size_t first = line.find('\t');
        const std::size_t second = line.find('\t', first + 1);
        Sample& sample = samples.emplace_back();
        sample.region = line.substr(0, first);
        sample.text = line.substr(first + 1, second - first - 1);
        sample.expected = line.substr(second + 1);
        E164::parse(sample.expected, sample.number);
        PhoneNumberUtil::GetInstance()->Parse(sample.expected, "ZZ", &sample.message);
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
    std::optional<std::string_view> region;
    if (!sample.region.empty()) region = sample.region;
    const auto parsed = parse(built_in_plan(), sample.text, region);
    return parsed && parsed.number == sample.number;
}

std::size_t format_bare(const Sample& sample) {
    std::string result;
    PhoneNumberUtil::GetInstance()->Format(sample.message, PhoneNumberUtil::INTERNATIONAL, &result);
    return result.size();
}

std::size_t format_ours(const Sample& sample) {
    return format_number(built_in_plan(), sample.number, FormatStyle::international).view().size();
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
    for (int i = 0; i < rounds; ++i) {
        bare =
            std::min(bare, round_of(
                               samples, [](const Sample& s) { return parse_bare(s) == s.expected; }, wrong));
        ours = std::min(ours, round_of(samples, parse_ours, wrong));
        format = std::min(format, round_of(
                                      samples, [](const Sample& s) { return format_bare(s) > 0; }, wrong));
        formatted =
            std::min(formatted, round_of(
                                    samples, [](const Sample& s) { return format_ours(s) > 0; }, wrong));
    }
    std::printf(
        "{\"numbers\": %zu, \"bare_ns\": %.1f, \"ours_ns\": %.1f, \"bare_format_ns\": %.1f, "
        "\"format_ns\": %.1f, \"wrong\": %zu}\n",
        samples.size(), bare, ours, format, formatted, wrong);
    return wrong == 0 ? 0 : 1;
}
