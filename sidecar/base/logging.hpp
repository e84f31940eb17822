// Log lines: a fixed message, then key=value fields; as text or as one JSON object a line, on standard error
// or a file.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

namespace telephony::sidecar::log {

enum class Format { text, json };
enum class Level { debug, info, warning, error };

/// One key=value of a line. A value never holds a whole phone number or a credential: callers mask first.
struct Field {
    Field(std::string_view name, std::string_view text) : key(name), value(text) {}
    Field(std::string_view name, std::integral auto number)
        : key(name), value(std::to_string(number)), is_number(true) {}

    std::string_view key;
    std::string value;
    bool is_number = false;  ///< stands without quotes in JSON
};

/// Sends lines of `level` and above to `file` (appended), or to standard error when it is empty. Throws
/// spdlog's exception when the file cannot be opened.
void configure(Format format, Level level, const std::string& file);
/// Opens the log file anew, after it was renamed by log rotation.
void reopen();

/// A field's value in a text line: quoted when it has blanks, quotes or control characters.
std::string field_text(std::string_view value);

void write(Level level, std::string_view message, std::initializer_list<Field> fields);
inline void debug(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::debug, message, fields);
}
inline void info(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::info, message, fields);
}
inline void warning(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::warning, message, fields);
}
inline void error(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::error, message, fields);
}

}  // namespace telephony::sidecar::log
