// Addresses of the hosts that a connection string names.
#include "io/host_lookup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "io/event_loop.hpp"

namespace telephony::sidecar {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Task<void> look_up(HostLookup& lookup, bool& found) {
    found = co_await lookup.run(after(std::chrono::seconds(30)));
}

TEST(HostLookup, LeavesAddressesAndSocketDirectoriesAlone) {
    EventLoop loop;
    for (const char* conninfo : {"host=/run/postgresql", "host=127.0.0.1", "host=::1 port=5433",
                                 "host=localhost hostaddr=127.0.0.1", "host=@abstract"}) {
        HostLookup lookup(loop, conninfo);
        bool found = false;
        loop.run_until_done(look_up(lookup, found));
        EXPECT_TRUE(found) << conninfo;
        EXPECT_EQ(lookup.addresses(), nullptr) << conninfo;
    }
}

TEST(HostLookup, ListsEveryAddressOfEveryHost) {
    EventLoop loop;
    HostLookup lookup(loop, "host=/run/x,localhost,10.1.2.3 port=1,2,3");
    bool found = false;
    loop.run_until_done(look_up(lookup, found));
    ASSERT_TRUE(found) << lookup.problem();
    const auto commas = [](const char* list) { return std::count(list, list + std::strlen(list), ','); };
    EXPECT_THAT(lookup.hosts(), StartsWith("/run/x,localhost,"));
    EXPECT_THAT(lookup.addresses(), StartsWith(","));
    EXPECT_THAT(lookup.addresses(), HasSubstr(",10.1.2.3"));
    EXPECT_THAT(lookup.ports(), StartsWith("1,2,"));
    EXPECT_EQ(commas(lookup.hosts()), commas(lookup.addresses()));
    EXPECT_EQ(commas(lookup.hosts()), commas(lookup.ports()));
}

TEST(HostLookup, ANameWithoutAddressIsAProblem) {
    EventLoop loop;
    HostLookup lookup(loop, "host=no-such-host.invalid");
    bool found = true;
    loop.run_until_done(look_up(lookup, found));
    EXPECT_FALSE(found);
    EXPECT_THAT(lookup.problem(), HasSubstr("no-such-host.invalid"));
}

}  // namespace
}  // namespace telephony::sidecar
