// Templates of metadata, filled with what a pattern captured, as the layouts of a plan.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "../plan.hpp"
#include "capture_pattern.hpp"
#include "metadata.hpp"

namespace telephony::numbering::compiler {

/// What a layout writes: literals, and runs of digits of the number.
class Layout {
  public:
    void append(char literal);
    void append(Match::Group digits);
    /// `text` with its groups $1 to $9 taken from `match`. Throws PlanError for anything but printable ASCII.
    void append_template(std::string_view text, const Match& match);

    /// True if it writes all of `count` digits, in order, and no others.
    bool keeps_digits(int count) const;
    /// With every run of punctuation made one hyphen, and none at the beginning: as RFC 3966 wants it.
    Layout hyphenated() const;
    /// As in Plan::layouts.
    std::string bytes() const;

  private:
    struct Item {
        char literal;  // 0: a run of digits
        Match::Group digits;
    };
    std::vector<Item> items_;
};

/// The national layout of a number that `format` fits.
Layout national_layout(const NumberFormat& format, const Match& match);

/// The layouts of a plan, each once. The first byte is the empty layout.
class LayoutStore {
  public:
    std::uint16_t intern(const Layout& layout);
    const std::string& bytes() const { return bytes_; }

  private:
    std::string bytes_{'\0'};
    std::map<std::string, std::uint16_t> places_;
};

}  // namespace telephony::numbering::compiler
