// libFuzzer: headers as check_request() reads them, against nlohmann's JSON parser and the system's address
// functions.
#include <arpa/inet.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "limiter/address.hpp"
#include "limiter/header_value.hpp"

namespace {

using namespace telephony::limiter;
using State = HeaderValue::State;

void require(bool holds, const char* what, std::string_view text) {
    if (holds) return;
    std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()), text.data());
    std::abort();
}

/// The string that a raw JSON string stands for.
std::string unescaped(std::string_view raw) {
    return nlohmann::json::parse('"' + std::string(raw) + '"').get<std::string>();
}

void check_header(std::string_view text, std::string_view name, const HeaderValue& found) {
    const auto blank = text.find_first_not_of(" \t\r\n") == std::string_view::npos;
    const auto document = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    bool flat = document.is_object();
    if (flat)
        for (const auto& value : document) flat = flat && value.is_string();
    if (blank) {
        require(found.state == State::absent, "a header in nothing", text);
    } else if (!flat) {
        // Only what is no Unicode may be let through: the server has it converted long before.
        const bool unicode = text.find("\\u") == std::string_view::npos;
        bool ascii = true;
        for (const char c : text) ascii = ascii && static_cast<unsigned char>(c) < 0x80;
        const bool repeated = document.is_object();  // of two members the parser keeps the last
        require(found.state == State::malformed || !unicode || !ascii || repeated, "not an object of strings",
                text);
    } else {
        const auto member = document.find(name);
        // A name may be written with escapes; PostgREST writes none.
        if (found.state == State::found)
            require(member != document.end() && (unescaped(found.raw) == member->get<std::string>() ||
                                                 text.find("\\u") != std::string_view::npos),
                    "another value", text);
        else if (found.state == State::absent)
            require(member == document.end() || text.find('\\') != std::string_view::npos, "overlooked",
                    text);
    }
}

void check_address(std::string_view text) {
    const auto address = Address::parse(text);
    if (!address) return;
    char written[INET6_ADDRSTRLEN];
    inet_ntop(AF_INET6, address->bytes.data(), written, sizeof written);
    require(Address::parse(written) == address, "does not read back", text);
    require(Address::parse('[' + std::string(written) + "]:8080") == address, "nor in brackets", text);
    const auto network = Network::parse(written);
    require(network && network->contains(*address), "not in its own network", text);
    std::array<char, 64> buffer{};
    const auto shown = Network::parse(show_truncated(client_key(*address), buffer));
    require(shown && shown->contains(*address), "shown as another network", text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    std::array<WantedHeader, 2> wanted{{{"x-forwarded-for"}, {""}}};
    find_headers(text, wanted);
    for (const WantedHeader& header : wanted) check_header(text, header.name, header.value);
    check_address(text);
    for (int hop = 1; hop < 4; ++hop) {
        const std::string_view element = element_from_right(text, hop);
        require(element.find(',') == std::string_view::npos, "an element with a comma", text);
        // What is written to the left changes nothing.
        require(element_from_right("198.51.100.1, " + std::string(text), hop) == element || element.empty(),
                "moved by its left", text);
        check_address(element);
    }
    Network::parse(text);
    return 0;
}
