// Dates as Twilio and the database write them.
#include "base/timestamp.hpp"

#include <gtest/gtest.h>

namespace telephony::sidecar {
namespace {

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

}  // namespace
}  // namespace telephony::sidecar
