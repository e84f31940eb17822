// Credentials: shapes, the payload of a box written and read, secret memory.
#include "credential/credential.hpp"

#include <gtest/gtest.h>
#include <sodium.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using namespace telephony::credential;

const std::string org = "0a1b2c3d-0000-4000-8000-0123456789ab";
const std::string sid = "AC" + std::string(32, 'a');
const std::string token = "0123456789abcdef0123456789abcdef";
const std::string key_sid = "SK" + std::string(32, 'b');
const std::string key_secret = "0123456789ABCDEFGHIJKLMNOPabcdef";

Credential with_token(std::string_view text) {
    Credential credential{org, sid, 1'700'000'000, {}, {}};
    EXPECT_TRUE(read_token(text, credential));
    return credential;
}

std::string member(const std::string& name, const std::string& value) {
    return '"' + name + "\":\"" + value + '"';
}

std::string payload(const std::vector<std::string>& members) {
    std::string text;
    for (const std::string& m : members) text += (text.empty() ? "{" : ",") + m;
    return text + '}';
}

const std::vector<std::string> token_members{member("org", org), member("account_sid", sid),
                                             "\"issued_at\":1700000000", member("token", token)};

bool reads(const std::string& text) {
    Credential credential{"unchanged", {}, 0, {}, {}};
    const bool read = read_payload(text, credential);
    EXPECT_EQ(credential.org == "unchanged", !read) << text;
    return read;
}

TEST(CredentialShape, OrganizationIsAUuidInLowerCase) {
    EXPECT_TRUE(is_org_id(org));
    for (std::string text :
         {"", "0A1b2c3d-0000-4000-8000-0123456789ab", "0a1b2c3d-0000-4000-8000-0123456789a",
          "0a1b2c3d-0000-4000-8000-0123456789abc", "0a1b2c3d00004000-8000-0123456789ab--",
          "0a1b2c3d-0000-4000-8000_0123456789ab", "0a1b2c3d-0000-4000-8000-0123456789ag"})
        EXPECT_FALSE(is_org_id(text)) << text;
}

TEST(CredentialShape, AccountSid) {
    EXPECT_TRUE(is_account_sid(sid));
    EXPECT_FALSE(is_account_sid("AC" + std::string(31, 'a')));
    EXPECT_FALSE(is_account_sid("AC" + std::string(33, 'a')));
    EXPECT_FALSE(is_account_sid("AC" + std::string(32, 'A')));
    EXPECT_FALSE(is_account_sid("ac" + std::string(32, 'a')));
    EXPECT_FALSE(is_account_sid(key_sid));
    EXPECT_FALSE(is_account_sid(sid + '\n'));
    EXPECT_FALSE(is_account_sid(std::string("AC") + std::string(31, 'a') + '\0'));
}

TEST(CredentialShape, AuthTokenNamesTheAccountAsUser) {
    const Credential credential = with_token(token);
    EXPECT_EQ(credential.username, sid);
    EXPECT_EQ(credential.token.reveal(), token);
    EXPECT_FALSE(credential.is_api_key());
}

TEST(CredentialShape, ApiKeyNamesItselfAsUser) {
    const Credential credential = with_token(key_sid + ':' + key_secret);
    EXPECT_EQ(credential.username, key_sid);
    EXPECT_EQ(credential.token.reveal(), key_secret);
    EXPECT_TRUE(credential.is_api_key());
}

TEST(CredentialShape, OtherTokensChangeNothing) {
    for (const std::string& text : std::vector<std::string>{
             "", "x", token + "0", token.substr(1), "0123456789ABCDEF0123456789abcdef", key_sid,
             key_sid + ':', key_sid + ':' + key_secret + "0", key_sid + ';' + key_secret,
             sid + ':' + key_secret, key_sid + ":0123456789ABCDEFGHIJKLMNOPabcde_", "sealed:AAAA",
             token + '\n', token + std::string(1, '\0')}) {
        Credential credential{org, sid, 1, "before", Secret("before")};
        EXPECT_FALSE(read_token(text, credential)) << text;
        EXPECT_EQ(credential.username, "before");
        EXPECT_EQ(credential.token.reveal(), "before");
    }
}

TEST(CredentialPayload, IsTheDocumentedText) {
    EXPECT_EQ(write_payload(with_token(token)).reveal(), payload(token_members));
    EXPECT_EQ(write_payload(with_token(key_sid + ':' + key_secret)).reveal(),
              payload({token_members[0], token_members[1], token_members[2], member("key_sid", key_sid),
                       member("secret", key_secret)}));
}

TEST(CredentialPayload, ReadsBackWhatWasWritten) {
    for (const std::string& given : {token, key_sid + ':' + key_secret}) {
        const Credential before = with_token(given);
        Credential after;
        ASSERT_TRUE(read_payload(write_payload(before).reveal(), after));
        EXPECT_EQ(after.org, org);
        EXPECT_EQ(after.account_sid, sid);
        EXPECT_EQ(after.issued_at, 1'700'000'000);
        EXPECT_EQ(after.username, before.username);
        EXPECT_EQ(after.token.reveal(), before.token.reveal());
    }
}

TEST(CredentialPayload, MembersMayStandInAnyOrder) {
    const auto& m = token_members;
    EXPECT_TRUE(reads(payload({m[3], m[2], m[1], m[0]})));
    EXPECT_TRUE(reads(payload({m[2], member("secret", key_secret), m[0], member("key_sid", key_sid), m[1]})));
}

TEST(CredentialPayload, ExactlyTheMembersThereMustBe) {
    const auto& m = token_members;
    for (std::size_t without = 0; without < m.size(); ++without) {
        std::vector<std::string> members = m;
        members.erase(members.begin() + static_cast<std::ptrdiff_t>(without));
        EXPECT_FALSE(reads(payload(members))) << without;
        members = m;
        members.push_back(m[without]);
        EXPECT_FALSE(reads(payload(members))) << "twice: " << without;
    }
    EXPECT_FALSE(reads(payload({m[0], m[1], m[2], m[3], member("more", "x")})));
    EXPECT_FALSE(
        reads(payload({m[0], m[1], m[2], m[3], member("key_sid", key_sid), member("secret", key_secret)})));
    EXPECT_FALSE(reads(payload({m[0], m[1], m[2], m[3], member("key_sid", key_sid)})));
    EXPECT_FALSE(reads(payload({m[0], m[1], m[2], member("key_sid", key_sid)})));
    EXPECT_FALSE(reads(payload({m[0], m[1], m[2], member("secret", key_secret)})));
}

TEST(CredentialPayload, NothingButCompactJson) {
    const std::string good = payload(token_members);
    for (const std::string& text : std::vector<std::string>{
             "", "{", "{}", "[]", "null", ' ' + good, good + ' ', good + '\n', good + good, good.substr(1),
             good.substr(0, good.size() - 1), good.substr(0, good.size() - 2), '[' + good + ']', good + ',',
             payload({"", token_members[0]}), std::string(1000, '{'), std::string(1000, '"')})
        EXPECT_FALSE(reads(text)) << text;
    for (const auto& [from, to] :
         std::vector<std::pair<std::string, std::string>>{{"\":\"", "\": \""},
                                                          {",\"", ", \""},
                                                          {"\"org\"", "\"\\u006frg\""},
                                                          {"\"org\"", "org"},
                                                          {"\"org\"", "\"Org\""},
                                                          {":1700000000", ":\"1700000000\""},
                                                          {":1700000000", ":01700000000"},
                                                          {":1700000000", ":+1700000000"},
                                                          {":1700000000", ":-1700000000"},
                                                          {":1700000000", ":0"},
                                                          {":1700000000", ":"},
                                                          {":1700000000", ":1.7e9"},
                                                          {":1700000000", ":1700000000.0"},
                                                          {":1700000000", ":1700000000000"},
                                                          {":1700000000", ":99999999999999999999"},
                                                          {":1700000000", ":null"},
                                                          {"\"token\":\"0", "\"token\":\"\\u0030"},
                                                          {"}", ",}"}}) {
        std::string text = good;
        ASSERT_NE(text.find(from), std::string::npos);
        EXPECT_FALSE(reads(text.replace(text.find(from), from.size(), to))) << text;
    }
}

TEST(CredentialPayload, ValuesHaveTheirShapes) {
    const auto& m = token_members;
    EXPECT_FALSE(reads(payload({member("org", "0A" + org.substr(2)), m[1], m[2], m[3]})));
    EXPECT_FALSE(reads(payload({member("org", ""), m[1], m[2], m[3]})));
    EXPECT_FALSE(reads(payload({m[0], member("account_sid", key_sid), m[2], m[3]})));
    EXPECT_FALSE(reads(payload({m[0], m[1], m[2], member("token", token + '0')})));
    EXPECT_FALSE(reads(payload({m[0], m[1], m[2], member("token", std::string(32, 'F'))})));
    EXPECT_FALSE(reads(payload({m[0], m[1], m[2], member("key_sid", sid), member("secret", key_secret)})));
    EXPECT_FALSE(
        reads(payload({m[0], m[1], m[2], member("key_sid", key_sid), member("secret", token + '0')})));
}

TEST(CredentialPayload, UnsoundCredentialsAreNotWrittenAndNotQuoted) {
    const auto refused = [](Credential credential) {
        try {
            write_payload(credential);
            return false;
        } catch (const std::invalid_argument& error) {
            EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos);
            return true;
        }
    };
    EXPECT_TRUE(refused({"x", sid, 1, sid, Secret(token)}));
    EXPECT_TRUE(refused({org, "x", 1, "x", Secret(token)}));
    EXPECT_TRUE(refused({org, sid, 0, sid, Secret(token)}));
    EXPECT_TRUE(refused({org, sid, 1'000'000'000'000, sid, Secret(token)}));
    EXPECT_TRUE(refused({org, sid, 1, sid, Secret("my secret")}));
    EXPECT_TRUE(refused({org, sid, 1, key_sid, Secret("my secret")}));
    EXPECT_TRUE(refused({org, sid, 1, "SK\"", Secret(key_secret)}));
}

TEST(Secret, MovesAndIsNeitherCopiedNorPrinted) {
    static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
    static_assert(std::is_nothrow_move_constructible_v<Secret> && std::is_nothrow_move_assignable_v<Secret>);
    Secret first("value");
    EXPECT_EQ(first.reveal().data()[5], '\0') << "ends as a C string does";
    Secret second(std::move(first));
    EXPECT_TRUE(first.empty());
    EXPECT_EQ(first.reveal(), "");
    EXPECT_EQ(second.reveal(), "value");
    first = std::move(second);
    EXPECT_EQ(first.reveal(), "value");
    EXPECT_EQ(Secret(3).reveal(), std::string_view("\0\0\0", 3));
    EXPECT_TRUE(Secret("").empty());
}

/// How a child process ends that runs `act`.
template <class Act>
int status_of_child(Act act) {
    const pid_t child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL);  // a sanitizer would report what is meant to happen
        act();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

TEST(Secret, IsFollowedByAGuardPage) {
    const int status = status_of_child([] {
        Secret secret("value");
        const volatile unsigned char* end = secret.bytes().data() + secret.size() + 1;
        [[maybe_unused]] const unsigned char beyond = *end;
    });
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), SIGSEGV);
}

}  // namespace
