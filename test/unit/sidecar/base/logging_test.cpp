// Log lines as text and as JSON.
#include "base/logging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/timestamp.hpp"

namespace telephony::sidecar {
namespace {

using ::testing::HasSubstr;

TEST(LogField, IsOneWordInATextLine) {
    EXPECT_EQ(log::field_text("plain-word:1"), "plain-word:1");
    EXPECT_EQ(log::field_text("two words"), "\"two words\"");
    EXPECT_EQ(log::field_text("line\nfeed"), "\"line\\nfeed\"");
    EXPECT_EQ(log::field_text("a=b"), "\"a=b\"");
    EXPECT_EQ(log::field_text(""), "\"\"");
    EXPECT_THAT(log::field_text("bad \xff byte"), HasSubstr("\\ufffd"));
}

TEST(Log, WritesJsonLinesAndFollowsARenamedFile) {
    char directory[] = "/tmp/telephony-test-XXXXXX";
    ASSERT_TRUE(mkdtemp(directory));
    const std::string path = std::string(directory) + "/log";
    const auto line_of = [](const std::string& file) {
        std::ifstream stream(file);
        std::string line;
        std::getline(stream, line);
        return line;
    };
    log::configure(log::Format::json, log::Level::info, path);
    log::debug("below the level");
    log::info("claimed \"job\"", {{"job", "a b"}, {"count", 3}});
    std::filesystem::rename(path, path + ".1");
    log::reopen();
    log::error("after rotation");
    log::configure(log::Format::text, log::Level::info, "");
    const auto first = nlohmann::json::parse(line_of(path + ".1"));
    EXPECT_EQ(first["level"], "info");
    EXPECT_EQ(first["message"], "claimed \"job\"");
    EXPECT_EQ(first["job"], "a b");
    EXPECT_EQ(first["count"], 3);
    EXPECT_TRUE(parse_iso8601(first["time"].get<std::string>()));
    EXPECT_EQ(nlohmann::json::parse(line_of(path))["message"], "after rotation");
    std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace telephony::sidecar
