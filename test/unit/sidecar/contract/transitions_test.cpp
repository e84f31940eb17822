// What is wrong with a file of transitions is said by the build, with the line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "commands/states.hpp"
#include "sidecar/fakes/temporary_file.hpp"

namespace telephony::sidecar {
namespace {

using ::testing::HasSubstr;

const std::string tenant = TELEPHONY_SOURCE_DIR "/extension/tenant/";

struct Made {
    int code = 0;
    std::string text;  // of both streams
};

Made make(const std::string& what, const std::string& file) {
    const std::string command =
        "awk -v make=" + what + " -f " + tenant + "transitions.awk '" + file + "' 2>&1";
    FILE* const pipe = popen(command.c_str(), "r");
    if (!pipe) throw std::runtime_error("popen");
    Made made;
    std::array<char, 4096> buffer{};
    for (std::size_t count; (count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
        made.text.append(buffer.data(), count);
    made.code = WEXITSTATUS(pclose(pipe));
    return made;
}

// A machine in which nothing is wrong; line 1 is that of the contract.
const std::string small_machine =
    "contract 1 serves 1\n"
    "machine job\n"
    "state open   sidecar asking | somebody | a day\n"
    "state closed nobody\n"
    "event shut sidecar\n"
    "open shut closed - it is over\n";

Made check(const std::string& text) {
    const test::TemporaryFile file(text);
    return make("", file.path());
}

Made check_with(const std::string& line) {
    return check(small_machine + line);
}

TEST(Transitions, AMachineInWhichNothingIsWrongIsTaken) {
    const Made made = check(small_machine);
    EXPECT_EQ(made.code, 0);
    EXPECT_EQ(made.text, "");
}

TEST(Transitions, ALineThatBeginsWithABlankGoesOnWithTheOneBefore) {
    EXPECT_EQ(check("contract 1 serves 1\nmachine job\nstate open sidecar asking\n    | somebody\n\n# a "
                    "word\n    | a day\n"
                    "state closed nobody\nevent shut sidecar\nopen shut closed - it is over\n")
                  .text,
              "");
}

TEST(Transitions, WhatDoesNotFitTogetherIsNamedWithItsLine) {
    const std::vector<std::pair<std::string, std::string>> wrong = {
        {"open shut ajar - no such state\n", ":7: open shut stands in line 6 already"},
        {"event pull sidecar\nopen pull ajar - no such state\n", ":8: there is no state ajar"},
        {"event pull sidecar\najar pull closed - no such state\n", ":8: there is no state ajar"},
        {"event pull sidecar\nopen pull closed ajar no such state\n", ":8: there is no state ajar"},
        {"open knock closed - no such event\n", ":7: nobody sends knock: there is no such event"},
        {"event knock\nopen knock closed - nobody sends it\n", ":7: event knock: nobody sends it"},
        {"event knock ends-attempt\nopen knock closed - nobody sends it\n",
         ":7: event knock: nobody sends it"},
        {"event knock neighbour\nopen knock closed - who?\n", "neighbour is none of sidecar, database"},
        {"event knock sidecar\n", ":7: event knock is of no transition"},
        {"event knock sidecar | Loudly\nopen knock closed - how?\n", "Loudly names no member"},
        {"state ajar sidecar | somebody | a day\nevent pull sidecar\nopen pull ajar - a trap\n",
         ":7: nothing leaves state ajar"},
        {"state ajar sidecar | somebody | a day\nevent pull sidecar\najar pull closed - never\n",
         ":7: nothing leads to state ajar"},
        {"event pull sidecar\nclosed pull open - it was over\n",
         ":4: state closed has ended, and something leaves it"},
        {"state ajar nobody | somebody | a day\n", "state ajar has ended: it waits for nothing"},
        {"state ajar sidecar\n", "state ajar: whom does it wait for"},
        {"state ajar neighbour | somebody | a day\n", "neighbour is none of sidecar, operator, nobody"},
        {"state open sidecar | somebody | a day\n", ":7: state open is there already"},
        {"event shut sidecar\n", ":7: event shut is there already"},
        {"contract 1 serves 1\n", ":7: a second contract"},
        {"machine job\n", ":7: machine job is there already"},
        {"open shut\n", ":7: neither contract, machine, state, event nor FROM EVENT TO"},
    };
    for (const auto& [lines, problem] : wrong) {
        const Made made = check_with(lines);
        EXPECT_EQ(made.code, 1) << lines;
        EXPECT_THAT(made.text, HasSubstr(problem)) << lines;
    }
    EXPECT_THAT(check("contract 1 serves 2\n").text, HasSubstr(":1: contract NUMBER serves OLDEST"));
    EXPECT_THAT(check("machine job\n").text, HasSubstr("no contract is named"));
    EXPECT_THAT(check("contract 1 serves 1\n").text, HasSubstr("there is no machine"));
    EXPECT_THAT(check("contract 1 serves 1\nstate open sidecar | a | b\n").text,
                HasSubstr("this belongs to a machine"));
}

TEST(Transitions, ThePictureIsTheOneThatTelephonydPrints) {
    EXPECT_EQ(make("mermaid", tenant + "transitions").text, states_as_mermaid());
}

}  // namespace
}  // namespace telephony::sidecar
