// libFuzzer: what we take as a code, Android and oFono take and read the same; no reason shows a number.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "../unit/core/mmi/phone_rules.hpp"
#include "mmi/forwarding_code.hpp"
#include "mmi/tel_uri.hpp"

namespace {

using namespace telephony::mmi;

void require(bool holds, const char* what, std::string_view text) {
    if (holds) return;
    std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()), text.data());
    std::abort();
}

void require_same(const phone::Reading& reading, const ForwardingCode& code, std::string_view text) {
    require(reading.action == phone::Action::set, "a phone refuses it", text);
    require(reading.procedure == name(code.procedure), "another procedure", text);
    require(reading.service == service_code(code.service), "another service", text);
    require(reading.number == code.number.view(), "another number", text);
    require((reading.basic.empty() ? 0 : std::stoi(reading.basic)) ==
                (code.basic ? static_cast<int>(*code.basic) : 0),
            "another service group", text);
    require((reading.timer.empty() ? 0 : std::stoi(reading.timer)) == code.no_reply_seconds.value_or(0),
            "another timer", text);
}

int longest_digit_run(std::string_view text) {
    int run = 0, longest = 0;
    for (char c : text) {
        run = phone::is_digit(c) ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const ParseResult result = parse(text);
    if (result.problem != Problem::none) {
        const std::string reason = describe(result);
        require(!reason.empty(), "no reason", text);
        require(longest_digit_run(reason) <= 4, "the reason shows a number", text);
    } else {
        require(check(result.code) == Problem::none, "parsed what check() refuses", text);
        const CodeText canonical = write(result.code);
        const ParseResult again = parse(canonical.view());
        require(again.problem == Problem::none && again.code == result.code, "does not read back", text);
        require(write(again.code) == canonical, "no canonical form", text);
        require_same(phone::android(text), result.code, text);
        require_same(phone::ofono(text), result.code, text);
        require_same(phone::android(canonical.view()), result.code, text);
        require_same(phone::ofono(canonical.view()), result.code, text);
    }
    const auto uri = tel_uri(text);
    require(uri.has_value() == (result.problem == Problem::none || is_star_code(text)), "a link of no code",
            text);
    require(!uri || uri->view().find('#') == std::string_view::npos, "a bare # in a link", text);
    return 0;
}
