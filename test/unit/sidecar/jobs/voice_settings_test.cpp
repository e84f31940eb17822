// Whether a number carries the voice settings it was bought with.
#include "jobs/voice_settings.hpp"
#include "twilio/resources.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

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

TEST(VoiceSettings, ToApplyEmptyWhatTwilioWouldPreferToThem) {
    const FormParameters by_url = complete_voice_settings({{"VoiceUrl", "https://a"}});
    EXPECT_EQ(by_url,
              (FormParameters{{"VoiceUrl", "https://a"}, {"VoiceApplicationSid", ""}, {"TrunkSid", ""}}));
    const FormParameters by_trunk = complete_voice_settings({{"TrunkSid", "TK1"}});
    EXPECT_EQ(by_trunk, (FormParameters{{"TrunkSid", "TK1"}, {"VoiceApplicationSid", ""}}));
    IncomingNumber number;
    number.settings = {{"voice_url", "https://a"}, {"voice_application_sid", "AP1"}, {"trunk_sid", ""}};
    EXPECT_FALSE(voice_settings_match(number, by_url)) << "an application answers, not the URL";
}

TEST(VoiceSettings, AreReportedAsTheDatabaseHasThem) {
    EXPECT_EQ(voice_data({{"VoiceUrl", "https://a"}, {"SmsUrl", "https://b"}}).dump(),
              R"({"voice":{"SmsUrl":"https://b","VoiceUrl":"https://a"}})");
    EXPECT_EQ(voice_data({}).dump(), R"({"voice":{}})");
}

}  // namespace
}  // namespace telephony::sidecar
