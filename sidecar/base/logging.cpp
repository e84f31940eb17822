// Formats log lines; spdlog writes them.
#include "base/logging.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <nlohmann/json.hpp>

namespace telephony::sidecar::log {
namespace {

struct Target {
    Format format = Format::text;
    Level level = Level::info;
    std::string file;
    std::shared_ptr<spdlog::logger> logger;
};

Target& target() {
    static Target the_target;
    return the_target;
}

spdlog::level::level_enum spdlog_level(Level level) {
    switch (level) {
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warning:
            return spdlog::level::warn;
        case Level::error:
            return spdlog::level::err;
    }
    return spdlog::level::err;
}

std::string json_text(std::string_view text) {
    // Bytes that are not UTF-8 (a proxy's answer, say) are replaced: a log line must not fail.
    return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

void open_target() {
    Target& to = target();
    spdlog::sink_ptr sink;
    if (to.file.empty())
        sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    else
        sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(to.file);
    auto logger = std::make_shared<spdlog::logger>("telephonyd", std::move(sink));
    logger->set_level(spdlog_level(to.level));
    logger->flush_on(spdlog::level::debug);
    logger->set_pattern(to.format == Format::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                                  : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                        spdlog::pattern_time_type::utc);
    to.logger = std::move(logger);
}

}  // namespace

void configure(Format format, Level level, const std::string& file) {
    target().format = format;
    target().level = level;
    target().file = file;
    open_target();
}

void reopen() {
    open_target();
}

std::string field_text(std::string_view value) {
    const bool plain = !value.empty() && value.find_first_of(" \"\\=") == std::string_view::npos &&
                       value.find_first_of("\t\n\r") == std::string_view::npos;
    bool printable = true;
    for (const unsigned char c : value) printable = printable && c >= 0x20 && c < 0x7f;
    return plain && printable ? std::string(value) : json_text(value);
}

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
    Target& to = target();
    if (!to.logger) open_target();
    if (!to.logger->should_log(spdlog_level(level))) return;
    std::string line = to.format == Format::json ? "\"message\":" + json_text(message) : std::string(message);
    for (const Field& field : fields) {
        if (to.format == Format::json)
            line.append(",")
                .append(json_text(field.key))
                .append(":")
                .append(field.is_number ? field.value : json_text(field.value));
        else
            line.append(" ").append(field.key).append("=").append(field_text(field.value));
    }
    to.logger->log(spdlog_level(level), line);
}

}  // namespace telephony::sidecar::log
