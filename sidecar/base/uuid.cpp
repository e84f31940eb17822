// libsodium reads the hexadecimal digits and writes the base64url.
#include "base/uuid.hpp"

#include <sodium.h>

#include <array>
#include <optional>
#include <stdexcept>

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

std::string short_uuid(std::string_view uuid) {
    const std::optional<UuidBytes> bytes = uuid_bytes(uuid);
    if (!bytes) throw std::invalid_argument("not a uuid");
    constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::array<char, sodium_base64_ENCODED_LEN(sizeof(UuidBytes), variant)> text{};
    return sodium_bin2base64(text.data(), text.size(), bytes->data(), bytes->size(), variant);
}

}  // namespace telephony::sidecar
