// Text of bounded length held inline, so that codes are built without touching the heap.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace telephony::text {

/// Holds at most `Capacity` characters. The caller proves the bound: every grammar rule here has a longest
/// text.
template <std::size_t Capacity>
class FixedText {
    static_assert(Capacity <= UINT8_MAX);

  public:
    constexpr FixedText() = default;

    constexpr FixedText& append(char c) noexcept {
        assert(size_ < Capacity);
        text_[size_++] = c;
        return *this;
    }
    constexpr FixedText& append(std::string_view text) noexcept {
        assert(text.size() <= Capacity - size_);
        // Digits come by threes: a call of memmove() for each takes longer than they do.
        std::uint8_t end = size_;
        for (const char c : text) text_[end++] = c;
        size_ = end;
        return *this;
    }

    constexpr std::string_view view() const noexcept { return {text_.data(), size_}; }
    constexpr bool empty() const noexcept { return size_ == 0; }
    static constexpr std::size_t capacity() noexcept { return Capacity; }

    friend constexpr bool operator==(const FixedText& a, const FixedText& b) noexcept {
        return a.view() == b.view();
    }

  private:
    std::array<char, Capacity> text_{};
    std::uint8_t size_ = 0;
};

}  // namespace telephony::text
