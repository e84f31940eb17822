// A claimed job as the database writes it.
#include "contract/jobs.hpp"

#include <gtest/gtest.h>

#include "contract/answer.hpp"

namespace telephony::sidecar {
namespace {

constexpr const char* claimed_row =
    R"({"job_id":"j","org_id":"o","kind":"provision","state":"in_doubt","token":4294967297,"tag":"t","country_code":"US",
    "buyable":[{"country_code":"GB","number_type":"Mobile","address_sid":null,"bundle_sid":"BU1"},{"country_code":"US","number_type":"Local","address_sid":null,"bundle_sid":null}],"wishes":{},
    "number_country":"US","number_type":"Local","number":"+12025550123","account_sid":"AC1","number_sid":null,
    "intent_at":"2024-01-01T12:00:00+00:00","cancel_requested":false,"resumed":true,"posts_sent":2,"may_resend":true,"voice":{"VoiceUrl":"https://a"},
    "credential":{"org_id":"o","account_sid":"AC1","generation":"g","key_id":"0011223344556677","sealed":"AQID","set_at":"2024-01-01T12:00:00.5+00:00","status":"verified"}})";

std::string row_with(const std::string& wishes) {
    std::string row = claimed_row;
    const std::string none = R"("wishes":{})";
    return row.replace(row.find(none), none.size(), R"("wishes":)" + wishes);
}

TEST(ClaimedJob, WishesNarrowItsSearch) {
    const ClaimedJob any = parse_claimed_job(claimed_row);
    EXPECT_TRUE(any.filter.empty());
    EXPECT_FALSE(any.wished);
    const ClaimedJob like = parse_claimed_job(row_with(R"({"area_code":"415","contains":"TAXI"})"));
    EXPECT_EQ(like.filter, (FormParameters{{"AreaCode", "415"}, {"Contains", "TAXI"}}));
    const ClaimedJob one = parse_claimed_job(row_with(R"({"number":"+14155550123"})"));
    EXPECT_EQ(one.wished->str(), "+14155550123");
    EXPECT_FALSE(one.or_similar);
    const ClaimedJob similar = parse_claimed_job(row_with(R"({"number":"+14155550123","or_similar":true})"));
    EXPECT_TRUE(similar.or_similar);
    EXPECT_EQ(similar.filter, (FormParameters{{"AreaCode", "415"}}));
    EXPECT_THROW(parse_claimed_job(row_with(R"({"number":"415"})")), ContractBroken);
}

TEST(ClaimedJob, IsReadFromItsRow) {
    const ClaimedJob job = parse_claimed_job(claimed_row);
    EXPECT_EQ(job.kind, JobKind::provision);
    EXPECT_EQ(job.state, JobState::in_doubt);
    EXPECT_EQ(job.token, 4294967297);
    EXPECT_EQ(job.number->str(), "+12025550123");
    EXPECT_EQ(job.number_sid, "");
    EXPECT_EQ(iso8601(*job.intent_at), "2024-01-01T12:00:00Z");
    ASSERT_EQ(job.kinds.size(), 2u);
    EXPECT_EQ(job.kinds[0].country, "GB");
    EXPECT_EQ(job.kinds[0].type, "Mobile");
    EXPECT_EQ(job.kinds[0].address_sid, "");
    EXPECT_EQ(job.kinds[0].bundle_sid, "BU1");
    EXPECT_EQ(job.number_country + job.number_type, "USLocal");
    EXPECT_TRUE(job.resumed);
    EXPECT_EQ(job.posts_sent, 2);
    EXPECT_TRUE(job.may_resend);
    EXPECT_EQ(job.voice, (FormParameters{{"VoiceUrl", "https://a"}}));
    ASSERT_TRUE(job.credentials);
    EXPECT_EQ(job.credentials->generation, "g");
    EXPECT_EQ(job.credentials->box, (credential::Box{1, 2, 3}));
    EXPECT_EQ(iso8601(job.credentials->set_at), "2024-01-01T12:00:00Z");
    EXPECT_TRUE(job.credentials->verified);
}

TEST(ClaimedJob, ARowThatBreaksTheContractIsRefused) {
    const std::string good = claimed_row;
    const auto with = [&good](const std::string& from, const std::string& to) {
        return std::string(good).replace(good.find(from), from.size(), to);
    };
    EXPECT_THROW(parse_claimed_job("{}"), ContractBroken);
    EXPECT_THROW(parse_claimed_job("garbage"), ContractBroken);
    EXPECT_THROW(parse_claimed_job(with("in_doubt", "asleep")), ContractBroken);
    EXPECT_THROW(parse_claimed_job(with("AQID", "A$")), ContractBroken);
    EXPECT_THROW(parse_claimed_job(with("provision\"", "walk\"")), ContractBroken);
    EXPECT_THROW(parse_claimed_job(with("+12025550123", "2025550123")), ContractBroken);
    EXPECT_THROW(parse_claimed_job(with("2024-01-01T12:00:00+00:00", "yesterday")), ContractBroken);
    EXPECT_THROW(parse_claimed_job(with("4294967297", "\"x\"")), ContractBroken);
}

TEST(JobStanding, IsReadFromItsRow) {
    const std::string row =
        R"({"state":"in_doubt","lease_kept":false,"retry_seconds":2.5,"cancel_requested":true,
        "posts_sent":2,"may_resend":true,"intent_at":"2024-01-01T12:00:00+00:00"})";
    const JobStanding standing = parse_job_standing(row);
    EXPECT_EQ(standing.state, JobState::in_doubt);
    EXPECT_FALSE(standing.lease_kept);
    EXPECT_EQ(standing.retry, std::chrono::milliseconds(2500));
    EXPECT_TRUE(standing.cancel_requested);
    EXPECT_EQ(standing.posts_sent, 2);
    EXPECT_TRUE(standing.may_resend);
    EXPECT_EQ(iso8601(*standing.intent_at), "2024-01-01T12:00:00Z");
    EXPECT_THROW(parse_job_standing("{}"), ContractBroken);
    EXPECT_THROW(parse_job_standing("in_doubt"), ContractBroken);
}

}  // namespace
}  // namespace telephony::sidecar
