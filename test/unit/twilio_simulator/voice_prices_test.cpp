// What a call costs by the number's prefix, and which country it goes to.
#include "voice_prices.hpp"

#include <gtest/gtest.h>

#include "called_country.hpp"

namespace telephony::simulator {
namespace {

TEST(VoicePricesTest, TheLongestPrefixThatWasSetCounts) {
    VoicePrices prices;
    EXPECT_EQ(prices.of("+12125550123"), 0.013);
    EXPECT_EQ(prices.of("+19075550123"), 0.09);
    EXPECT_EQ(prices.of("+99912345678"), std::nullopt);
    prices.set("+1212", 2);
    prices.set("+1", 1);
    prices.set("+1213", std::nullopt);
    EXPECT_EQ(prices.of("+12125550123"), 2);
    EXPECT_EQ(prices.of("+12135550123"), std::nullopt);
    EXPECT_EQ(prices.of("+19075550123"), 1);
    prices.reset();
    EXPECT_EQ(prices.of("+12125550123"), 0.013);
}

TEST(VoicePricesTest, APriceIsShownWithFourDigits) {
    EXPECT_EQ(price_text(0.013), "0.0130");
    EXPECT_TRUE(price_text(std::nullopt).is_null());
}

TEST(CalledCountryTest, CanadaSharesItsCallingCode) {
    EXPECT_EQ(called_country("+12125550123")->iso, "US");
    EXPECT_EQ(called_country("+14165550123")->iso, "CA");
    EXPECT_EQ(country_with_code("CA")->prefix, "+1");
    EXPECT_FALSE(called_country("+99912345678"));
    EXPECT_FALSE(country_with_code("ZZ"));
}

}  // namespace
}  // namespace telephony::simulator
