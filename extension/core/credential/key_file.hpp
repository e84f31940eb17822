// The text of telephonyd's key files. Needs no libsodium, so that a setting that names one is checked
// cheaply.
#pragma once

#include <cstddef>
#include <string_view>

namespace telephony::credential {

/// X25519 keys have 32 bytes, in base64 44 characters.
constexpr std::size_t key_size = 32;
constexpr std::size_t key_base64_size = 44;

enum class KeyKind { public_key, secret_key };

/// What the line of a key file begins with, the space included.
std::string_view title(KeyKind kind) noexcept;

/// Why a text is not the key file that is wanted.
enum class KeyFileProblem {
    none,
    empty,
    secret_key,       ///< it holds a secret key where the public one is wanted
    public_key,       ///< it holds the public key where the secret one is wanted
    not_a_key_file,   ///< its line does not begin as that of a key file does
    not_a_key,        ///< what follows is not 32 bytes in base64
    more_than_a_line  ///< something follows the key
};

/// The reason as a sentence for people; it holds nothing of the file.
std::string_view describe(KeyFileProblem problem) noexcept;

/// Finds the key in the text of a key file: one line, with or without its end. Stores where its base64 stands
/// and returns none, or leaves `base64` alone.
KeyFileProblem find_key(std::string_view text, KeyKind kind, std::string_view& base64) noexcept;

}  // namespace telephony::credential
