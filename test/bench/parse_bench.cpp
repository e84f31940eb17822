// parse() against bare libphonenumber, side by side on the same texts; every answer is checked inside the
// timed loop.
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

#include "pg/libphonenumber/library.hpp"

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr int rounds = 9;

struct Sample {
    std::string region;
    std::string text;
    std::string expected;
};

std::vector<Sample> read_samples() {
    std::vector<Sample> samples;
    for (std::string line; std::getline(std::cin, line);) {
        const std::size_t first = line.find('\t');
        const std::size_t second = line.find('\t', first + 1);
        samples.push_back(
            {line.substr(0, first), line.substr(first + 1, second - first - 1), line.substr(second + 1)});
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

std::string parse_ours(const Sample& sample) {
    std::optional<std::string_view> region;
    if (!sample.region.empty()) region = sample.region;
    const auto parsed = telephony::libphonenumber::parse(sample.text, region);
    return parsed.number ? parsed.number->str() : std::string();
}

/// Nanoseconds a number; adds wrong answers to `wrong`.
template <class Parse>
double round_of(const std::vector<Sample>& samples, Parse&& parse, std::size_t& wrong) {
    const auto start = std::chrono::steady_clock::now();
    for (const Sample& sample : samples) wrong += parse(sample) != sample.expected ? 1 : 0;
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
    double bare = 0, ours = 0;
    std::size_t wrong = 0;
    for (int i = 0; i < rounds; ++i) {
        const double bare_now = round_of(samples, parse_bare, wrong);
        const double ours_now = round_of(samples, parse_ours, wrong);
        bare = i == 0 ? bare_now : std::min(bare, bare_now);
        ours = i == 0 ? ours_now : std::min(ours, ours_now);
    }
    std::printf("{\"numbers\": %zu, \"bare_ns\": %.1f, \"ours_ns\": %.1f, \"wrong\": %zu}\n", samples.size(),
                bare, ours, wrong);
    return wrong == 0 ? 0 : 1;
}
