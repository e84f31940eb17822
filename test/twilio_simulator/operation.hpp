// The operations of the Twilio API by which faults, waits and the request log name requests.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace telephony::simulator {

/// What a request to the API asks for; `other` is whatever the simulator does not offer.
enum class Operation { search, buy, list, get, update, remove, account, countries, pricing, other };

/// The names of the operations in the control interface, in the order of the enumeration.
inline constexpr std::array<std::string_view, 10> operation_names{
    "search", "buy", "list", "get", "update", "delete", "account", "countries", "pricing", "other"};

constexpr std::string_view name_of(Operation operation) {
    return operation_names[static_cast<std::size_t>(operation)];
}

/// The operation with this name in the control interface; nullopt if there is none.
constexpr std::optional<Operation> operation_named(std::string_view name) {
    for (std::size_t i = 0; i < operation_names.size(); ++i) {
        if (operation_names[i] == name) return static_cast<Operation>(i);
    }
    return std::nullopt;
}

}  // namespace telephony::simulator
