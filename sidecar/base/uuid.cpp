// libsodium reads the hexadecimal digits.
#include "base/uuid.hpp"

#include <sodium.h>

#include <array>
#include <optional>

namespace telephony::sidecar {
namespace {

using UuidBytes = std::array<unsigned char, 16>;

std::optional<UuidBytes> uuid_bytes(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((text[i] == '-') != (i == 8 || i == 13 || i == 18 || i == 23)) return std::nullopt;
    UuidBytes bytes{};
    std::size_t length = 0;
    if (sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), "-", &length, nullptr) != 0 ||
        length != bytes.size())
        return std::nullopt;
    return bytes;
}

}  // namespace

bool is_uuid(std::string_view text) {
    return uuid_bytes(text).has_value();
}

}  // namespace telephony::sidecar
