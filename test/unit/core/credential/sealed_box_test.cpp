// Sealed boxes and key files: what opens, what does not and why.
#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "credential/sealed_box.hpp"

namespace {

using namespace telephony::credential;

const std::string org = "0a1b2c3d-0000-4000-8000-0123456789ab";
const std::string sid = "AC" + std::string(32, 'a');
const std::string token = "0123456789abcdef0123456789abcdef";

Credential credential() {
    Credential result{org, sid, 1'700'000'000, {}, {}};
    EXPECT_TRUE(read_token(token, result));
    return result;
}

std::vector<SecretKey> keys(std::size_t count) {
    std::vector<SecretKey> result;
    while (result.size() < count) result.push_back(generate_key());
    return result;
}

/// A box with this payload, whatever it is.
Box box_with(std::string_view payload, const SecretKey& key) {
    Box box(9 + crypto_box_SEALBYTES + payload.size());
    box[0] = 1;
    sodium_hex2bin(&box[1], 8, key.id.data(), key.id.size(), nullptr, nullptr, nullptr);
    crypto_box_seal(&box[9], reinterpret_cast<const unsigned char*>(payload.data()), payload.size(),
                    key.public_key.data());
    return box;
}

TEST(SealedBox, OpensWithItsKeyAmongSeveral) {
    const auto some = keys(3);
    for (const SecretKey& key : some) {
        Credential opened;
        ASSERT_EQ(open(seal(credential(), key.public_key), some, opened), BoxProblem::none);
        EXPECT_EQ(opened.org, org);
        EXPECT_EQ(opened.account_sid, sid);
        EXPECT_EQ(opened.issued_at, 1'700'000'000);
        EXPECT_EQ(opened.username, sid);
        EXPECT_EQ(opened.token.reveal(), token);
    }
}

TEST(SealedBox, SaysOpenlyOnlyVersionAndKey) {
    const auto key = generate_key();
    const Box first = seal(credential(), key.public_key), second = seal(credential(), key.public_key);
    EXPECT_EQ(first.size(), 9 + crypto_box_SEALBYTES + write_payload(credential()).size());
    EXPECT_TRUE(std::equal(first.begin(), first.begin() + 9, second.begin()));
    EXPECT_NE(first, second) << "the same credentials give another box each time";
    std::string id;
    EXPECT_EQ(read_header(first, id), BoxProblem::none);
    EXPECT_EQ(id, key.id);
    for (const std::string& part : {token, sid, org})
        EXPECT_EQ(std::search(first.begin(), first.end(), part.begin(), part.end()), first.end());
}

TEST(SealedBox, EveryChangedBitIsNoticed) {
    const auto some = keys(1);
    const Box box = seal(credential(), some[0].public_key);
    for (std::size_t bit = 0; bit < 8 * box.size(); ++bit) {
        Box changed = box;
        changed[bit / 8] ^= static_cast<unsigned char>(1 << bit % 8);
        Credential opened;
        const BoxProblem problem = open(changed, some, opened);
        // The top bit of an X25519 public key does not count (RFC 7748, 5), but the box's nonce is made of
        // it.
        EXPECT_EQ(problem, bit < 8    ? BoxProblem::unknown_version
                           : bit < 72 ? BoxProblem::other_key
                                      : BoxProblem::not_openable)
            << bit;
        EXPECT_TRUE(opened.token.empty());
    }
}

TEST(SealedBox, EveryShorterOneIsRefused) {
    const auto some = keys(1);
    const Box box = seal(credential(), some[0].public_key);
    for (std::size_t size = 0; size < box.size(); ++size) {
        Credential opened;
        const BoxProblem problem = open(std::span(box).first(size), some, opened);
        EXPECT_EQ(problem, size < shortest_box ? BoxProblem::not_a_box : BoxProblem::not_openable) << size;
    }
    Box longer = box;
    longer.push_back(0);
    Credential opened;
    EXPECT_EQ(open(longer, some, opened), BoxProblem::not_openable);
    longer.resize(longest_box + 1);
    EXPECT_EQ(open(longer, some, opened), BoxProblem::not_a_box);
}

TEST(SealedBox, AnotherKeyDoesNotOpen) {
    const auto some = keys(2);
    const Box box = seal(credential(), some[0].public_key);
    Credential opened;
    EXPECT_EQ(open(box, std::span(some).last(1), opened), BoxProblem::other_key);
    EXPECT_EQ(open(box, {}, opened), BoxProblem::other_key);
    Box relabelled = box;
    sodium_hex2bin(&relabelled[1], 8, some[1].id.data(), some[1].id.size(), nullptr, nullptr, nullptr);
    EXPECT_EQ(open(relabelled, some, opened), BoxProblem::not_openable);
}

TEST(SealedBox, OtherContentIsNoCredential) {
    const auto some = keys(1);
    Credential opened{"unchanged", {}, 0, {}, {}};
    for (const std::string& payload :
         {std::string(200, 'x'), std::string(200, '\0'), std::string(43, '{'),
          R"({"org":")" + org + R"(","account_sid":")" + sid + R"(","issued_at":1})"}) {
        EXPECT_EQ(open(box_with(payload, some[0]), some, opened), BoxProblem::not_a_credential);
        EXPECT_EQ(opened.org, "unchanged");
    }
}

TEST(SealedBox, UnsoundCredentialsAndWeakKeysAreNotSealed) {
    EXPECT_THROW(seal({}, generate_key().public_key), std::invalid_argument);
    EXPECT_THROW(seal(credential(), PublicKey{}), std::invalid_argument);
}

TEST(SealedBox, EveryProblemIsDescribed) {
    for (const auto problem :
         {BoxProblem::none, BoxProblem::not_base64url, BoxProblem::not_a_box, BoxProblem::unknown_version,
          BoxProblem::other_key, BoxProblem::not_openable, BoxProblem::not_a_credential})
        EXPECT_TRUE(describe(problem).ends_with('.'));
}

std::string as_text(const Box& box, int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING) {
    std::string text(sodium_base64_encoded_len(box.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), box.data(), box.size(), variant);
    text.pop_back();
    return "sealed:" + text;
}

TEST(SealedText, IsReadBack) {
    const Box box = seal(credential(), generate_key().public_key);
    Box read;
    EXPECT_EQ(read_sealed_text(as_text(box), read), BoxProblem::none);
    EXPECT_EQ(read, box);
}

TEST(SealedText, OfAnyLengthABoxMayHave) {
    for (std::size_t size = 0; size < longest_box + 10; ++size) {
        Box box(size, 0xFB), read;
        if (size > 0) box[0] = 1;
        const bool good = size >= shortest_box && size <= longest_box;
        EXPECT_EQ(read_sealed_text(as_text(box), read), good ? BoxProblem::none : BoxProblem::not_a_box)
            << size;
        EXPECT_EQ(read, good ? box : Box{}) << size;
    }
}

TEST(SealedText, NoOtherWayOfWritingIt) {
    Box box(101, 0xFB), read;
    box[0] = 1;
    const std::string text = as_text(box);
    for (const std::string& other : {std::string(), text.substr(7), ' ' + text, text + ' ', text + '=',
                                     text + '\n', text.substr(0, 50) + '\n' + text.substr(50),
                                     as_text(box, sodium_base64_VARIANT_ORIGINAL_NO_PADDING),
                                     as_text(box, sodium_base64_VARIANT_URLSAFE), "SEALED:" + text.substr(7),
                                     text + "AA", text.substr(0, text.size() - 1) + '_'})
        EXPECT_EQ(read_sealed_text(other, read), BoxProblem::not_base64url) << other;
    EXPECT_EQ(read_sealed_text("sealed:" + std::string(1 << 20, '*'), read), BoxProblem::not_a_box);
}

TEST(KeyFile, IsReadBack) {
    const SecretKey key = generate_key();
    PublicKey public_key;
    EXPECT_EQ(read_public_key(write_public_key(key.public_key), public_key), KeyFileProblem::none);
    EXPECT_EQ(public_key, key.public_key);
    SecretKey secret_key;
    EXPECT_EQ(read_secret_key(write_secret_key(key).reveal(), secret_key), KeyFileProblem::none);
    EXPECT_EQ(secret_key.bytes.reveal(), key.bytes.reveal());
    EXPECT_EQ(secret_key.public_key, key.public_key);
    EXPECT_EQ(secret_key.id, key.id);
}

TEST(KeyFile, KnownKey) {
    // RFC 7748, 6.1: the keys of Alice.
    SecretKey key;
    ASSERT_EQ(
        read_secret_key("telephony-sidecar-secret-key-1 dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=\n", key),
        KeyFileProblem::none);
    EXPECT_EQ(write_public_key(key.public_key),
              "telephony-sidecar-public-key-1 hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=\n");
    // By Python: hashlib.blake2b(public_key, digest_size=32).hexdigest()[:16]
    EXPECT_EQ(key.id, "7a91869e4c114964");
}

TEST(KeyFile, WithOrWithoutLineEnd) {
    const std::string text = write_public_key(generate_key().public_key);
    PublicKey key;
    EXPECT_EQ(read_public_key(text.substr(0, text.size() - 1), key), KeyFileProblem::none);
    EXPECT_EQ(read_public_key(text.substr(0, text.size() - 1) + "\r\n", key), KeyFileProblem::none);
}

TEST(KeyFile, WhatIsNotOneIsNamed) {
    const SecretKey key = generate_key();
    const std::string text = write_public_key(key.public_key), secret(write_secret_key(key).reveal());
    PublicKey read{};
    SecretKey read_secret;
    EXPECT_EQ(read_public_key("", read), KeyFileProblem::empty);
    EXPECT_EQ(read_public_key("\n \n", read), KeyFileProblem::empty);
    EXPECT_EQ(read_public_key(secret, read), KeyFileProblem::secret_key);
    EXPECT_EQ(read_secret_key(text, read_secret), KeyFileProblem::public_key);
    EXPECT_EQ(read_public_key(' ' + text, read), KeyFileProblem::not_a_key_file);
    EXPECT_EQ(read_public_key("-----BEGIN PUBLIC KEY-----\n", read), KeyFileProblem::not_a_key_file);
    EXPECT_EQ(read_public_key(text + text, read), KeyFileProblem::more_than_a_line);
    EXPECT_EQ(read_public_key(text + "# mine\n", read), KeyFileProblem::more_than_a_line);
    const std::string title = "telephony-sidecar-public-key-1 ";
    for (const std::string& base64 :
         {std::string(), std::string("AAAA"), std::string(44, 'A'),
          std::string(43, 'A') + "==", std::string(42, 'A') + "B=", std::string(42, 'A') + "==",
          std::string(42, 'A') + "_=", ' ' + std::string(42, 'A') + "=", std::string(43, 'A') + "=A"})
        EXPECT_EQ(read_public_key(title + base64, read), KeyFileProblem::not_a_key) << base64;
    EXPECT_EQ(read, PublicKey{});
    EXPECT_TRUE(read_secret.bytes.empty());
}

TEST(KeyFile, EveryProblemIsDescribedWithoutTheFile) {
    for (const auto problem :
         {KeyFileProblem::none, KeyFileProblem::empty, KeyFileProblem::secret_key, KeyFileProblem::public_key,
          KeyFileProblem::not_a_key_file, KeyFileProblem::not_a_key, KeyFileProblem::more_than_a_line})
        EXPECT_TRUE(describe(problem).ends_with('.'));
}

}  // namespace
