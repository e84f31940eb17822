// What calls cost.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace telephony::simulator {

using Json = nlohmann::json;

/// Prices of a minute in dollars by the leading digits of the number that is called. Not synchronized: its
/// owner is.
class VoicePrices {
  public:
    /// nullopt where Twilio does not tell.
    std::optional<double> of(std::string_view number) const;

    /// Sets the price of numbers with a prefix (+44...); nullopt is one that is not told.
    void set(const std::string& prefix, std::optional<double> price) { set_[prefix] = price; }

    void reset() { set_.clear(); }

  private:
    std::map<std::string, std::optional<double>> set_;
};

/// A price as the API shows it: `0.0130`; null for none.
Json price_text(std::optional<double> price);

}  // namespace telephony::simulator
