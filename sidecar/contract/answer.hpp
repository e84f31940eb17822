// The result of a call of the contract.
#pragma once

#include <stdexcept>
#include <string>

#include "base/clock.hpp"
#include "io/pg_connection.hpp"

namespace telephony::sidecar {

/// Thrown when the database answers something that the contract does not allow.
class ContractBroken : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The outcome of the call, and the value if it is ok.
template <class T>
struct ContractAnswer {
    CallOutcome outcome = CallOutcome::not_sent;
    T value{};
    std::string sqlstate;
    std::string message;
    std::string hint;
    Deadline sent_at{};
};

}  // namespace telephony::sidecar
