// The date formats of Twilio's API and of the control interface.
#include "dates.hpp"

#include <array>
#include <cctype>
#include <cstdio>
#include <ctime>

namespace telephony::simulator {
namespace {

std::string formatted(std::chrono::sys_seconds time, const char* format) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 64> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), format, &parts);
    return {text.data(), size};
}

}  // namespace

std::string rfc2822(std::chrono::sys_seconds time) {
    return formatted(time, "%a, %d %b %Y %H:%M:%S +0000");
}

std::string http_date(std::chrono::sys_seconds time) {
    return formatted(time, "%a, %d %b %Y %H:%M:%S GMT");
}

std::string iso8601(std::chrono::system_clock::time_point time) {
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    const auto fraction = std::chrono::floor<std::chrono::milliseconds>(time - second).count();
    std::array<char, 8> milliseconds{};
    std::snprintf(milliseconds.data(), milliseconds.size(), ".%03dZ", static_cast<int>(fraction));
    return formatted(second, "%Y-%m-%dT%H:%M:%S") + milliseconds.data();
}

std::optional<std::chrono::sys_seconds> parse_iso8601(const std::string& text) {
    std::tm parts{};
    const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (rest == nullptr) return std::nullopt;
    if (*rest == '.') {
        ++rest;
        if (std::isdigit(static_cast<unsigned char>(*rest)) == 0) return std::nullopt;
        while (std::isdigit(static_cast<unsigned char>(*rest)) != 0) ++rest;
    }
    const std::string zone = rest;
    if (zone != "Z" && zone != "+00:00") return std::nullopt;
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::from_time_t(timegm(&parts)));
}

}  // namespace telephony::simulator
