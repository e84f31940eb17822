// The sealed box that a tenant's Twilio credentials travel and rest in: only telephonyd can open it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "credential.hpp"
#include "keys.hpp"

namespace telephony::credential {

/// The bytes of a box: version (1), key id (8 bytes), libsodium's crypto_box_seal of the payload.
using Box = std::vector<unsigned char>;

constexpr unsigned char box_version = 1;
constexpr std::size_t shortest_box = 100;
constexpr std::size_t longest_box = 1024;

/// Why a box does not give credentials; `none` when it does.
enum class BoxProblem {
    none,
    not_base64url,    ///< handed in as text, and not in the form that such a text has
    not_a_box,        ///< shorter or longer than a box can be
    unknown_version,  ///< of a format that this version does not know
    other_key,        ///< sealed to a key that was not offered
    not_openable,     ///< damaged, or not made by crypto_box_seal for that key
    not_a_credential  ///< it opens, and does not hold what it must
};

/// The reason as a sentence for people; it holds nothing of the box.
std::string_view describe(BoxProblem problem) noexcept;

/// Reads what stands openly in a box: stores the key id (16 hexadecimal digits) and returns none, not_a_box
/// or unknown_version.
BoxProblem read_header(std::span<const unsigned char> box, std::string& id);

/// Seals to `key`. Throws std::invalid_argument for a credential of wrong shape or a key to which nothing can
/// be sealed; no value is in its text.
Box seal(const Credential& credential, const PublicKey& key);

/// Opens a box with that one of `keys` which it names. Leaves `out` alone unless it returns none.
/// Nobody has vouched for the content: anyone who has the public key can seal. Whether organization and
/// account are those that the box was stored for, and whether it is recent, is the caller's to check.
BoxProblem open(std::span<const unsigned char> box, std::span<const SecretKey> keys, Credential& out);

/// How a box is handed in as text: this, then its bytes in base64url without padding.
constexpr std::string_view sealed_prefix = "sealed:";

/// Reads a box handed in as text, as far as it can be checked without a key: stores its bytes and returns
/// none, or leaves `out` alone and returns not_base64url, not_a_box or unknown_version.
BoxProblem read_sealed_text(std::string_view text, Box& out);

}  // namespace telephony::credential
