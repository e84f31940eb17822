// Key files: one line, a title and a key in base64.
#include "key_file.hpp"

namespace telephony::credential {

namespace {

constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// True for the one way to write 32 bytes: 43 characters of which the last carries four bits, and a `=`.
bool is_key(std::string_view base64) noexcept {
    if (base64.size() != key_base64_size || base64.back() != '=') return false;
    base64.remove_suffix(1);
    if (base64.find_first_not_of(base64_alphabet) != std::string_view::npos) return false;
    return base64_alphabet.find(base64.back()) % 4 == 0;
}

}  // namespace

std::string_view title(KeyKind kind) noexcept {
    return kind == KeyKind::public_key ? "telephony-sidecar-public-key-1 "
                                       : "telephony-sidecar-secret-key-1 ";
}

std::string_view describe(KeyFileProblem problem) noexcept {
    switch (problem) {
        case KeyFileProblem::none:
            return "It is a key file.";
        case KeyFileProblem::empty:
            return "It is empty.";
        case KeyFileProblem::secret_key:
            return "It holds the secret key, which only telephonyd may read; the public key is in the file "
                   "of "
                   "the same name with .pub.";
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

KeyFileProblem find_key(std::string_view text, KeyKind kind, std::string_view& base64) noexcept {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return KeyFileProblem::empty;
    if (!text.starts_with(title(kind))) {
        if (text.starts_with(title(KeyKind::secret_key))) return KeyFileProblem::secret_key;
        if (text.starts_with(title(KeyKind::public_key))) return KeyFileProblem::public_key;
        return KeyFileProblem::not_a_key_file;
    }
    text.remove_prefix(title(kind).size());
    const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
    if (text.find_first_not_of("\r\n", line.size()) != std::string_view::npos)
        return KeyFileProblem::more_than_a_line;
    if (!is_key(line)) return KeyFileProblem::not_a_key;
    base64 = line;
    return KeyFileProblem::none;
}

}  // namespace telephony::credential
