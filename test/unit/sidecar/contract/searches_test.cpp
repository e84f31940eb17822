// A claimed search as the database writes it.
#include "contract/searches.hpp"

#include <gtest/gtest.h>

#include "contract/answer.hpp"

namespace telephony::sidecar {
namespace {

TEST(ClaimedSearch, IsReadFromItsRow) {
    const ClaimedSearch search = parse_claimed_search(
        R"({"org_id":"o","search_id":"s","token":4294967297,"account_sid":"AC1","credential":null,
            "wishes":{"area_code":"415","contains":"TAXI","locality":"San José","number_type":"Local"},
            "kinds":[{"country_code":"US","number_type":"Local"},{"country_code":"CA","number_type":"Local"}]})");
    EXPECT_EQ(search.org_id + search.search_id + search.account_sid, "osAC1");
    EXPECT_EQ(search.token, 4294967297);
    EXPECT_EQ(search.filter,
              (FormParameters{{"AreaCode", "415"}, {"Contains", "TAXI"}, {"InLocality", "San José"}}));
    ASSERT_EQ(search.kinds.size(), 2u);
    EXPECT_EQ(search.kinds[1].country + search.kinds[1].type, "CALocal");
    EXPECT_EQ(search.kinds[0].bundle_sid, "");
    EXPECT_FALSE(search.credentials);
}

TEST(ClaimedSearch, WithoutWishesFiltersNothing) {
    const ClaimedSearch search = parse_claimed_search(
        R"({"org_id":"o","search_id":"s","token":1,"account_sid":"AC1","credential":null,"wishes":{},"kinds":[]})");
    EXPECT_TRUE(search.filter.empty());
    EXPECT_TRUE(search.kinds.empty());
}

TEST(ClaimedSearch, WhatCannotBeReadBreaksTheContract) {
    for (const char* row : {"", "{}", R"({"org_id":"o","search_id":"s","token":"x"})"})
        EXPECT_THROW(parse_claimed_search(row), ContractBroken) << row;
}

}  // namespace
}  // namespace telephony::sidecar
