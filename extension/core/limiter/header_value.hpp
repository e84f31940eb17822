// Headers out of the JSON object that PostgREST hands over as request.headers. No allocation, no exceptions.
#pragma once

#include <span>
#include <string_view>

namespace telephony::limiter {

/// What was found of a header. `raw` is its value as it stands between the quotes: escapes are not undone.
struct HeaderValue {
    enum class State { found, absent, malformed } state = State::absent;
    std::string_view raw;
};

struct WantedHeader {
    std::string_view name;
    HeaderValue value{};
};

/// Looks for the headers `wanted` in `json`: an object of strings, which is what PostgREST writes. Anything
/// else is malformed, but the empty text, which a pooled connection shows outside of requests, has no header.
/// Names are compared as bytes; PostgREST writes them in lower case. Of several the last counts, as
/// everywhere in PostgreSQL and PostgREST. All of `json` is read, so that nothing malformed passes for the
/// rest.
void find_headers(std::string_view json, std::span<WantedHeader> wanted) noexcept;

/// The `hop`th element from the right (1: the last) of a comma-separated header, without the blanks around
/// it. Empty elements count. Empty where there are fewer: the request did not come through that many proxies.
std::string_view element_from_right(std::string_view list, int hop) noexcept;

}  // namespace telephony::limiter
