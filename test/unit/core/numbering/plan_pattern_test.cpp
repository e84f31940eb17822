// The pattern syntax that the plan compiler takes, and what it refuses.
#include <gtest/gtest.h>
#include <regex.h>

#include <string>

#include "numbering/compiler/pattern.hpp"
#include "numbering/compiler/program.hpp"

namespace telephony::numbering::compiler {
namespace {

bool matches(const std::string& pattern, const std::string& text) {
    PatternSet set;
    set.add(parse_pattern(pattern));
    PatternSet::State state = set.start();
    for (const char c : text) state = set.step(state, c - '0');
    return set.matches(state, 0);
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}

/// The C library's regular expressions as reference.
class PosixPattern {
  public:
    explicit PosixPattern(const std::string& pattern) {
        const std::string text = "^(" + replaced(replaced(pattern, "\\d", "[0-9]"), "(?:", "(") + ")$";
        EXPECT_EQ(regcomp(&compiled_, text.c_str(), REG_EXTENDED | REG_NOSUB), 0) << text;
    }
    PosixPattern(const PosixPattern&) = delete;
    PosixPattern& operator=(const PosixPattern&) = delete;
    ~PosixPattern() { regfree(&compiled_); }

    bool matches(const std::string& text) const {
        return regexec(&compiled_, text.c_str(), 0, nullptr, 0) == 0;
    }

  private:
    regex_t compiled_{};
};

TEST(PlanPattern, AgreesWithTheCLibraryOnAllShortTexts) {
    for (const std::string pattern :
         {"1", "\\d", "[1-357-9]", "12|13|2", "1(?:2|3)?4", "1?2?3?", "(1|2){0}3", "(?:1|22){2,3}",
          "\\d{2,4}", "(?:1(?:2(?:3|)|)|)", "0(?:[1-9]\\d|0)", "(?:[12]\\d){1,2}|5", "(1)2", "3{3}"}) {
        const PosixPattern reference(pattern);
        for (int number = 0; number < 11'110; ++number) {
            std::string text = std::to_string(number);
            if (number >= 1000) text = text.substr(1);  // 000 to 999 with leading zeros, then four digits
            EXPECT_EQ(matches(pattern, text), reference.matches(text)) << pattern << " on " << text;
        }
        EXPECT_EQ(matches(pattern, ""), reference.matches("")) << pattern;
    }
    EXPECT_TRUE(matches("[\\d]", "7"));
}

TEST(PlanPattern, PrefixesStayMatched) {
    PatternSet set;
    set.add_prefix(parse_pattern("12|3"));
    set.add(parse_pattern("\\d{3}"));
    PatternSet::State state = set.start();
    EXPECT_FALSE(set.matches(state, 0));
    for (const int digit : {1, 2, 9}) state = set.step(state, digit);
    EXPECT_TRUE(set.matches(state, 0));
    EXPECT_TRUE(set.matches(state, 1));
    state = set.step(state, 9);
    EXPECT_TRUE(set.matches(state, 0));
    EXPECT_FALSE(set.matches(state, 1));
}

TEST(PlanPattern, RefusesWhatItDoesNotKnow) {
    for (const std::string pattern :
         {"1*",     "1+",     "1{2,}", "1{3,2}",  "1{99}", "1{}", "1{1", "(1",    "1)",
          "[1",     "[]",     "[2-1]", "[^1]",    "\\w",   "a",   ".",   "(?=1)", "(?!1)",
          "((1)2)", "(1){2}", "1??",   "1{2}{3}", "$?",    "\\",  "+1",  " 1"})
        EXPECT_THROW(parse_pattern(pattern), PlanError) << pattern;
}

TEST(PlanPattern, RefusesNestingThatCouldExhaustTheStack) {
    const std::string deep = std::string(100'000, '(');
    EXPECT_THROW(parse_pattern(deep), PlanError);
}

TEST(PlanPattern, RefusesRepeatsThatCouldExhaustMemory) {
    std::string pattern = "1";
    for (int i = 0; i < 10; ++i) pattern = "(?:" + pattern + "){32}";
    PatternSet set;
    EXPECT_THROW(set.add(parse_pattern(pattern)), PlanError);
}

TEST(PlanPattern, SaysWhere) {
    try {
        parse_pattern("12x");
        FAIL();
    } catch (const PlanError& error) {
        EXPECT_STREQ(error.what(), "pattern \"12x\", character 3: a character that is no digit");
    }
}

}  // namespace
}  // namespace telephony::numbering::compiler
