// The matcher against libphonenumber's parse + validity + format, side by side on the same numbers; every
// verdict is checked inside the timed loop.
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <vector>

#include "libphonenumber_oracle.hpp"
#include "numbering/compiler/compiled_plan.hpp"
#include "transition_cover.hpp"

namespace {

using namespace telephony::numbering;
using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::size_t number_count = 20'000;
constexpr int library_rounds = 7;
constexpr int matcher_rounds = 301;
constexpr double promised_ratio = 600;

struct Sample {
    E164 number;
    std::string text;
    bool valid;
};

/// Nanoseconds a number in each round, ascending.
template <class Round>
std::vector<double> measure(int rounds, Round&& round) {
    std::vector<double> result;
    for (int i = 0; i < rounds; ++i) {
        const auto start = std::chrono::steady_clock::now();
        round();
        const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - start;
        result.push_back(taken.count() / static_cast<double>(number_count));
    }
    std::ranges::sort(result);
    return result;
}

void print(const char* what, const std::vector<double>& times) {
    std::printf("%-44s %10.1f ns best, %10.1f ns median, %10.1f ns worst\n", what, times.front(),
                times[times.size() / 2], times.back());
}

/// Numbers from all over the plan with random last digits, in random order; about half of them valid.
std::vector<Sample> samples(const Plan& plan) {
    std::vector<std::string> cover = test::transition_cover(plan);
    std::erase_if(cover, [](const std::string& digits) { return digits.size() < 9; });
    std::mt19937_64 random(42);
    std::ranges::shuffle(cover, random);
    std::vector<Sample> result;
    for (std::size_t i = 0; result.size() < number_count; ++i) {
        std::string digits = cover.at(i);
        for (std::size_t at = digits.size() - 3; at < digits.size(); ++at)
            digits[at] = static_cast<char>('0' + random() % 10);
        const E164 number = test::number_of(digits);
        result.push_back({number, number.str(), test::judge_by_libphonenumber(number).valid});
    }
    return result;
}

int run() {
    const compiler::CompiledPlan compiled =
        compiler::compile_plan(compiler::read_phone_metadata_collection(test::linked_metadata(), "linked"));
    const Plan plan = compiled.view();
    const std::vector<Sample> numbers = samples(plan);
    const auto valid = std::ranges::count_if(numbers, &Sample::valid);
    std::printf("%zu numbers, %zd of them valid; plan of %zu states, %zu bytes\n", numbers.size(),
                static_cast<std::ptrdiff_t>(valid), plan.states.size(), plan.bytes());

    std::size_t wrong = 0;
    const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
    const auto library = measure(library_rounds, [&] {
        std::string formatted;
        for (const Sample& sample : numbers) {
            PhoneNumber parsed;
            bool is_valid = false;
            if (util.Parse(sample.text, "ZZ", &parsed) == PhoneNumberUtil::NO_PARSING_ERROR) {
                is_valid = util.IsValidNumber(parsed);
                util.Format(parsed, PhoneNumberUtil::E164, &formatted);
                is_valid = is_valid && formatted == sample.text;
            }
            wrong += is_valid != sample.valid ? 1 : 0;
        }
    });
    const auto matcher = measure(matcher_rounds, [&] {
        for (const Sample& sample : numbers)
            wrong += match(plan, sample.number).valid() != sample.valid ? 1 : 0;
    });
    // Each number waits for the verdict on the one before: the time of a single call.
    const auto single = measure(matcher_rounds, [&] {
        std::size_t next = 0;
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            const Sample& sample = numbers[next];
            const bool is_valid = match(plan, sample.number).valid();
            wrong += is_valid != sample.valid ? 1 : 0;
            next = i + (is_valid == sample.valid ? 1 : 0);
        }
    });
    print("libphonenumber parse + valid + format", library);
    print("matcher", matcher);
    print("matcher, each call waiting for the last", single);
    const double ratio = library.front() / matcher.front();
    std::printf("ratio %.0f (promised %.0f), wrong verdicts %zu\n", ratio, promised_ratio, wrong);
    return wrong == 0 && ratio >= promised_ratio ? 0 : 1;
}

}  // namespace

int main() {
    return run();
}
