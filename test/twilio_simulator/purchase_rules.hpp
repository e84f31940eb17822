// What a number and its regulations demand of a purchase.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "inventory.hpp"
#include "number_settings.hpp"

namespace telephony::simulator {

bool is_e164(std::string_view text);

/// Refuses a number whose rules are not met. The refusals come one at a time and hide each other: an address
/// is asked for first, then one in the number's area, the bundle last.
void check_regulations(const Offer& offer, const NumberSettings& settings, const std::string& number,
                       const std::map<std::string, std::string>& address_areas);

}  // namespace telephony::simulator
