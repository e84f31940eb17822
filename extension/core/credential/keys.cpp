// Key pairs and their files, by libsodium.
#include "keys.hpp"

#include <sodium.h>

#include <cstring>
#include <span>
#include <utility>

namespace telephony::credential {

static_assert(key_size == crypto_box_PUBLICKEYBYTES && key_size == crypto_box_SECRETKEYBYTES);

namespace {

constexpr std::string_view public_title = "telephony-sidecar-public-key-1 ";
constexpr std::string_view secret_title = "telephony-sidecar-secret-key-1 ";
constexpr std::size_t base64_size = sodium_base64_ENCODED_LEN(key_size, sodium_base64_VARIANT_ORIGINAL) - 1;
constexpr std::size_t id_size = 8;

KeyFileProblem read_key(std::string_view text, std::string_view title, std::span<unsigned char> key) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return KeyFileProblem::empty;
    if (!text.starts_with(title)) {
        if (text.starts_with(secret_title)) return KeyFileProblem::secret_key;
        if (text.starts_with(public_title)) return KeyFileProblem::public_key;
        return KeyFileProblem::not_a_key_file;
    }
    text.remove_prefix(title.size());
    std::string_view base64 = text.substr(0, text.find_first_of("\r\n"));
    if (text.find_first_not_of("\r\n", base64.size()) != std::string_view::npos)
        return KeyFileProblem::more_than_a_line;
    std::size_t length = 0;
    if (base64.size() != base64_size ||
        sodium_base642bin(key.data(), key.size(), base64.data(), base64.size(), nullptr, &length, nullptr,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        length != key.size())
        return KeyFileProblem::not_a_key;
    return KeyFileProblem::none;
}

/// The line of a key file in `out`, which has the room.
void write_line(std::string_view title, std::span<const unsigned char> key, char* out) {
    std::memcpy(out, title.data(), title.size());
    sodium_bin2base64(out + title.size(), base64_size + 1, key.data(), key.size(),
                      sodium_base64_VARIANT_ORIGINAL);
    out[title.size() + base64_size] = '\n';
}

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

std::string_view describe(KeyFileProblem problem) noexcept {
    switch (problem) {
        case KeyFileProblem::none:
            return "It is a key file.";
        case KeyFileProblem::empty:
            return "It is empty.";
        case KeyFileProblem::secret_key:
            return "It holds the secret key, which only telephonyd may read; the public key is in the file "
                   "of the "
                   "same name with .pub.";
        case KeyFileProblem::public_key:
            return "It holds the public key; the secret key is in the file of the same name without .pub.";
        case KeyFileProblem::not_a_key_file:
            return "It does not begin as a key file of telephonyd does.";
        case KeyFileProblem::not_a_key:
            return "What it holds is not a key of 32 bytes in base64.";
        case KeyFileProblem::more_than_a_line:
            return "Something follows the key.";
    }
    return "It is not a key file.";
}

KeyFileProblem read_public_key(std::string_view text, PublicKey& out) {
    PublicKey key;
    const KeyFileProblem problem = read_key(text, public_title, key);
    if (problem == KeyFileProblem::none) out = key;
    return problem;
}

std::string write_public_key(const PublicKey& key) {
    std::string text(public_title.size() + base64_size + 1, '\0');
    write_line(public_title, key, text.data());
    return text;
}

KeyFileProblem read_secret_key(std::string_view text, SecretKey& out) {
    SecretKey key{Secret(key_size), {}, {}};
    const KeyFileProblem problem = read_key(text, secret_title, key.bytes.bytes());
    if (problem != KeyFileProblem::none) return problem;
    complete(key);
    out = std::move(key);
    return KeyFileProblem::none;
}

Secret write_secret_key(const SecretKey& key) {
    Secret text(secret_title.size() + base64_size + 1);
    write_line(secret_title, key.bytes.bytes(), reinterpret_cast<char*>(text.bytes().data()));
    return text;
}

}  // namespace telephony::credential
