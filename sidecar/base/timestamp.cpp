// The readers are strict, since the ownership of a number depends on dates.
#include "base/timestamp.hpp"

#include <array>
#include <cstdio>

#include "text/characters.hpp"

namespace telephony::sidecar {
namespace {

// Reads a text from the left; every step returns whether it succeeded.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool number(int digits, int& value) {
        if (rest_.size() < static_cast<std::size_t>(digits)) return false;
        value = 0;
        for (int i = 0; i < digits; ++i) {
            if (!text::is_digit(rest_[i])) return false;
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(digits);
        return true;
    }
    bool literal(std::string_view expected) {
        if (rest_.substr(0, expected.size()) != expected) return false;
        rest_.remove_prefix(expected.size());
        return true;
    }
    bool month(int& value) {
        constexpr std::array<std::string_view, 12> names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        for (value = 1; value <= 12; ++value)
            if (literal(names[value - 1])) return true;
        return false;
    }
    /// `+hh:mm`, `+hhmm` or `+hh`, in minutes east of UTC.
    bool offset(int& minutes) {
        const int sign = literal("-") ? -1 : 1;
        if (sign == 1 && !literal("+")) return false;
        int hours = 0;
        int rest = 0;
        if (!number(2, hours)) return false;
        if (!rest_.empty()) {
            literal(":");
            if (!number(2, rest)) return false;
        }
        if (hours > 23 || rest > 59) return false;
        minutes = sign * (hours * 60 + rest);
        return true;
    }
    void skip_digits() {
        while (!rest_.empty() && text::is_digit(rest_.front())) rest_.remove_prefix(1);
    }
    bool done() const { return rest_.empty(); }

  private:
    std::string_view rest_;
};

struct Fields {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offset_minutes = 0;
};

std::optional<Timestamp> moment(const Fields& f) {
    const std::chrono::year_month_day date{std::chrono::year(f.year),
                                           std::chrono::month(static_cast<unsigned>(f.month)),
                                           std::chrono::day(static_cast<unsigned>(f.day))};
    if (!date.ok() || f.hour > 23 || f.minute > 59 || f.second > 60)
        return std::nullopt;  // 60: a leap second
    return std::chrono::sys_days(date) + std::chrono::hours(f.hour) +
           std::chrono::minutes(f.minute - f.offset_minutes) + std::chrono::seconds(f.second);
}

}  // namespace

std::optional<Timestamp> parse_rfc2822(std::string_view text) {
    if (const auto comma = text.find(", "); comma == 3) text.remove_prefix(5);
    Reader reader(text);
    Fields f;
    const bool two_digits = text.size() > 1 && text[1] != ' ';
    const bool date = reader.number(two_digits ? 2 : 1, f.day) && reader.literal(" ") &&
                      reader.month(f.month) && reader.literal(" ") && reader.number(4, f.year) &&
                      reader.literal(" ");
    const bool time = date && reader.number(2, f.hour) && reader.literal(":") && reader.number(2, f.minute) &&
                      reader.literal(":") && reader.number(2, f.second) && reader.literal(" ");
    if (!time || !(reader.literal("GMT") || reader.literal("UTC") || reader.offset(f.offset_minutes)) ||
        !reader.done())
        return std::nullopt;
    return moment(f);
}

std::optional<Timestamp> parse_iso8601(std::string_view text) {
    Reader reader(text);
    Fields f;
    const bool date = reader.number(4, f.year) && reader.literal("-") && reader.number(2, f.month) &&
                      reader.literal("-") && reader.number(2, f.day) &&
                      (reader.literal("T") || reader.literal(" "));
    const bool time = date && reader.number(2, f.hour) && reader.literal(":") && reader.number(2, f.minute) &&
                      reader.literal(":") && reader.number(2, f.second);
    if (!time) return std::nullopt;
    if (reader.literal(".")) reader.skip_digits();
    if (!(reader.literal("Z") || reader.offset(f.offset_minutes)) || !reader.done()) return std::nullopt;
    return moment(f);
}

std::string iso8601(Timestamp time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::array<char, 32> text{};
    const int length =
        std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                      static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    return std::string(text.data(), static_cast<std::size_t>(length));
}

}  // namespace telephony::sidecar
