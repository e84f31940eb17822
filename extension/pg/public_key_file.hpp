// The file named by telephony.sidecar_public_key_file: read, and checked without libsodium.
#pragma once

#include <string>

namespace telephony::pg {

/// What was read of a public key file, or why it is not one.
struct PublicKeyFile {
    std::string text;     ///< what it holds; a whole key file if there is no problem
    std::string problem;  ///< a sentence for the administrator; empty if there is none
};

/// Reads the file at `path`: absolute, readable to the server's account, writable to nobody but its owner,
/// and holding a public key as telephonyd keygen writes it. Reads no more of it than a key file can have.
PublicKeyFile read_public_key_file(const std::string& path);

}  // namespace telephony::pg
