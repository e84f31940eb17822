// Reading and writing by the plan compiled from the metadata of the linked libphonenumber, held against
// libphonenumber itself: examples, every transition of the automata, every format, mutated notations of all
// regions.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>

#include "libphonenumber_oracle.hpp"
#include "notations.hpp"
#include "reading.hpp"
#include "transition_cover.hpp"

namespace telephony::numbering::test {
namespace {

constexpr std::size_t differences_shown = 20;

const compiler::Metadata& linked() {
    static const compiler::Metadata metadata =
        compiler::read_phone_metadata_collection(linked_metadata(), "linked");
    return metadata;
}

const compiler::CompiledPlan& linked_plan() {
    static const compiler::CompiledPlan plan = compiler::compile_plan(linked());
    return plan;
}

/// Counts texts, refusals, deviations by kind, and differences; shows the first of these.
class Comparison {
  public:
    void compare(const std::string& text, const std::string& region) {
        const Plan plan = linked_plan().view();
        const Reading ours = read_by_plan(plan, text, region);
        const Reading theirs = read_by_libphonenumber(text, region);
        ++texts_;
        read_ += ours.refusal == Refusal::none ? 1 : 0;
        if (ours == theirs) return;
        if (const std::string kind = deviation(plan, text, region, ours, theirs); !kind.empty()) {
            ++deviations_[kind];
            return;
        }
        if (++differences_ <= differences_shown)
            ADD_FAILURE() << '"' << text << "\" in '" << region << "': plan " << describe(ours)
                          << ", libphonenumber " << describe(theirs);
    }

    void report(const char* what) const {
        std::printf("%s: %zu texts (%zu read), %zu differences", what, texts_, read_, differences_);
        for (const auto& [kind, count] : deviations_) std::printf("; %s %zu", kind.c_str(), count);
        std::printf("\n");
        EXPECT_EQ(differences_, 0U);
    }

    std::size_t texts() const { return texts_; }
    std::size_t read() const { return read_; }
    const std::map<std::string, std::size_t>& deviations() const { return deviations_; }

  private:
    std::size_t texts_ = 0;
    std::size_t read_ = 0;
    std::size_t differences_ = 0;
    std::map<std::string, std::size_t> deviations_;
};

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(ParseAgainstLibphonenumber, ExamplesInEveryForm) {
    const Plan plan = linked_plan().view();
    Comparison comparison;
    for (const auto& [code, regions] : linked().calling_codes)
        for (const compiler::RegionMetadata& region : regions) {
            std::vector<std::string> examples{region.general.example};
            for (const NumberType type : compiler::described_types)
                examples.push_back(region.of(type).example);
            const std::string home = region.region == "001" ? "" : region.region;
            for (const std::string& national : examples) {
                if (national.empty()) continue;
                const std::string digits = std::to_string(code) + national;
                const E164 number = number_of(digits);
                for (const FormatStyle style : {FormatStyle::e164, FormatStyle::international,
                                                FormatStyle::national, FormatStyle::rfc3966})
                    comparison.compare(std::string(format_number(plan, number, style).view()), home);
                for (const std::string& text :
                     {digits, national, region.national_prefix + national, "00" + digits, "011" + digits})
                    comparison.compare(text, home);
            }
        }
    comparison.report("examples");
    EXPECT_GT(comparison.read(), 5000U);
}

TEST(ParseAgainstLibphonenumber, EveryTransitionOfTheFormats) {
    const Plan plan = linked_plan().view();
    Comparison comparison;
    std::set<unsigned> formats;
    for (const std::string& digits : format_cover(plan)) {
        comparison.compare('+' + digits, "");
        formats.insert(format_of(plan, digits));
    }
    comparison.report("transitions of formats");
    EXPECT_EQ(formats.size(), plan.formats.size()) << "layouts that no number reaches";
}

TEST(ParseAgainstLibphonenumber, EveryTransitionOfThePlan) {
    Comparison comparison;
    const std::vector<std::string> cover = transition_cover(linked_plan().view());
    for (std::size_t i = 0; i < cover.size(); i += 3) comparison.compare('+' + cover[i], "");
    comparison.report("transitions of the plan, a third of them");
}

TEST(ParseAgainstLibphonenumber, MutatedNotations) {
    const std::uint64_t count = from_environment("TELEPHONY_NOTATIONS", 300'000);
    const std::uint64_t seed = from_environment("TELEPHONY_PLAN_SEED", 20260731);
    const Plan plan = linked_plan().view();
    std::vector<std::string> numbers = transition_cover(plan);
    std::erase_if(numbers,
                  [&](const std::string& digits) { return !match(plan, number_of(digits)).valid(); });
    Notations notations(plan, std::move(numbers), seed);
    Comparison comparison;
    while (comparison.texts() < count) {
        const Notation notation = notations.next();
        comparison.compare(notation.text, notation.region);
    }
    std::printf("seed %llu, ", static_cast<unsigned long long>(seed));
    comparison.report("mutated notations");
    EXPECT_GT(comparison.read(), comparison.texts() / 3);
}

}  // namespace
}  // namespace telephony::numbering::test
