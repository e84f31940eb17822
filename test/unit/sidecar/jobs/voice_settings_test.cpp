// Whether a number carries the voice settings it was bought with.
#include "jobs/voice_settings.hpp"
#include "twilio/resources.hpp"

#include <gtest/gtest.h>

namespace telephony::sidecar {
namespace {

TEST(VoiceSettings, AreComparedWithWhatTwilioShows) {
    IncomingNumber number;
    number.settings = {{"voice_url", "https://a"}, {"voice_application_sid", ""}, {"trunk_sid", "TK1"}};
    EXPECT_TRUE(voice_settings_match(number, {{"VoiceUrl", "https://a"}, {"TrunkSid", "TK1"}}));
    EXPECT_FALSE(voice_settings_match(number, {{"VoiceUrl", "https://b"}}));
    EXPECT_FALSE(voice_settings_match(number, {{"VoiceApplicationSid", "AP1"}}));
    EXPECT_TRUE(voice_settings_match(number, {{"NotShown", "x"}}));
    EXPECT_TRUE(voice_settings_match(number, {}));
}

}  // namespace
}  // namespace telephony::sidecar
