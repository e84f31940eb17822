// Shortens and restores the uuids of a tag.
#include "reconcile/ownership_tag.hpp"

#include <array>
#include <cstdint>

namespace telephony::sidecar {
namespace {

constexpr std::string_view prefix = "telephony:";
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t short_length = 22;
using UuidBytes = std::array<std::uint8_t, 16>;

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<UuidBytes> uuid_bytes(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    UuidBytes bytes{};
    std::size_t nibbles = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen != (text[i] == '-')) return std::nullopt;
        if (hyphen) continue;
        const int value = hex_value(text[i]);
        if (value < 0) return std::nullopt;
        bytes[nibbles / 2] = static_cast<std::uint8_t>(bytes[nibbles / 2] << 4 | value);
        ++nibbles;
    }
    return bytes;
}

std::string uuid_text(const UuidBytes& bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
        text.push_back(digits[bytes[i] >> 4]);
        text.push_back(digits[bytes[i] & 0xf]);
    }
    return text;
}

std::string shorten(const UuidBytes& bytes) {
    std::string text;
    std::uint32_t bits = 0;
    int count = 0;
    for (const std::uint8_t byte : bytes) {
        bits = bits << 8 | byte;
        for (count += 8; count >= 6; count -= 6) text.push_back(alphabet[bits >> (count - 6) & 0x3f]);
    }
    text.push_back(alphabet[bits << (6 - count) & 0x3f]);
    return text;
}

std::optional<UuidBytes> restore(std::string_view text) {
    UuidBytes bytes{};
    std::uint32_t bits = 0;
    int count = 0;
    std::size_t at = 0;
    for (const char c : text) {
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8 && at < bytes.size()) {
            count -= 8;
            bytes[at++] = static_cast<std::uint8_t>(bits >> count);
        }
    }
    // 22 characters hold 4 bits more than a uuid: another spelling of the same uuid is not a tag of ours.
    if (shorten(bytes) != text) return std::nullopt;
    return bytes;
}

}  // namespace

bool is_uuid(std::string_view text) {
    return uuid_bytes(text).has_value();
}

std::string OwnershipTag::text() const {
    return std::string(prefix) + shorten(uuid_bytes(installation).value()) + ":" +
           shorten(uuid_bytes(job).value());
}

std::optional<OwnershipTag> OwnershipTag::parse(std::string_view name) {
    if (name.size() != prefix.size() + 2 * short_length + 1 || name.substr(0, prefix.size()) != prefix)
        return std::nullopt;
    name.remove_prefix(prefix.size());
    if (name[short_length] != ':') return std::nullopt;
    const auto installation = restore(name.substr(0, short_length));
    const auto job = restore(name.substr(short_length + 1));
    if (!installation || !job) return std::nullopt;
    return OwnershipTag{uuid_text(*installation), uuid_text(*job)};
}

}  // namespace telephony::sidecar
