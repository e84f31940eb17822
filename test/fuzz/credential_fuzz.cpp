// libFuzzer: whatever comes as a box, a payload, a token or a key file is read or refused, and what is read
// is written back as it was.
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "credential/sealed_box.hpp"

namespace {

using namespace telephony::credential;

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

const SecretKey& key() {
    static const SecretKey one = generate_key();
    return one;
}

constexpr std::string_view org = "0a1b2c3d-0000-4000-8000-0123456789ab";
const std::string account = "AC" + std::string(32, 'a');
const std::string token = "0123456789abcdef0123456789abcdef";

/// The members of a payload, in an order and with flaws that the input chooses, as random bytes alone would
/// hardly ever be one. Bytes below 128 each choose a member; the first other one ends them, and says what the
/// rest of the input is: what follows the payload, or pairs of a place in it and the character that goes
/// there.
std::string composed(std::string_view input) {
    const std::array<std::string, 8> parts{R"("org":")" + std::string(org) + '"',
                                           R"("account_sid":")" + account + '"',
                                           R"("issued_at":1700000000)",
                                           R"("token":")" + token + '"',
                                           R"("key_sid":"SK)" + token + '"',
                                           R"("secret":")" + token + '"',
                                           R"("issued_at":0)",
                                           R"("token":"")"};
    const auto ends = [](char c) { return static_cast<unsigned char>(c) >= 128; };
    const auto end =
        std::find_if(input.begin(), input.begin() + std::min<std::size_t>(input.size(), 6), ends);
    std::string text = "{";
    for (auto at = input.begin(); at != end; ++at) {
        if (text.size() > 1) text += ',';
        text += parts[static_cast<std::size_t>(*at) % parts.size()];
    }
    text += '}';
    if (end == input.end()) return text;
    const std::string_view rest(end + 1, input.end());
    if (static_cast<unsigned char>(*end) >= 192) return text += rest;
    for (std::size_t i = 0; i + 1 < rest.size(); i += 2)
        text[static_cast<unsigned char>(rest[i]) % text.size()] = rest[i + 1];
    return text;
}

/// A payload that is read is the payload of what was read: each member once, in its shape, and nothing beside
/// them.
void try_payload(std::string_view text) {
    Credential read;
    if (!read_payload(text, read)) {
        require(read.org.empty() && read.token.empty(), "a refused payload leaves something behind");
        return;
    }
    const Secret again = write_payload(read);
    require(again.size() == text.size(), "a payload holds more than was read of it");
    std::string given(text), written(again.reveal());
    std::sort(given.begin(), given.end());
    std::sort(written.begin(), written.end());
    require(given == written, "a payload holds something else than was read of it");
    Credential once_more;
    require(read_payload(again.reveal(), once_more), "what was written cannot be read");
    require(once_more.username == read.username && once_more.token.reveal() == read.token.reveal() &&
                once_more.issued_at == read.issued_at && once_more.org == read.org &&
                once_more.account_sid == read.account_sid,
            "what was written reads otherwise");
}

/// The input as a box, as it is, and as what is sealed in one that opens.
void try_box(std::string_view input) {
    const std::span<const unsigned char> bytes(reinterpret_cast<const unsigned char*>(input.data()),
                                               input.size());
    Credential opened;
    require(open(bytes, {&key(), 1}, opened) != BoxProblem::none, "somebody guessed a box");
    std::string id;
    if (read_header(bytes, id) == BoxProblem::none) {
        require(input.size() >= shortest_box && input.size() <= longest_box && input[0] == 1,
                "a header of no box");
        Box box(bytes.begin(), bytes.end());
        sodium_hex2bin(&box[1], 8, key().id.data(), key().id.size(), nullptr, nullptr, nullptr);
        require(open(box, {&key(), 1}, opened) == BoxProblem::not_openable,
                "somebody guessed a box for the key");
    }
    Box sealed(9 + crypto_box_SEALBYTES + input.size(), 1);
    sodium_hex2bin(&sealed[1], 8, key().id.data(), key().id.size(), nullptr, nullptr, nullptr);
    require(crypto_box_seal(&sealed[9], bytes.data(), bytes.size(), key().public_key.data()) == 0,
            "sealing failed");
    Credential direct;
    const BoxProblem problem = open(sealed, {&key(), 1}, opened);
    if (sealed.size() < shortest_box || sealed.size() > longest_box)
        require(problem == BoxProblem::not_a_box, "a box of a wrong size was opened");
    else
        require((problem == BoxProblem::none) == read_payload(input, direct),
                "a box reads otherwise than its payload");
}

void try_texts(std::string_view text) {
    Credential credential;
    credential.account_sid = account;
    if (read_token(text, credential))
        require(credential.is_api_key()
                    ? text == credential.username + ':' + std::string(credential.token.reveal())
                    : text == credential.token.reveal(),
                "a token is not what was given");
    Box box;
    if (read_sealed_text(std::string(sealed_prefix) + std::string(text), box) == BoxProblem::none) {
        std::string again(sodium_base64_encoded_len(box.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                          '\0');
        sodium_bin2base64(again.data(), again.size(), box.data(), box.size(),
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING);
        again.pop_back();
        require(again == text, "two texts for one box");
    }
    PublicKey public_key;
    for (const std::string& file :
         {std::string(text), std::string(title(KeyKind::public_key)) + std::string(text)}) {
        if (read_public_key(file, public_key) != KeyFileProblem::none) continue;
        require(write_public_key(public_key).substr(0, 75) == file.substr(0, 75), "two texts for one key");
    }
    std::string_view base64;
    SecretKey secret_key;
    require((find_key(text, KeyKind::secret_key, base64) == KeyFileProblem::none) ==
                (read_secret_key(text, secret_key) == KeyFileProblem::none),
            "a key file that is one for some only");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    try_payload(input);
    try_payload(composed(input));
    try_box(input);
    try_texts(input);
    return 0;
}
