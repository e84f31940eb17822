// The keys of telephonyd: the pair that seals and opens, its id, and its two files.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "key_file.hpp"
#include "secret.hpp"

namespace telephony::credential {

/// The X25519 key to which boxes are sealed. Public.
using PublicKey = std::array<unsigned char, key_size>;

/// Which key a box is for: the first 8 bytes of the BLAKE2b-256 hash of the public key, as 16 lower-case
/// hexadecimal digits.
std::string key_id(const PublicKey& key);

/// The X25519 key that opens boxes, with what follows from it.
struct SecretKey {
    Secret bytes;          ///< key_size bytes
    PublicKey public_key;  ///< the key that seals to it
    std::string id;        ///< key_id(public_key)
};

/// A new secret key.
SecretKey generate_key();

/// Reads a public key file: the line `telephony-sidecar-public-key-1 <base64>`. Leaves `out` alone unless it
/// returns none.
KeyFileProblem read_public_key(std::string_view text, PublicKey& out);

/// The text of a public key file, with its line end.
std::string write_public_key(const PublicKey& key);

/// Reads a secret key file: the line `telephony-sidecar-secret-key-1 <base64>`. `text` stays its owner's to
/// wipe. Leaves `out` alone unless it returns none.
KeyFileProblem read_secret_key(std::string_view text, SecretKey& out);

/// The text of a secret key file, with its line end.
Secret write_secret_key(const SecretKey& key);

}  // namespace telephony::credential
