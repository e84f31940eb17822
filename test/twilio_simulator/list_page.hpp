// Paging of the API's lists: page size and token in, links to the neighbouring pages out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "number_settings.hpp"
#include "page.hpp"

namespace telephony::simulator {

/// Which page of a list is asked for.
struct PageRequest {
    std::size_t size;
    std::uint64_t number;                  ///< counted from 0; only shown, the position decides
    std::optional<PagePosition> position;  ///< not set: the first page
};

/// `PageSize`: 50 if absent, at most 1000. Throws ApiError 20422 for what is no positive number.
std::size_t page_size(const Parameters& parameters);

/// Reads `PageSize`, `Page` and `PageToken`. A token is issued by represent(); without one there is only the
/// first page. Throws ApiError 21481 for any other.
PageRequest parse_page_request(const Parameters& parameters);

/// An entry of a list as the API shows it, and its sequence.
struct ListedEntry {
    std::uint64_t sequence;
    Json shown;
};

/// The page of a list called `name` as the API shows it, with links that repeat the list's filters.
Json represent_page(const Page<ListedEntry>& page, std::string_view name, const PageRequest& request,
                    const std::string& path, const Parameters& parameters);

/// The same of any resources that have a sequence and a representation.
template <typename Entry>
Json represent(const Page<Entry>& page, std::string_view name, const PageRequest& request,
               const std::string& path, const Parameters& parameters) {
    Page<ListedEntry> listed{{}, page.has_newer, page.has_older};
    for (const Entry& entry : page.entries) listed.entries.push_back({entry.sequence, represent(entry)});
    return represent_page(listed, name, request, path, parameters);
}

}  // namespace telephony::simulator
