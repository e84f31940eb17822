// What a request tells of its client: the header among the headers, the element of it, addresses, networks,
// keys.
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limiter/address.hpp"
#include "limiter/header_value.hpp"

namespace {

using telephony::limiter::Address;
using telephony::limiter::client_key;
using telephony::limiter::element_from_right;
using telephony::limiter::find_headers;
using telephony::limiter::HeaderValue;
using telephony::limiter::Network;
using telephony::limiter::site_key;
using telephony::limiter::WantedHeader;
using State = HeaderValue::State;

std::string told(const HeaderValue& value) {
    switch (value.state) {
        case State::found:
            return "found " + std::string(value.raw);
        case State::absent:
            return "absent";
        default:
            return "malformed";
    }
}

/// The raw value of x, or what there is instead.
std::string x_in(std::string_view json) {
    std::array<WantedHeader, 1> wanted{{{"x"}}};
    find_headers(json, wanted);
    return told(wanted[0].value);
}

TEST(HeaderValue, SeveralAreFoundAtOnceOrNone) {
    const auto x_and_y = [](std::string_view json) {
        std::array<WantedHeader, 2> wanted{{{"x"}, {"y"}}};
        find_headers(json, wanted);
        return told(wanted[0].value) + ", " + told(wanted[1].value);
    };
    EXPECT_EQ(x_and_y(R"({"y":"1","x":"2"})"), "found 2, found 1");
    EXPECT_EQ(x_and_y(R"({"y":"1"})"), "absent, found 1");
    EXPECT_EQ(x_and_y(R"({"y":"1","x":2})"), "malformed, malformed");
    EXPECT_EQ(x_and_y(R"({"y":"1"}})"), "malformed, malformed");
}

TEST(HeaderValue, IsFoundAmongOthers) {
    EXPECT_EQ(x_in(R"({"x":"1"})"), "found 1");
    EXPECT_EQ(x_in(R"({"a":"","x":"1, 2","xx":"3"})"), "found 1, 2");
    EXPECT_EQ(x_in(" {\t\"x\"\n:\r\"1\" , \"y\" : \"2\" } "), "found 1");
    EXPECT_EQ(x_in(R"({"x":""})"), "found ");
    EXPECT_EQ(x_in(R"({"x":"1","x":"2"})"), "found 2");
}

TEST(HeaderValue, IsAbsent) {
    for (const char* json : {"", "  ", "{}", " { } ", R"({"y":"1"})", R"({"X":"1"})", R"({"y":"x"})"})
        EXPECT_EQ(x_in(json), "absent") << json;
}

TEST(HeaderValue, IsNotFoundInsideAnotherValue) {
    EXPECT_EQ(x_in(R"({"y":"\",\"x\":\"1"})"), "absent");
    EXPECT_EQ(x_in(R"({"y":"\\\",\"x\":\"1","x":"2"})"), "found 2");
    EXPECT_EQ(x_in(R"({"y\":\"\",\"x":"1"})"), "absent");
}

TEST(HeaderValue, EscapesStayAsTheyAre) {
    EXPECT_EQ(x_in(R"({"x":"\"\\\/\b\f\n\r\tA"})"), R"(found \"\\\/\b\f\n\r\tA)");
}

TEST(HeaderValue, AnythingElseIsMalformed) {
    const std::vector<std::string_view> texts{"null",
                                              "[]",
                                              "\"x\"",
                                              "1",
                                              "{",
                                              "}",
                                              R"({"x")",
                                              R"({"x":)",
                                              R"({"x":})",
                                              R"({"x":"1)",
                                              R"({"x":"1")",
                                              R"({"x":"1"}})",
                                              R"({"x":"1",})",
                                              R"({,"x":"1"})",
                                              R"({"x":"1""y":"2"})",
                                              R"({"x":1})",
                                              R"({"x":null})",
                                              R"({"x":["1"]})",
                                              R"({"x":{"x":"1"}})",
                                              R"({"x":"1","y":2})",
                                              R"({x:"1"})",
                                              R"({"x":"\x"})",
                                              R"({"x":"\u12"})",
                                              R"({"x":"\u12g4"})",
                                              R"({"x":"\)",
                                              "{\"x\":\"a\nb\"}",
                                              R"({"x":"1"} x)",
                                              R"({'x':'1'})"};
    for (const auto json : texts) EXPECT_EQ(x_in(json), "malformed") << json;
    EXPECT_EQ(x_in(std::string(1'000'000, '[')), "malformed");
    EXPECT_EQ(x_in(std::string("{\"x\":\"1\0\"}", 10)), "malformed");
}

TEST(ElementFromRight, CountsFromTheRight) {
    EXPECT_EQ(element_from_right("1", 1), "1");
    EXPECT_EQ(element_from_right("1, 2 ,\t3 ", 1), "3");
    EXPECT_EQ(element_from_right("1, 2 ,\t3 ", 2), "2");
    EXPECT_EQ(element_from_right("1, 2 ,\t3 ", 3), "1");
    EXPECT_EQ(element_from_right("1, 2, 3", 4), "") << "not so many proxies";
    EXPECT_EQ(element_from_right("1,, 3", 2), "") << "an empty element counts";
    EXPECT_EQ(element_from_right("1,", 1), "");
    EXPECT_EQ(element_from_right("", 1), "");
    EXPECT_EQ(element_from_right(" ", 1), "");
}

std::string shown(std::string_view text) {
    const auto address = Address::parse(text);
    if (!address) return "none";
    std::array<char, 64> buffer{};
    return std::string(show_truncated(client_key(*address), buffer));
}

TEST(Address, AsProxiesWriteIt) {
    for (const char* text : {"203.0.113.9", "203.0.113.9:1", "203.0.113.9:65535", "::ffff:203.0.113.9",
                             "[::ffff:203.0.113.9]:80", "::ffff:cb00:7109"}) {
        EXPECT_EQ(Address::parse(text), Address::parse("203.0.113.9")) << text;
        EXPECT_TRUE(Address::parse(text)->is_v4()) << text;
    }
    for (const char* text :
         {"2001:db8:7::1", "[2001:db8:7::1]", "[2001:db8:7::1]:443", "2001:0DB8:7:0:0:0:0:1"}) {
        EXPECT_EQ(Address::parse(text), Address::parse("2001:db8:7::1")) << text;
        EXPECT_FALSE(Address::parse(text)->is_v4()) << text;
    }
}

TEST(Address, AnythingElseIsNone) {
    for (const char* text : {"",
                             " ",
                             "unknown",
                             "_hidden",
                             "localhost",
                             "203.0.113",
                             "203.0.113.256",
                             "203.0.113.09a",
                             "203.0.113.9:",
                             "203.0.113.9:65536",
                             "203.0.113.9:-1",
                             "203.0.113.9:8x",
                             "203.0.113.9 ",
                             "for=203.0.113.9",
                             "\\u0032",
                             "2001:db8::1::2",
                             "[2001:db8::1",
                             "2001:db8::1]",
                             "[2001:db8::1]x",
                             "[2001:db8::1]:",
                             "[203.0.113.9]",
                             "[]",
                             "[:",
                             ":",
                             "fe80::1%eth0",
                             "203.0.113.9/32",
                             "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"})
        EXPECT_EQ(Address::parse(text), std::nullopt) << text;
    EXPECT_EQ(Address::parse(std::string_view("1.2.3.4\0", 8)), std::nullopt);
}

TEST(ClientKey, IPv4CountsAloneAndIPv6ByItsSlash64) {
    const auto key = [](std::string_view text) { return client_key(*Address::parse(text)); };
    EXPECT_EQ(key("203.0.113.9"), key("::ffff:203.0.113.9"));
    EXPECT_NE(key("203.0.113.9"), key("203.0.113.10"));
    EXPECT_EQ(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff:ffff:ffff:ffff"));
    EXPECT_NE(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
    EXPECT_NE(key("::"), key("::ffff:0.0.0.0"));
    EXPECT_EQ(key("::1"), key("::2"));
}

TEST(SiteKey, IPv6CountsByItsSlash48AndIPv4BelongsToNone) {
    const auto key = [](std::string_view text) { return site_key(*Address::parse(text)); };
    EXPECT_EQ(key("203.0.113.9"), std::nullopt);
    EXPECT_EQ(key("::ffff:203.0.113.9"), std::nullopt);
    EXPECT_EQ(key("2001:db8:1:2::1"), key("2001:db8:1:ffff::1"));
    EXPECT_EQ(key("2001:db8:1::"), client_key(*Address::parse("2001:db8:1:0::9")));
    EXPECT_NE(key("2001:db8:1:2::1"), key("2001:db8:2:2::1"));
}

TEST(ClientKey, IsShownTruncated) {
    EXPECT_EQ(shown("203.0.113.9"), "203.0.113.0/24");
    EXPECT_EQ(shown("0.0.0.1"), "0.0.0.0/24");
    EXPECT_EQ(shown("2001:db8:7:8::1"), "2001:db8:7::/48");
    EXPECT_EQ(shown("::1"), "::/48");
    EXPECT_EQ(shown("1111:2222:3333:4444:5555:6666:7777:8888"), "1111:2222:3333::/48");
}

bool contains(std::string_view network, std::string_view address) {
    return Network::parse(network)->contains(*Address::parse(address));
}

TEST(Network, Contains) {
    EXPECT_TRUE(contains("10.0.0.0/8", "10.255.0.1"));
    EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
    EXPECT_TRUE(contains("10.0.0.0/8", "::ffff:10.0.0.1"));
    EXPECT_TRUE(contains("192.0.2.128/25", "192.0.2.255"));
    EXPECT_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
    EXPECT_TRUE(contains("192.0.2.1", "192.0.2.1"));
    EXPECT_FALSE(contains("192.0.2.1", "192.0.2.2"));
    EXPECT_TRUE(contains("0.0.0.0/0", "255.255.255.255"));
    EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
    EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
    EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
    EXPECT_TRUE(contains("::/0", "2001:db8::1"));
    EXPECT_FALSE(contains("::/0", "10.0.0.1"));
    EXPECT_FALSE(contains("::/8", "10.0.0.1"));
    EXPECT_TRUE(contains("::ffff:10.0.0.0/104", "10.1.2.3"));
    EXPECT_FALSE(contains("::1", "0.0.0.1"));
}

TEST(Network, AnythingElseIsNone) {
    for (const char* text :
         {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.1/8", "10.0.0.0/8/8",
          "::/129", "2001:db8::1/32", "10.0.0.0 /8", "10.0.0.0:80/8", "[::1]/128", "all"})
        EXPECT_EQ(Network::parse(text), std::nullopt) << text;
}

}  // namespace
