// The Twilio client against scripted answers: what each kind of answer, and each kind of silence, is taken
// for.
#include "twilio/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "base/metrics.hpp"
#include "io/event_loop.hpp"
#include "sidecar/fakes/credentials.hpp"
#include "sidecar/fakes/scripted_server.hpp"
#include "sidecar/fakes/temporary_file.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {
namespace {

using test::http_answer;
using test::Reply;
using test::ScriptedServer;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Kind = TwilioProblem::Kind;

constexpr const char* account = "AC0123456789abcdef0123456789abcdef";
constexpr const char* number_sid = "PN0123456789abcdef0123456789abcdef";
constexpr const char* tag = "telephony:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA";

std::string number_json(const std::string& number = "+12025550123", const std::string& name = tag) {
    return R"({"sid":")" + std::string(number_sid) + R"(","phone_number":")" + number +
           R"(","friendly_name":")" + name +
           R"(","date_created":"Thu, 30 Jul 2015 23:19:04 +0000",)"
           R"("voice_url":"https://example.org/voice","trunk_sid":null})";
}

std::string list_json(const std::string& numbers, const std::string& next_page = "null") {
    return R"({"incoming_phone_numbers":[)" + numbers + R"(],"next_page_uri":)" + next_page + "}";
}

numbering::E164 e164(const char* text) {
    numbering::E164 number;
    EXPECT_EQ(numbering::E164::parse(text, number), numbering::E164Problem::none);
    return number;
}

// A client of a scripted server, and the loop to run it in.
class TwilioClientTest : public ::testing::Test {
  protected:
    void serve(std::vector<Reply> replies) {
        server.emplace(std::move(replies));
        settings.base_url = server->url();
        settings.connect_timeout = std::chrono::seconds(5);
        settings.request_timeout = std::chrono::seconds(5);
    }

    template <class T>
    T await(Task<T> task) {
        std::optional<T> result;
        loop.run_until_done(store(task, result));
        return std::move(*result);
    }

    EventLoop loop;
    Metrics metrics;
    HttpClient http{loop};
    TwilioSettings settings;
    TwilioClient client{http, settings, test::token_of(account), metrics};
    std::optional<ScriptedServer> server;

  private:
    template <class T>
    static Task<void> store(Task<T>& task, std::optional<T>& result) {
        result.emplace(co_await task);
    }
};

TEST_F(TwilioClientTest, BuysWithNumberTagAndVoiceParametersInTheForm) {
    serve({{http_answer("201 Created", number_json(),
                        "Twilio-Request-Id: RQ1\r\nDate: Thu, 30 Jul 2015 23:19:05 GMT\r\n")}});
    const FormParameters voice = {{"VoiceUrl", "https://example.org/voice?a=b&c"}};
    const auto answer = await(client.buy(e164("+12025550123"), tag, voice, no_deadline));
    ASSERT_TRUE(answer.value);
    EXPECT_EQ(answer.value->sid, number_sid);
    EXPECT_EQ(answer.value->friendly_name, tag);
    EXPECT_EQ(answer.value->settings.at("voice_url"), "https://example.org/voice");
    EXPECT_EQ(answer.value->settings.at("trunk_sid"), "");
    EXPECT_EQ(answer.value->date_created, parse_iso8601("2015-07-30T23:19:04Z"));
    EXPECT_EQ(answer.server_date, parse_iso8601("2015-07-30T23:19:05Z"));
    const std::string request = server->requests().at(0);
    EXPECT_THAT(request, StartsWith("POST /2010-04-01/Accounts/" + std::string(account) +
                                    "/IncomingPhoneNumbers.json HTTP/1.1\r\n"));
    EXPECT_THAT(request, HasSubstr("PhoneNumber=%2B12025550123&FriendlyName=telephony%3AAAAA"));
    EXPECT_THAT(request, HasSubstr("&VoiceUrl=https%3A%2F%2Fexample.org%2Fvoice%3Fa%3Db%26c"));
    EXPECT_THAT(
        request,
        HasSubstr(
            "Authorization: Basic "
            "QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjo1ZWM0ZTc1ZWM0ZTc1ZWM0ZTc1ZWM0ZTc1ZWM0ZTc1NQ=="));
    EXPECT_THAT(request, Not(HasSubstr("Expect:")));
}

TEST_F(TwilioClientTest, ATimeoutIsNoAnswer) {
    serve({Reply{"", Reply::After::keep_open, true}});
    settings.request_timeout = std::chrono::milliseconds(100);
    const auto answer = await(client.buy(e164("+12025550123"), tag, {}, no_deadline));
    EXPECT_FALSE(answer.value);
    EXPECT_EQ(answer.problem.kind, Kind::no_answer);
}

TEST_F(TwilioClientTest, ACutConnectionIsNoAnswer) {
    serve({Reply{"", Reply::After::close, false}});
    EXPECT_EQ(await(client.buy(e164("+12025550123"), tag, {}, no_deadline)).problem.kind, Kind::no_answer);
}

TEST_F(TwilioClientTest, ABodyThatEndsTooEarlyIsNoAnswer) {
    const std::string whole = http_answer("201 Created", number_json());
    serve({Reply{whole.substr(0, whole.size() - 10), Reply::After::close, false}});
    EXPECT_EQ(await(client.buy(e164("+12025550123"), tag, {}, no_deadline)).problem.kind, Kind::no_answer);
}

// libcurl repeats a request by itself when a kept-alive connection turns out dead. A purchase must not be
// repeated unseen.
TEST_F(TwilioClientTest, APurchaseIsSentOnceEvenOnADeadKeptAliveConnection) {
    serve({{http_answer("200 OK", list_json(""))},
           Reply{"", Reply::After::close, false},
           {http_answer("201 Created", number_json())}});
    ASSERT_TRUE(await(client.list_by_tag(tag)).value);
    EXPECT_EQ(await(client.buy(e164("+12025550123"), tag, {}, no_deadline)).problem.kind, Kind::no_answer);
    EXPECT_EQ(server->requests().size(), 2u);
}

TEST_F(TwilioClientTest, AReadIsRepeatedOnADeadKeptAliveConnection) {
    serve({{http_answer("200 OK", list_json(""))},
           Reply{"", Reply::After::close, false},
           {http_answer("200 OK", list_json(number_json()))}});
    ASSERT_TRUE(await(client.list_by_tag(tag)).value);
    const auto answer = await(client.list_by_tag(tag));
    ASSERT_TRUE(answer.value);
    EXPECT_EQ(answer.value->size(), 1u);
}

TEST_F(TwilioClientTest, GarbageIsUnreadable) {
    serve({{http_answer("201 Created", "<html>hello</html>")},
           {http_answer("200 OK", "[]")},
           {http_answer("201 Created", "{}")}});
    EXPECT_EQ(await(client.buy(e164("+12025550123"), tag, {}, no_deadline)).problem.kind, Kind::unreadable);
    EXPECT_EQ(await(client.list_by_tag(tag)).problem.kind, Kind::unreadable);
    EXPECT_EQ(await(client.buy(e164("+12025550123"), tag, {}, no_deadline)).problem.kind, Kind::unreadable);
}

// A copy of such an answer would recurse once a level and overflow the stack.
TEST_F(TwilioClientTest, ADeeplyNestedAnswerIsUnreadable) {
    const std::size_t depth = 400'000;
    const std::string nested = "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
    serve({{http_answer("201 Created", nested)}});
    EXPECT_EQ(await(client.buy(e164("+12025550123"), tag, {}, no_deadline)).problem.kind, Kind::unreadable);
}

TEST_F(TwilioClientTest, ARedirectIsNotFollowed) {
    serve({{http_answer("302 Found", "", "Location: /elsewhere\r\n")}});
    EXPECT_EQ(await(client.get(number_sid)).problem.kind, Kind::unreadable);
    EXPECT_EQ(server->requests().size(), 1u);
}

// A server with a certificate that it has signed itself, as anyone can who stands in the way.
class SelfSignedServer {
  public:
    SelfSignedServer() : server_(certificate_.path().c_str(), key_.path().c_str()) {
        server_.Get(".*", [this](const httplib::Request&, httplib::Response&) { ++requests; });
        port_ = server_.bind_to_any_port("127.0.0.1");
        thread_ = std::thread([this] { server_.listen_after_bind(); });
        while (!server_.is_running()) std::this_thread::yield();
    }
    ~SelfSignedServer() {
        server_.stop();
        thread_.join();
    }
    std::string url() const { return "https://127.0.0.1:" + std::to_string(port_); }
    std::atomic<int> requests{0};

  private:
    using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
    using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
    using Output = std::unique_ptr<BIO, decltype(&BIO_free)>;

    /// What `write` writes, as a text.
    template <class Write>
    static std::string pem(Write write) {
        const Output output(BIO_new(BIO_s_mem()), BIO_free);
        EXPECT_EQ(write(output.get()), 1);
        char* text = nullptr;
        const long length = BIO_get_mem_data(output.get(), &text);
        return {text, static_cast<std::size_t>(length)};
    }

    static std::string pem_of(EVP_PKEY* key) {
        return pem([key](BIO* output) {
            return PEM_write_bio_PrivateKey(output, key, nullptr, nullptr, 0, nullptr, nullptr);
        });
    }

    static std::string certificate_of(EVP_PKEY* key) {
        const Certificate certificate(X509_new(), X509_free);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
        X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
        X509_set_pubkey(certificate.get(), key);
        X509_NAME* const name = X509_get_subject_name(certificate.get());
        const auto* const host = reinterpret_cast<const unsigned char*>("127.0.0.1");
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, host, -1, -1, 0);
        X509_set_issuer_name(certificate.get(), name);
        X509_sign(certificate.get(), key, EVP_sha256());
        return pem([&certificate](BIO* output) { return PEM_write_bio_X509(output, certificate.get()); });
    }

    const Key private_key_{EVP_EC_gen("P-256"), EVP_PKEY_free};
    const test::TemporaryFile key_{pem_of(private_key_.get())};
    const test::TemporaryFile certificate_{certificate_of(private_key_.get())};
    httplib::SSLServer server_;
    int port_ = 0;
    std::thread thread_;
};

TEST_F(TwilioClientTest, ACertificateThatNobodyVouchesForGetsNoCredentials) {
    SelfSignedServer impostor;
    settings.base_url = impostor.url();
    settings.connect_timeout = settings.request_timeout = std::chrono::seconds(5);
    const auto answer = await(client.get(number_sid));
    EXPECT_EQ(answer.problem.kind, Kind::no_answer);
    EXPECT_THAT(answer.problem.message, HasSubstr("certificate"));
    EXPECT_EQ(impostor.requests, 0);
}

TEST_F(TwilioClientTest, AnEndlessAnswerIsGivenUp) {
    const std::string endless = "{\"x\":\"" + std::string(2 * HttpClient::max_body, 'x') + "\"}";
    serve({{http_answer("200 OK", endless)}});
    const auto answer = await(client.get(number_sid));
    EXPECT_EQ(answer.problem.kind, Kind::no_answer);
    EXPECT_THAT(answer.problem.message, HasSubstr("longer than"));
}

TEST_F(TwilioClientTest, ThrottlingTellsHowLongToWait) {
    const std::string body = R"({"code":20429,"message":"Too Many Requests","status":429})";
    serve({{http_answer("429 Too Many Requests", body, "Retry-After: 7\r\n")},
           {http_answer("429 Too Many Requests", body, "Retry-After: 999999\r\n")},
           {http_answer("429 Too Many Requests", "busy")}});
    const auto seconds = await(client.get(number_sid)).problem;
    EXPECT_EQ(seconds.kind, Kind::throttled);
    EXPECT_EQ(seconds.retry_after, std::chrono::seconds(7));
    EXPECT_EQ(await(client.get(number_sid)).problem.retry_after, std::chrono::hours(1));
    const auto plain = await(client.get(number_sid)).problem;
    EXPECT_EQ(plain.kind, Kind::throttled);
    EXPECT_FALSE(plain.retry_after);
}

TEST_F(TwilioClientTest, OnlyTwilioItselfCanSayThatANumberIsNotThere) {
    serve({{http_answer("404 Not Found", R"({"code":20404,"message":"not found","status":404})")},
           {http_answer("404 Not Found", "<h1>nginx</h1>")}});
    EXPECT_EQ(await(client.get(number_sid)).problem.kind, Kind::not_found);
    EXPECT_EQ(await(client.get(number_sid)).problem.kind, Kind::unreadable);
}

TEST_F(TwilioClientTest, ErrorsCarryCodeAndMaskedMessage) {
    serve({{http_answer("400 Bad Request",
                        R"({"code":21422,"message":"+12025550123 is not available","status":400})")},
           {http_answer("401 Unauthorized", R"({"code":20003,"message":"Authenticate","status":401})")},
           {http_answer("503 Service Unavailable", "")}});
    const auto refused = await(client.buy(e164("+12025550123"), tag, {}, no_deadline)).problem;
    EXPECT_EQ(refused.kind, Kind::refused);
    EXPECT_EQ(refused.code, 21422);
    EXPECT_THAT(refused.message, Not(HasSubstr("202555")));
    EXPECT_EQ(await(client.get(number_sid)).problem.kind, Kind::denied);
    EXPECT_EQ(await(client.get(number_sid)).problem.kind, Kind::server_error);
}

TEST_F(TwilioClientTest, ListsFollowPagesAndFilterExactly) {
    const std::string next =
        "/2010-04-01/Accounts/" + std::string(account) + "/IncomingPhoneNumbers.json?Page=1&PageToken=PT1";
    serve({{http_answer("200 OK", list_json(number_json("+120255501234"), "\"" + next + "\""))},
           {http_answer("200 OK", list_json(number_json("+12025550123", "renamed")))}});
    const auto answer = await(client.list_by_number(e164("+12025550123")));
    ASSERT_TRUE(answer.value);
    ASSERT_EQ(answer.value->size(), 1u);
    EXPECT_EQ(answer.value->front().friendly_name, "renamed");
    EXPECT_THAT(server->requests().at(0), HasSubstr("?PhoneNumber=%2B12025550123&"));
    EXPECT_THAT(server->requests().at(1), StartsWith("GET " + next + " HTTP/1.1\r\n"));
}

TEST_F(TwilioClientTest, TagsAreComparedWhole) {
    serve({{http_answer("200 OK", list_json(number_json("+12025550123", std::string(tag) + "x") + "," +
                                            number_json("+12025550124")))}});
    const auto answer = await(client.list_by_tag(tag));
    ASSERT_TRUE(answer.value);
    ASSERT_EQ(answer.value->size(), 1u);
    EXPECT_EQ(answer.value->front().number.str(), "+12025550124");
}

TEST_F(TwilioClientTest, ANextPageElsewhereIsRefused) {
    const std::string elsewhere[] = {
        "https://evil.example/2010-04-01/Accounts/" + std::string(account) + "/IncomingPhoneNumbers.json",
        "//evil.example/",
        "/2010-04-01/Accounts/ACffffffffffffffffffffffffffffffff/IncomingPhoneNumbers.json",
        "/2010-04-01/Accounts/" + std::string(account) + "/../../x", "@evil.example/"};
    std::vector<Reply> replies;
    for (const std::string& next : elsewhere)
        replies.push_back({http_answer("200 OK", list_json("", "\"" + next + "\""))});
    serve(replies);
    for (const std::string& next : elsewhere)
        EXPECT_EQ(await(client.list_all()).problem.kind, Kind::unreadable) << next;
    EXPECT_EQ(server->requests().size(), std::size(elsewhere));
}

TEST_F(TwilioClientTest, AListThatDoesNotEndEndsAtOnceWithAnAlert) {
    const std::string path = "/2010-04-01/Accounts/" + std::string(account) + "/IncomingPhoneNumbers.json";
    const auto page = [&](const std::string& name) { return "\"" + path + "?Page=" + name + "\""; };
    // Each page to itself, and two pages to each other.
    serve({{http_answer("200 OK", list_json(number_json(), page("1")))},
           {http_answer("200 OK", list_json(number_json(), page("1")))},
           {http_answer("200 OK", list_json(number_json(), page("a")))},
           {http_answer("200 OK", list_json(number_json(), page("b")))},
           {http_answer("200 OK", list_json(number_json(), page("a")))}});
    EXPECT_EQ(await(client.list_all()).problem.kind, Kind::unreadable);
    EXPECT_EQ(server->requests().size(), 2u);
    EXPECT_EQ(await(client.list_by_tag(tag)).problem.kind, Kind::unreadable);
    EXPECT_EQ(server->requests().size(), 5u);
    EXPECT_THAT(metrics.render(), HasSubstr("telephonyd_alerts_total{alert=\"endless_list\"} 2"));
}

TEST_F(TwilioClientTest, WhatIsForSaleIsToldWithItsPlaceAndUse) {
    serve({{http_answer("200 OK", R"({"available_phone_numbers":[
              {"phone_number":"+14155550101","capabilities":{"voice":true,"SMS":false},"locality":"San Francisco",
               "region":"CA","address_requirements":"none"},
              {"phone_number":"+18445550101","capabilities":null,"locality":null}]})")}});
    const auto answer =
        await(client.look_for("US", "Local", {{"AreaCode", "415"}, {"InLocality", "San Jo*"}}));
    ASSERT_TRUE(answer.value);
    ASSERT_EQ(answer.value->size(), 2u);
    const AvailableNumber& number = answer.value->at(0);
    EXPECT_EQ(number.locality, "San Francisco");
    EXPECT_EQ(number.region, "CA");
    EXPECT_EQ(number.capabilities, (std::map<std::string, bool>{{"voice", true}, {"sms", false}}));
    EXPECT_EQ(answer.value->at(1).locality, "");
    EXPECT_TRUE(answer.value->at(1).capabilities.empty());
    EXPECT_THAT(server->requests().at(0), HasSubstr("&AreaCode=415&InLocality=San%20Jo%2A "));
}

TEST_F(TwilioClientTest, PricesAreByTypeAsInPathsAndOnlyNumbers) {
    serve({{http_answer("200 OK", R"({"price_unit":"USD","phone_number_prices":[
              {"number_type":"local","current_price":"1.15"},{"number_type":"toll free","current_price":"2.00"},
              {"number_type":"mobile","current_price":"free"},{"number_type":"national","current_price":null},
              {"number_type":"satellite","current_price":"9"},7]})")},
           {http_answer("200 OK", R"({"phone_number_prices":"none"})")},
           {http_answer("404 Not Found", R"({"code":20404,"status":404})")}});
    const auto answer = await(client.prices("US"));
    ASSERT_TRUE(answer.value);
    ASSERT_EQ(answer.value->size(), 2u);
    EXPECT_EQ(answer.value->at("Local").amount, "1.15");
    EXPECT_EQ(answer.value->at("TollFree").amount, "2.00");
    EXPECT_EQ(answer.value->at("Local").unit, "USD");
    EXPECT_THAT(server->requests().at(0), StartsWith("GET /v1/PhoneNumbers/Countries/US HTTP/1.1\r\n"));
    EXPECT_FALSE(await(client.prices("US")).value);
    EXPECT_FALSE(await(client.prices("AQ")).value);
}

TEST(TwilioSettings, PricesHaveAHostOfTheirOwnAtTwilioAlone) {
    const auto pricing = [](const char* base) {
        TwilioSettings settings;
        settings.base_url = base;
        return settings.pricing_url();
    };
    EXPECT_EQ(pricing("https://api.twilio.com"), "https://pricing.twilio.com");
    EXPECT_EQ(pricing("https://api.dublin.ie1.twilio.com"), "https://pricing.dublin.ie1.twilio.com");
    EXPECT_EQ(pricing("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
    EXPECT_EQ(pricing("https://api.example.com"), "https://api.example.com");
}

TEST_F(TwilioClientTest, SearchLeavesOutNumbersThatCannotTakeCalls) {
    serve({{http_answer("200 OK", R"({"available_phone_numbers":[
              {"phone_number":"+12025550101","capabilities":{"voice":true},"address_requirements":"none"},
              {"phone_number":"+12025550102","capabilities":{"VOICE":false}},
              {"phone_number":"+12025550103","capabilities":{"voice":true},"address_requirements":"any"}]})")}});
    const auto answer = await(client.search("US", "Local", {{"Contains", "47"}}));
    ASSERT_TRUE(answer.value);
    ASSERT_EQ(answer.value->size(), 2u);
    EXPECT_FALSE(answer.value->at(0).needs_address);
    EXPECT_TRUE(answer.value->at(1).needs_address);
    EXPECT_THAT(server->requests().at(0),
                HasSubstr("/AvailablePhoneNumbers/US/Local.json?VoiceEnabled=true&PageSize=30&Contains=47 "));
}

TEST_F(TwilioClientTest, ATypeThatACountryDoesNotHaveGivesNoNumbers) {
    serve({{http_answer("404 Not Found", R"({"code":20404,"status":404})")}});
    const auto answer = await(client.search("US", "Mobile", {}));
    ASSERT_TRUE(answer.value);
    EXPECT_TRUE(answer.value->empty());
}

TEST_F(TwilioClientTest, OnlyNoContentConfirmsARelease) {
    serve({{"HTTP/1.1 204 No Content\r\n\r\n"}, {http_answer("200 OK", "{}")}});
    EXPECT_TRUE(await(client.remove(number_sid, no_deadline)).value);
    EXPECT_FALSE(await(client.remove(number_sid, no_deadline)).value);
    EXPECT_THAT(server->requests().at(0), StartsWith("DELETE /2010-04-01/Accounts/"));
}

// Connecting takes time, during which the machine may even have been suspended.
TEST_F(TwilioClientTest, WhatIsTooLateIsNotSent) {
    serve({{http_answer("201 Created", number_json())}, {"HTTP/1.1 204 No Content\r\n\r\n"}});
    const Deadline passed = Clock::now() - std::chrono::milliseconds(1);
    const auto bought = await(client.buy(e164("+12025550123"), tag, {}, passed));
    EXPECT_EQ(bought.problem.kind, Kind::no_answer);
    EXPECT_THAT(bought.problem.message, HasSubstr("not sent"));
    EXPECT_FALSE(await(client.remove(number_sid, passed)).value);
    EXPECT_TRUE(server->requests().empty());
    EXPECT_TRUE(await(client.buy(e164("+12025550123"), tag, {}, after(std::chrono::seconds(5)))).value);
}

TEST_F(TwilioClientTest, AnEmptySidNeverBecomesTheUrlOfTheList) {
    serve({});
    EXPECT_THROW(await(client.remove("", no_deadline)), std::invalid_argument);
    EXPECT_TRUE(server->requests().empty());
}

TEST_F(TwilioClientTest, AnAccountIsTheOneThatWasAskedFor) {
    serve({{http_answer("200 OK",
                        R"({"sid":"AC0123456789abcdef0123456789abcdef","status":"active","type":"Full"})")},
           {http_answer("200 OK",
                        R"({"sid":"ACffffffffffffffffffffffffffffffff","status":"active","type":"Full"})")}});
    EXPECT_EQ(await(client.account()).value->status, "active");
    EXPECT_FALSE(await(client.account()).value);
}

}  // namespace
}  // namespace telephony::sidecar
