// Key pairs and their files, by libsodium.
#include "keys.hpp"

#include <sodium.h>

#include <cstring>
#include <span>
#include <utility>

namespace telephony::credential {

static_assert(key_size == crypto_box_PUBLICKEYBYTES && key_size == crypto_box_SECRETKEYBYTES);
static_assert(key_base64_size + 1 == sodium_base64_ENCODED_LEN(key_size, sodium_base64_VARIANT_ORIGINAL));

namespace {

constexpr std::size_t id_size = 8;

KeyFileProblem read_key(std::string_view text, KeyKind kind, std::span<unsigned char> key) {
    std::string_view base64;
    if (const KeyFileProblem problem = find_key(text, kind, base64); problem != KeyFileProblem::none)
        return problem;
    std::size_t length = 0;
    if (sodium_base642bin(key.data(), key.size(), base64.data(), base64.size(), nullptr, &length, nullptr,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        length != key.size())
        return KeyFileProblem::not_a_key;
    return KeyFileProblem::none;
}

/// Writes the line of a key file to `out`, which has room for line_size(kind) characters.
void write_line(KeyKind kind, std::span<const unsigned char> key, char* out) {
    const std::string_view head = title(kind);
    std::memcpy(out, head.data(), head.size());
    sodium_bin2base64(out + head.size(), key_base64_size + 1, key.data(), key.size(),
                      sodium_base64_VARIANT_ORIGINAL);
    out[head.size() + key_base64_size] = '\n';
}

std::size_t line_size(KeyKind kind) {
    return title(kind).size() + key_base64_size + 1;
}

/// What follows from the secret bytes.
void complete(SecretKey& key) {
    crypto_scalarmult_base(key.public_key.data(), key.bytes.bytes().data());
    key.id = key_id(key.public_key);
}

}  // namespace

std::string key_id(const PublicKey& key) {
    std::array<unsigned char, crypto_generichash_BYTES> hash;
    crypto_generichash(hash.data(), hash.size(), key.data(), key.size(), nullptr, 0);
    std::string id(2 * id_size + 1, '\0');
    sodium_bin2hex(id.data(), id.size(), hash.data(), id_size);
    id.pop_back();
    return id;
}

SecretKey generate_key() {
    SecretKey key{Secret(key_size), {}, {}};
    randombytes_buf(key.bytes.bytes().data(), key_size);
    complete(key);
    return key;
}

KeyFileProblem read_public_key(std::string_view text, PublicKey& out) {
    PublicKey key;
    const KeyFileProblem problem = read_key(text, KeyKind::public_key, key);
    if (problem == KeyFileProblem::none) out = key;
    return problem;
}

std::string write_public_key(const PublicKey& key) {
    std::string text(line_size(KeyKind::public_key), '\0');
    write_line(KeyKind::public_key, key, text.data());
    return text;
}

KeyFileProblem read_secret_key(std::string_view text, SecretKey& out) {
    SecretKey key{Secret(key_size), {}, {}};
    const KeyFileProblem problem = read_key(text, KeyKind::secret_key, key.bytes.bytes());
    if (problem != KeyFileProblem::none) return problem;
    complete(key);
    out = std::move(key);
    return KeyFileProblem::none;
}

Secret write_secret_key(const SecretKey& key) {
    Secret text(line_size(KeyKind::secret_key));
    write_line(KeyKind::secret_key, key.bytes.bytes(), reinterpret_cast<char*>(text.bytes().data()));
    return text;
}

}  // namespace telephony::credential
