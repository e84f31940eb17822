// Client addresses as request headers write them, what of one is counted together, and networks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace telephony::limiter {

/// An IP address. IPv4 is kept in its IPv6-mapped form (RFC 4291, 2.5.5.2), which is also read as IPv4.
struct Address {
    std::array<std::uint8_t, 16> bytes{};

    /// Reads `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]` and `[2001:db8::1]:443`: the ways
    /// proxies write a client. nullopt if `text` is none of them.
    static std::optional<Address> parse(std::string_view text) noexcept;

    bool is_v4() const noexcept;

    bool operator==(const Address&) const = default;
};

/// What counts as one client: an IPv4 address, or the /64 of an IPv6 address, which is what one subscriber
/// gets (RFC 6177). Two different clients differ.
struct ClientKey {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    bool operator==(const ClientKey&) const = default;
};

ClientKey client_key(const Address& address) noexcept;

/// The site that an IPv6 client belongs to: its /48, the most that one subscriber is given (RFC 6177), who
/// can make 65,536 clients of it. nullopt for IPv4, of which one address is all that a subscriber has.
std::optional<ClientKey> site_key(const Address& address) noexcept;

/// Writes what may be shown of a client, `198.51.100.0/24` or `2001:db8:7::/48`, and returns it as a view of
/// `buffer`. Addresses are personal data.
std::string_view show_truncated(const ClientKey& key, std::array<char, 64>& buffer) noexcept;

/// A network in CIDR form; `prefix` counts the bits of the IPv6 form, 96 more than IPv4 writes.
struct Network {
    Address address;
    int prefix = 128;

    /// Reads `10.0.0.0/8`, `2001:db8::/32` or a single address. nullopt for anything else, also where bits
    /// beyond the prefix are set.
    static std::optional<Network> parse(std::string_view text) noexcept;

    /// `::/0` holds no IPv4 address, as elsewhere.
    bool contains(const Address& other) const noexcept;
};

}  // namespace telephony::limiter
