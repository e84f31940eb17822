// Tags, dates, masks and log fields: the small readers and writers of the sidecar.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/backoff.hpp"
#include "base/logging.hpp"
#include "base/masking.hpp"
#include "base/timestamp.hpp"
#include "io/http_client.hpp"
#include "reconcile/ownership_tag.hpp"

namespace telephony::sidecar {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* uuid_a = "00010203-0405-0607-0809-0a0b0c0d0e0f";
constexpr const char* uuid_b = "ffffffff-ffff-ffff-ffff-fffffffffffe";

TEST(OwnershipTag, IsTheBase64UrlOfBothIds) {
    const std::string text = OwnershipTag{uuid_a, uuid_b}.text();
    EXPECT_EQ(text, "telephony:AAECAwQFBgcICQoLDA0ODw:_____________________g");
    EXPECT_LE(text.size(), 64u);
    const auto back = OwnershipTag::parse(text);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->installation, uuid_a);
    EXPECT_EQ(back->job, uuid_b);
}

TEST(OwnershipTag, UpperCaseIdsAreTheSameIds) {
    EXPECT_EQ((OwnershipTag{"FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFE", uuid_a}.text()),
              (OwnershipTag{uuid_b, uuid_a}.text()));
}

TEST(OwnershipTag, AnythingElseIsNoTag) {
    const std::string good = OwnershipTag{uuid_a, uuid_b}.text();
    for (const std::string& bad :
         {std::string(), std::string("(202) 555-0123"), good + "A", good.substr(0, good.size() - 1),
          "T" + good.substr(1), good.substr(0, good.size() - 1) + "h",  // the same uuid with other spare bits
          good.substr(0, 20) + "+" + good.substr(21), good.substr(0, 32) + "." + good.substr(33)})
        EXPECT_FALSE(OwnershipTag::parse(bad)) << bad;
}

TEST(Uuid, IsReadInItsOneForm) {
    EXPECT_TRUE(is_uuid(uuid_a));
    for (const char* bad : {"", "00010203-0405-0607-0809-0a0b0c0d0e0", "00010203-0405-0607-0809-0a0b0c0d0e0g",
                            "000102030405060708090a0b0c0d0e0f", "{0010203-0405-0607-0809-0a0b0c0d0e0f}",
                            "00010203x0405-0607-0809-0a0b0c0d0e0f"})
        EXPECT_FALSE(is_uuid(bad)) << bad;
}

TEST(Timestamp, ReadsWhatTwilioWrites) {
    EXPECT_EQ(iso8601(parse_rfc2822("Thu, 30 Jul 2015 23:19:04 +0000").value()), "2015-07-30T23:19:04Z");
    EXPECT_EQ(iso8601(parse_rfc2822("Thu, 30 Jul 2015 23:19:04 GMT").value()), "2015-07-30T23:19:04Z");
    EXPECT_EQ(iso8601(parse_rfc2822("1 Jan 2024 00:30:00 +0130").value()), "2023-12-31T23:00:00Z");
    EXPECT_EQ(iso8601(parse_rfc2822("Thu, 29 Feb 2024 12:00:00 -0500").value()), "2024-02-29T17:00:00Z");
}

TEST(Timestamp, ReadsWhatTheDatabaseWrites) {
    EXPECT_EQ(iso8601(parse_iso8601("2015-07-30T23:19:04.999999+02:00").value()), "2015-07-30T21:19:04Z");
    EXPECT_EQ(iso8601(parse_iso8601("2015-07-30 23:19:04+00").value()), "2015-07-30T23:19:04Z");
    EXPECT_EQ(iso8601(parse_iso8601("2015-07-30T23:19:04Z").value()), "2015-07-30T23:19:04Z");
}

TEST(Timestamp, AlmostADateIsNone) {
    for (const char* bad :
         {"", "Thu, 30 Jul 2015", "Thu, 32 Jul 2015 23:19:04 GMT", "Thu, 30 Jul 2015 24:19:04 GMT",
          "Thu, 30 Xxx 2015 23:19:04 GMT", "Thu, 30 Jul 2015 23:19:04", "Thu, 30 Jul 2015 23:19:04 PST",
          "Fri, 30 Feb 2024 00:00:00 GMT", "Thu, 30 Jul 2015 23:19:04 GMT "})
        EXPECT_FALSE(parse_rfc2822(bad)) << bad;
    for (const char* bad : {"", "2015-07-30", "2015-07-30T23:19:04", "2015-13-30T23:19:04Z",
                            "2015-07-30T23:19:04+2", "2015-07-30T23:19:04Zx"})
        EXPECT_FALSE(parse_iso8601(bad)) << bad;
}

TEST(Masking, TakesNumbersOutOfForeignTexts) {
    EXPECT_EQ(mask_numbers("The number +12025550123 is gone"), "The number +1******0123 is gone");
    for (const char* text :
         {"+1 (202) 555-0123", "12025550123", "tel:+44 7911 123456!", "(+12025550123)", "202.555.0123"}) {
        EXPECT_THAT(mask_numbers(text), Not(HasSubstr("555"))) << text;
        EXPECT_THAT(mask_numbers(text), Not(HasSubstr("7911"))) << text;
    }
    EXPECT_EQ(mask_numbers("error 21422 in 30 s"), "error 21422 in 30 s");
    EXPECT_LE(mask_numbers(std::string(10000, 'x')).size(), 300u);
    EXPECT_EQ(mask_numbers("organization 00010203-0405-0607-0809-000000000000 has one"),
              "organization 00010203-0405-0607-0809-000000000000 has one");
    EXPECT_EQ(mask_numbers("PN12345678901234567890123456789012"), "PN12345678901234567890123456789012");
    EXPECT_THAT(mask_numbers("x12025550123"), Not(HasSubstr("202555")));
}

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

TEST(PercentEncoding, LeavesOnlyUnreservedCharacters) {
    EXPECT_EQ(percent_encoded("+1 a~b&c=\xc3\xa4"), "%2B1%20a~b%26c%3D%C3%A4");
}

TEST(Backoff, StaysBetweenNothingAndItsCeiling) {
    const Backoff backoff{std::chrono::seconds(1), std::chrono::seconds(10)};
    for (int i = 0; i < 1000; ++i) {
        EXPECT_LE(backoff.delay(0), std::chrono::seconds(1));
        EXPECT_LE(backoff.delay(2), std::chrono::seconds(4));
        EXPECT_LE(backoff.delay(1000000), std::chrono::seconds(10));
        EXPECT_GE(backoff.delay(i), Duration::zero());
    }
}

}  // namespace
}  // namespace telephony::sidecar
