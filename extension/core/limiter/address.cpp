// Reading and comparing addresses; the forms themselves are left to inet_pton().
#include "limiter/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>

namespace telephony::limiter {

namespace {

constexpr std::array<std::uint8_t, 12> mapped_v4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr int mapped_bits = 96;

/// An address without port or brackets.
std::optional<Address> parse_bare(std::string_view text) noexcept {
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
    std::ranges::copy(text, terminated.begin());
    Address result;
    if (inet_pton(AF_INET6, terminated.data(), result.bytes.data()) == 1) return result;
    std::ranges::copy(mapped_v4, result.bytes.begin());
    if (inet_pton(AF_INET, terminated.data(), result.bytes.data() + mapped_v4.size()) == 1) return result;
    return std::nullopt;
}

/// Digits only, and no more than `largest`.
std::optional<int> parse_number(std::string_view text, unsigned largest) noexcept {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value > largest) return std::nullopt;
    return static_cast<int>(value);
}

bool is_port(std::string_view text) noexcept {
    return parse_number(text, 65535).has_value();
}

std::uint64_t big_endian(const std::uint8_t* bytes) noexcept {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | bytes[i];
    return value;
}

}  // namespace

std::optional<Address> Address::parse(std::string_view text) noexcept {
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        const std::string_view after = text.substr(end + 1);
        if (!after.empty() && !(after.front() == ':' && is_port(after.substr(1)))) return std::nullopt;
        const std::string_view bare = text.substr(1, end - 1);
        return bare.find(':') != std::string_view::npos ? parse_bare(bare) : std::nullopt;
    }
    // One colon belongs to a port, more to IPv6.
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos)
        return parse_bare(text);
    return is_port(text.substr(colon + 1)) ? parse_bare(text.substr(0, colon)) : std::nullopt;
}

bool Address::is_v4() const noexcept {
    return std::equal(mapped_v4.begin(), mapped_v4.end(), bytes.begin());
}

ClientKey client_key(const Address& address) noexcept {
    if (address.is_v4()) return {0, big_endian(address.bytes.data() + 8)};
    return {big_endian(address.bytes.data()), 0};
}

std::optional<ClientKey> site_key(const Address& address) noexcept {
    if (address.is_v4()) return std::nullopt;
    constexpr std::uint64_t behind_48_bits = 0xFFFF;
    return ClientKey{big_endian(address.bytes.data()) & ~behind_48_bits, 0};
}

std::string_view show_truncated(const ClientKey& key, std::array<char, 64>& buffer) noexcept {
    const bool v4 = key.low != 0;
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(key.high >> (56 - 8 * i));
    const std::array<std::uint8_t, 4> v4_bytes{static_cast<std::uint8_t>(key.low >> 24),
                                               static_cast<std::uint8_t>(key.low >> 16),
                                               static_cast<std::uint8_t>(key.low >> 8), 0};
    inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? v4_bytes.data() : bytes.data(), buffer.data(), INET6_ADDRSTRLEN);
    std::strcat(buffer.data(), v4 ? "/24" : "/48");
    return buffer.data();
}

std::optional<Network> Network::parse(std::string_view text) noexcept {
    const std::size_t slash = text.find('/');
    const auto address = parse_bare(text.substr(0, slash));
    if (!address) return std::nullopt;
    Network result{*address, 128};
    if (slash != std::string_view::npos) {
        // A mapped address may be written in either form; the prefix goes with the form.
        const bool dotted = text.substr(0, slash).find(':') == std::string_view::npos;
        const auto prefix = parse_number(text.substr(slash + 1), dotted ? 32 : 128);
        if (!prefix) return std::nullopt;
        result.prefix = *prefix + (dotted ? mapped_bits : 0);
    }
    for (int bit = result.prefix; bit < 128; ++bit)
        if ((result.address.bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) return std::nullopt;
    return result;
}

bool Network::contains(const Address& other) const noexcept {
    if (prefix < mapped_bits && other.is_v4()) return false;
    const std::size_t whole = static_cast<std::size_t>(prefix) / 8;
    if (!std::equal(address.bytes.begin(), address.bytes.begin() + whole, other.bytes.begin())) return false;
    const int rest = prefix % 8;
    return rest == 0 || (address.bytes[whole] ^ other.bytes[whole]) >> (8 - rest) == 0;
}

}  // namespace telephony::limiter
