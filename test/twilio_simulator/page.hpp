// A page of a list of resources that are kept in the order of their making.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <vector>

namespace telephony::simulator {

/// Where a page begins: next to the entry with this sequence, towards older or newer ones.
struct PagePosition {
    std::uint64_t sequence;
    bool towards_newer;
};

/// A page of a list, newest entry first, and whether there is more on either side.
template <typename Entry>
struct Page {
    std::vector<Entry> entries;
    bool has_newer = false;
    bool has_older = false;
};

/// The page that begins there (not set: the first) of the entries that are shown; the map's keys are their
/// sequences.
template <typename Entry, typename IsShown>
Page<Entry> page_of(const std::map<std::uint64_t, Entry>& all, std::optional<PagePosition> from,
                    std::size_t page_size, IsShown is_shown) {
    const bool towards_newer = from && from->towards_newer;
    // One more than fits tells whether there is another page.
    std::vector<const Entry*> found;
    const auto collect = [&](auto first, auto last) {
        for (; first != last && found.size() <= page_size; ++first)
            if (is_shown(first->second)) found.push_back(&first->second);
    };
    if (towards_newer) {
        collect(all.upper_bound(from->sequence), all.end());
    } else {
        const auto end = from ? all.lower_bound(from->sequence) : all.end();
        collect(std::make_reverse_iterator(end), all.rend());
    }

    Page<Entry> page;
    const bool has_more = found.size() > page_size;
    if (has_more) found.pop_back();
    if (towards_newer) std::ranges::reverse(found);
    page.has_newer = towards_newer ? has_more : from.has_value();
    page.has_older = towards_newer || has_more;
    for (const Entry* entry : found) page.entries.push_back(*entry);
    return page;
}

}  // namespace telephony::simulator
