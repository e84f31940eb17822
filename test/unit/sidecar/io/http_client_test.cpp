// Encoding for queries and forms; requests are tested with the client of Twilio.
#include "io/http_client.hpp"

#include <gtest/gtest.h>

namespace telephony::sidecar {
namespace {

TEST(PercentEncoding, LeavesOnlyUnreservedCharacters) {
    EXPECT_EQ(percent_encoded("+1 a~b&c=\xc3\xa4"), "%2B1%20a~b%26c%3D%C3%A4");
}

}  // namespace
}  // namespace telephony::sidecar
