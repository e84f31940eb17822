// Boxes made and opened by libsodium's crypto_box_seal.
#include "sealed_box.hpp"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace telephony::credential {

namespace {

constexpr std::size_t id_size = 8;
constexpr std::size_t header_size = 1 + id_size;

std::string hex(std::span<const unsigned char> bytes) {
    std::string text(2 * bytes.size() + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    text.pop_back();
    return text;
}

}  // namespace

std::string_view describe(BoxProblem problem) noexcept {
    switch (problem) {
        case BoxProblem::none:
            return "It is a sealed box.";
        case BoxProblem::not_base64url:
            return "It is not sealed: followed by base64url without padding.";
        case BoxProblem::not_a_box:
            return "It is not as long as a sealed box: 100 to 1024 bytes.";
        case BoxProblem::unknown_version:
            return "It is of a version other than 1.";
        case BoxProblem::other_key:
            return "It was sealed for another key.";
        case BoxProblem::not_openable:
            return "It is damaged, or was not sealed for the key that it names.";
        case BoxProblem::not_a_credential:
            return "It does not hold Twilio credentials in the form that docs/credentials.md gives.";
    }
    return "It is not a sealed box.";
}

BoxProblem read_header(std::span<const unsigned char> box, std::string& id) {
    if (box.size() < shortest_box || box.size() > longest_box) return BoxProblem::not_a_box;
    if (box.front() != box_version) return BoxProblem::unknown_version;
    id = hex(box.subspan(1, id_size));
    return BoxProblem::none;
}

Box seal(const Credential& credential, const PublicKey& key) {
    prepare_sodium();
    const Secret payload = write_payload(credential);
    Box box(header_size + crypto_box_SEALBYTES + payload.size());
    box.front() = box_version;
    const std::string id = key_id(key);
    sodium_hex2bin(&box[1], id_size, id.data(), id.size(), nullptr, nullptr, nullptr);
    if (crypto_box_seal(&box[header_size], payload.bytes().data(), payload.size(), key.data()) != 0)
        throw std::invalid_argument("nothing can be sealed to that public key");
    return box;
}

BoxProblem open(std::span<const unsigned char> box, std::span<const SecretKey> keys, Credential& out) {
    std::string id;
    if (const BoxProblem problem = read_header(box, id); problem != BoxProblem::none) return problem;
    const auto key = std::find_if(keys.begin(), keys.end(), [&](const SecretKey& k) { return k.id == id; });
    if (key == keys.end()) return BoxProblem::other_key;
    const std::span<const unsigned char> sealed = box.subspan(header_size);
    Secret payload(sealed.size() - crypto_box_SEALBYTES);
    if (crypto_box_seal_open(payload.bytes().data(), sealed.data(), sealed.size(), key->public_key.data(),
                             key->bytes.bytes().data()) != 0)
        return BoxProblem::not_openable;
    return read_payload(payload.reveal(), out) ? BoxProblem::none : BoxProblem::not_a_credential;
}

BoxProblem read_sealed_text(std::string_view text, Box& out) {
    if (!text.starts_with(sealed_prefix)) return BoxProblem::not_base64url;
    text.remove_prefix(sealed_prefix.size());
    if (text.size() > (longest_box + 2) / 3 * 4) return BoxProblem::not_a_box;
    Box box(longest_box + 2);
    std::size_t length = 0;
    if (sodium_base642bin(box.data(), box.size(), text.data(), text.size(), nullptr, &length, nullptr,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return BoxProblem::not_base64url;
    box.resize(length);
    std::string id;
    const BoxProblem problem = read_header(box, id);
    if (problem == BoxProblem::none) out = std::move(box);
    return problem;
}

}  // namespace telephony::credential
