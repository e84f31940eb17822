// Prints what the plan compiled from a plan data file reads and writes, a line a text, for a judge in another
// language: region, text, kind of refusal, E.164 form, extension, 1 where a label was left out, the three
// forms; parted by tabs. Texts are every example in every form, a number for every layout, and mutated
// notations of numbers of all regions.
#include <exception>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "notations.hpp"
#include "numbering/compiler/compiled_plan.hpp"
#include "numbering/parse.hpp"
#include "transition_cover.hpp"

namespace {

using namespace telephony::numbering;

/// As google-libphonenumber's messages name them.
std::string_view kind_of(ParseProblem problem) {
    switch (problem) {
        case ParseProblem::none:
            return "-";
        case ParseProblem::unknown_region:
        case ParseProblem::no_calling_code:
        case ParseProblem::unassigned_calling_code:
            return "country_code";
        case ParseProblem::nothing_after_international_prefix:
            return "short_after_prefix";
        case ParseProblem::too_short:
            return "too_short";
        case ParseProblem::too_long:
        case ParseProblem::long_text:
            return "too_long";
        case ParseProblem::longer_than_e164:
            return "longer_than_e164";
        case ParseProblem::no_canonical_form:
            return "no_canonical_form";
        case ParseProblem::two_numbers:
            return "two_numbers";
        case ParseProblem::letters:
            return "letters";
        case ParseProblem::dial_code:
            return "dial_code";
        case ParseProblem::date:
            return "date";
        case ParseProblem::decimals:
            return "decimals";
        case ParseProblem::scientific_notation:
            return "scientific";
        case ParseProblem::not_a_number:
            return "not_a_number";
    }
    return "";
}

void print(const Plan& plan, const std::string& text, const std::string& region) {
    // A line is a text; bytes that no text in another language has are for the test in C++.
    if (text.find_first_of("\n\r\t") != std::string::npos || text.find('\xFF') != std::string::npos) return;
    const Parsed parsed =
        parse(plan, text, region.empty() ? std::nullopt : std::optional<std::string_view>(region));
    std::cout << region << '\t' << text << '\t' << kind_of(parsed.problem);
    if (parsed) {
        std::cout << '\t' << parsed.number.str() << '\t' << parsed.extension.view() << '\t' << parsed.label;
        for (const FormatStyle style :
             {FormatStyle::national, FormatStyle::international, FormatStyle::rfc3966})
            std::cout << '\t' << format_number(plan, parsed.number, style).view();
    }
    std::cout << '\n';
}

void print_examples(const Plan& plan, const compiler::Metadata& metadata) {
    for (const auto& [code, regions] : metadata.calling_codes)
        for (const compiler::RegionMetadata& region : regions)
            for (const NumberType type : compiler::described_types) {
                const std::string& national = region.of(type).example;
                if (national.empty()) continue;
                const std::string digits = std::to_string(code) + national;
                const std::string home = region.region == "001" ? "" : region.region;
                for (const FormatStyle style :
                     {FormatStyle::e164, FormatStyle::international, FormatStyle::national})
                    print(plan, std::string(format_number(plan, test::number_of(digits), style).view()),
                          home);
                for (const std::string& text :
                     {digits, national, region.national_prefix + national, "00" + digits})
                    print(plan, text, home);
            }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: plan_readings PLAN_DATA_FILE COUNT SEED\n";
        return 2;
    }
    try {
        std::ifstream file(argv[1], std::ios::binary);
        std::ostringstream data;
        data << file.rdbuf();
        if (!file) throw std::runtime_error(std::string("cannot read ") + argv[1]);
        const compiler::Metadata metadata = compiler::read_plan_data(data.str());
        const compiler::CompiledPlan compiled = compiler::compile_plan(metadata);
        const Plan plan = compiled.view();
        print_examples(plan, metadata);
        const std::vector<std::string> formats = test::format_cover(plan);
        std::set<unsigned> met;
        for (const std::string& digits : formats)
            if (met.insert(test::format_of(plan, digits)).second) print(plan, '+' + digits, "");
        std::vector<std::string> numbers = test::transition_cover(plan);
        std::erase_if(numbers, [&](const std::string& digits) {
            return !match(plan, test::number_of(digits)).valid();
        });
        test::Notations notations(plan, std::move(numbers), std::stoull(argv[3]));
        for (unsigned long i = std::stoul(argv[2]); i > 0; --i) {
            const test::Notation notation = notations.next();
            print(plan, notation.text, notation.region);
        }
    } catch (const std::exception& error) {
        std::cerr << "plan_readings: " << error.what() << '\n';
        return 1;
    }
    return std::cout.flush() ? 0 : 1;
}
