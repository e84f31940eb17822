// Prints numbers that take the plan compiled from a plan data file through all transitions, with its
// verdicts.
#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>

#include "transition_cover.hpp"

int main(int argc, char** argv) {
    using namespace telephony::numbering;
    if (argc != 2) {
        std::cerr << "usage: plan_cover PLAN_DATA_FILE\n"
                     "One line a number: digits, 1 or 0 for possible, region and type or - where it is not "
                     "valid.\n";
        return 2;
    }
    try {
        std::ifstream file(argv[1], std::ios::binary);
        std::ostringstream text;
        text << file.rdbuf();
        if (!file) throw std::runtime_error(std::string("cannot read ") + argv[1]);
        const compiler::CompiledPlan compiled = compiler::compile_plan(compiler::read_plan_data(text.str()));
        const Plan plan = compiled.view();
        for (const std::string& digits : test::transition_cover(plan)) {
            const PlanVerdict verdict = match(plan, test::number_of(digits));
            std::cout << digits << ' ' << verdict.possible() << ' '
                      << (verdict.valid() ? region(plan, verdict) : "-") << ' '
                      << (verdict.valid() ? name(verdict.type()) : "-") << '\n';
        }
    } catch (const std::exception& error) {
        std::cerr << "plan_cover: " << error.what() << '\n';
        return 1;
    }
    return std::cout.flush() ? 0 : 1;
}
