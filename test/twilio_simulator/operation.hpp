// The operations of the Twilio API by which faults, waits and the request log name requests.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace telephony::simulator {

/// What a request to the API asks for; `other` is whatever the simulator does not offer.
enum class Operation {
    search,
    buy,
    list,
    get,
    update,
    remove,
    account,
    countries,
    pricing,
    validate,
    list_caller_ids,
    get_caller_id,
    update_caller_id,
    remove_caller_id,
    call,
    list_calls,
    get_call,
    update_call,
    remove_call,
    call_price,
    permissions,
    other
};

/// The names of the operations in the control interface, in the order of the enumeration.
inline constexpr std::array<std::string_view, 22> operation_names{"search",
                                                                  "buy",
                                                                  "list",
                                                                  "get",
                                                                  "update",
                                                                  "delete",
                                                                  "account",
                                                                  "countries",
                                                                  "pricing",
                                                                  "validate",
                                                                  "list_caller_ids",
                                                                  "get_caller_id",
                                                                  "update_caller_id",
                                                                  "delete_caller_id",
                                                                  "call",
                                                                  "list_calls",
                                                                  "get_call",
                                                                  "update_call",
                                                                  "delete_call",
                                                                  "call_price",
                                                                  "permissions",
                                                                  "other"};

/// Whether pages of a list are asked for.
constexpr bool is_list(Operation operation) {
    return operation == Operation::list || operation == Operation::list_caller_ids ||
           operation == Operation::list_calls;
}

/// Whether the paths of such requests name no account: those to the Pricing and the Voice API.
constexpr bool names_no_account(Operation operation) {
    return operation == Operation::pricing || operation == Operation::call_price ||
           operation == Operation::permissions;
}

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
