// Reads and writes page tokens and the links of a list.
#include "list_page.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cinttypes>
#include <cstdio>

#include "api_error.hpp"
#include "representation.hpp"

namespace telephony::simulator {
namespace {

constexpr std::size_t default_page_size = 50;
constexpr std::size_t largest_page_size = 1000;

/// Tokens say on which side of a number the page is: PA older, PB newer; then its sequence.
constexpr std::string_view older_token = "PA";
constexpr std::string_view newer_token = "PB";

std::optional<std::uint64_t> whole_number(std::string_view text, int base) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<PagePosition> parse_token(std::string_view token) {
    const bool towards_newer = token.starts_with(newer_token);
    if (!towards_newer && !token.starts_with(older_token)) return std::nullopt;
    const std::optional<std::uint64_t> sequence = whole_number(token.substr(older_token.size()), 16);
    if (!sequence) return std::nullopt;
    return PagePosition{*sequence, towards_newer};
}

std::string token(const PagePosition& position) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%s%032" PRIx64,
                  (position.towards_newer ? newer_token : older_token).data(), position.sequence);
    return text.data();
}

std::string percent_encoded(const std::string& text) {
    constexpr std::string_view unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string encoded;
    for (const char character : text) {
        if (unreserved.find(character) != std::string_view::npos) {
            encoded += character;
        } else {
            std::array<char, 4> escape{};
            std::snprintf(escape.data(), escape.size(), "%%%02X", static_cast<unsigned char>(character));
            encoded += escape.data();
        }
    }
    return encoded;
}

std::string filters(const Parameters& parameters) {
    std::string query;
    for (const auto& [name, value] : parameters) {
        if (name == "PageSize" || name == "Page" || name == "PageToken") continue;
        query += percent_encoded(name) + '=' + percent_encoded(value) + '&';
    }
    return query;
}

}  // namespace

std::size_t page_size(const Parameters& parameters) {
    const std::string given = parameter(parameters, "PageSize");
    if (given.empty()) return default_page_size;
    const std::optional<std::uint64_t> size = whole_number(given, 10);
    if (!size || *size == 0) throw ApiError{400, 20422, "Invalid Parameter: PageSize"};
    return std::min<std::size_t>(*size, largest_page_size);
}

PageRequest parse_page_request(const Parameters& parameters) {
    const std::string page = parameter(parameters, "Page");
    const std::string page_token = parameter(parameters, "PageToken");
    PageRequest request{page_size(parameters), 0, std::nullopt};
    if (!page.empty()) {
        const std::optional<std::uint64_t> number = whole_number(page, 10);
        if (!number) throw ApiError{400, 20422, "Invalid Parameter: Page"};
        request.number = *number;
    }
    if (!page_token.empty()) request.position = parse_token(page_token);
    if (!request.position && (!page_token.empty() || request.number != 0)) {
        throw ApiError{400, 21481, "Invalid PageToken"};
    }
    return request;
}

Json represent_page(const Page<ListedEntry>& page, std::string_view name, const PageRequest& request,
                    const std::string& path, const Parameters& parameters) {
    const std::string base = path + '?' + filters(parameters) + "PageSize=" + std::to_string(request.size);
    const auto link = [&](std::uint64_t number, std::optional<PagePosition> position) {
        const std::string uri = base + "&Page=" + std::to_string(number);
        return position ? uri + "&PageToken=" + token(*position) : uri;
    };
    const auto neighbour = [&](bool exists, std::uint64_t number, std::uint64_t sequence,
                               bool towards_newer) {
        return exists ? Json(link(number, PagePosition{sequence, towards_newer})) : Json();
    };

    Json entries = Json::array();
    for (const ListedEntry& entry : page.entries) entries.push_back(entry.shown);
    const bool is_empty = page.entries.empty();
    const std::uint64_t newest = is_empty ? 0 : page.entries.front().sequence;
    const std::uint64_t oldest = is_empty ? 0 : page.entries.back().sequence;
    const std::uint64_t start = request.number * request.size;
    const std::uint64_t previous = request.number == 0 ? 0 : request.number - 1;
    return {{std::string(name), entries},
            {"page", request.number},
            {"page_size", request.size},
            {"start", start},
            {"end", is_empty ? start : start + page.entries.size() - 1},
            {"uri", link(request.number, request.position)},
            {"first_page_uri", link(0, std::nullopt)},
            {"next_page_uri", neighbour(page.has_older && !is_empty, request.number + 1, oldest, false)},
            {"previous_page_uri", neighbour(page.has_newer && !is_empty, previous, newest, true)}};
}

}  // namespace telephony::simulator
