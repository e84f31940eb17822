// The alerts: events that an operator should look at.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace telephony::sidecar {

/// All alerts, each once: the enumeration, the labels in /metrics and the names in what is posted come from
/// this list.
#define TELEPHONY_ALERTS(ALERT) \
    ALERT(settle_unconfirmed)   \
    ALERT(rolled_back)          \
    ALERT(rollback_unconfirmed) \
    ALERT(number_kept)          \
    ALERT(conflict)             \
    ALERT(voice_settings)       \
    ALERT(release_blocked)      \
    ALERT(box_refused)          \
    ALERT(key_missing)          \
    ALERT(number_differs)       \
    ALERT(endless_list)         \
    ALERT(caller_id_kept)       \
    ALERT(self_check)           \
    ALERT(upkeep_overdue)

enum class Alert : int {
#define TELEPHONY_ALERT_ENUMERATOR(name) name,
    TELEPHONY_ALERTS(TELEPHONY_ALERT_ENUMERATOR)
#undef TELEPHONY_ALERT_ENUMERATOR
};

/// In the order of the enumeration.
inline constexpr auto alert_names = std::to_array<std::string_view>({
#define TELEPHONY_ALERT_NAME(name) #name,
    TELEPHONY_ALERTS(TELEPHONY_ALERT_NAME)
#undef TELEPHONY_ALERT_NAME
});

constexpr std::string_view name_of(Alert alert) {
    return alert_names.at(static_cast<std::size_t>(alert));
}

}  // namespace telephony::sidecar
