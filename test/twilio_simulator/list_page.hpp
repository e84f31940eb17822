// Paging of the API's lists: page size and token in, links to the neighbouring pages out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store.hpp"

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

/// A page of incoming numbers as the API shows it, with links that repeat the list's filters.
Json represent(const Page& page, const PageRequest& request, const std::string& path,
               const Parameters& parameters);

}  // namespace telephony::simulator
