// Calls and caller ids as Twilio's answers have them, with all that may be missing.
#include "twilio/calls.hpp"

#include <gtest/gtest.h>

namespace telephony::sidecar {
namespace {

const std::string sid_digits(32, '1');
const std::string call_sid = "CA" + sid_digits;
const std::string caller_id_sid = "PN" + sid_digits;

TEST(ValidationRequest, HasACodeOfWhateverLength) {
    const auto request = parse_validation_request(R"({"account_sid":"AC1","call_sid":")" + call_sid +
                                                  R"(","validation_code":"0012345"})");
    ASSERT_TRUE(request);
    EXPECT_EQ(request->call_sid, call_sid);
    EXPECT_EQ(request->validation_code, "0012345");
}

TEST(ValidationRequest, MayTellNeitherCallNorCode) {
    for (const char* body :
         {R"({"account_sid":"AC1"})", R"({"account_sid":"AC1","call_sid":null,"validation_code":null})",
          R"({"account_sid":"AC1","call_sid":"CA1","validation_code":123456})"}) {
        const auto request = parse_validation_request(body);
        ASSERT_TRUE(request) << body;
        EXPECT_EQ(request->call_sid + request->validation_code, "") << body;
    }
    // What is no answer of Twilio's may have called or not.
    for (const char* body : {"", "[]", "<html>", "{}", R"({"status":"ok"})"})
        EXPECT_FALSE(parse_validation_request(body)) << body;
}

TEST(CallerIds, AreReadFromAPage) {
    const auto all = parse_caller_ids(R"({"outgoing_caller_ids":[{"sid":")" + caller_id_sid +
                                      R"(","phone_number":"+2348031234567","friendly_name":"telephony:a:b",
        "date_created":"Sat, 28 Nov 2026 10:00:00 +0000"},{"sid":")" +
                                      caller_id_sid + R"(","phone_number":"12345"}]})");
    ASSERT_TRUE(all);
    ASSERT_EQ(all->size(), 1u) << "what is no number in E.164 form is not ours";
    EXPECT_EQ(all->front().sid, caller_id_sid);
    EXPECT_EQ(all->front().number.str(), "+2348031234567");
    EXPECT_EQ(all->front().friendly_name, "telephony:a:b");
    EXPECT_EQ(iso8601(all->front().date_created.value()), "2026-11-28T10:00:00Z");
    EXPECT_TRUE(parse_caller_ids(R"({"outgoing_caller_ids":[]})")->empty());
    for (const char* body : {"", "{}", R"({"outgoing_caller_ids":null})", R"({"outgoing_caller_ids":[{}]})",
                             R"({"outgoing_caller_ids":[{"sid":"PN1"}]})"})
        EXPECT_FALSE(parse_caller_ids(body)) << body;
}

TEST(Calls, EndInAFinalStatus) {
    const auto call = parse_call(R"({"sid":")" + call_sid + R"(","status":"no-answer","from":"+14157234000",
        "direction":"outbound-api","date_created":null})");
    ASSERT_TRUE(call);
    EXPECT_TRUE(call->is_over());
    EXPECT_FALSE(call->date_created);
    for (const char* status : {"completed", "busy", "failed", "canceled"})
        EXPECT_TRUE((Call{"", "", status, "", {}}).is_over()) << status;
    for (const char* status : {"queued", "initiated", "ringing", "in-progress", "", "new"})
        EXPECT_FALSE((Call{"", "", status, "", {}}).is_over()) << status;
    EXPECT_EQ(parse_calls(R"({"calls":[{"sid":")" + call_sid + R"("}]})")->size(), 1u);
    for (const char* body : {"", "{}", R"({"calls":[{"sid":"CA1"}]})"})
        EXPECT_FALSE(parse_calls(body)) << body;
    for (const char* body : {"", "{}", R"({"sid":"PN"})"}) EXPECT_FALSE(parse_call(body)) << body;
}

TEST(CallPrice, IsTheDearestOfTheList) {
    const auto price = parse_call_price(R"({"price_unit":"USD","outbound_call_prices":[
        {"current_price":"0.0097","origination_prefixes":["1"]},{"current_price":"0.1577","origination_prefixes":["ALL"]},
        {"current_price":"0.02"}]})");
    ASSERT_TRUE(price);
    EXPECT_EQ(price->amount + price->unit, "0.1577USD");
}

TEST(CallPrice, ThatIsNotToldOrCannotBeReadIsUnknown) {
    for (const char* prices :
         {"[]", R"([{"current_price":null}])", R"([{"current_price":"0.01"},{"current_price":"much"}])",
          R"([{"current_price":0.01}])", R"([{"current_price":"-1"}])", R"([{"current_price":"1.2.3"}])"}) {
        const auto price =
            parse_call_price(std::string(R"({"price_unit":"USD","outbound_call_prices":)") + prices + "}");
        ASSERT_TRUE(price) << prices;
        EXPECT_EQ(price->amount, "") << prices;
    }
    for (const char* body : {"", "{}", R"({"outbound_call_prices":{}})"})
        EXPECT_FALSE(parse_call_price(body)) << body;
}

}  // namespace
}  // namespace telephony::sidecar
