// Runs a fuzz target without libFuzzer, so that every compiler and every check does: inputs are made from a
// seed, by mutation of phrases of the target's language and of earlier inputs. `RUNS=` and `SEED=` choose how
// many and which.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t longest_input = 200;
constexpr std::size_t kept_inputs = 256;

constexpr std::string_view phrases[] = {"+12025550123",
                                        "+4407911123456",
                                        "+442079460018",
                                        "(202) 555-0123",
                                        "+",
                                        "00",
                                        "tel:",
                                        ";ext=",
                                        "ext. 5",
                                        ";phone-context=",
                                        ";phone-context=+44",
                                        ";isub=",
                                        "/x",
                                        " Fax",
                                        " (Axel)",
                                        ",,",
                                        "FLOWERS",
                                        ".0",
                                        "e11",
                                        "\xD0\xB4\xD0\xBE\xD0\xB1. 7",
                                        "\xEF\xBB\xBF",
                                        "\xE2\x80\xAF",
                                        "US",
                                        "GB",
                                        "*#",
                                        "**61*",
                                        "**004*",
                                        "*11*20#",
                                        "##002#",
                                        "*21*",
                                        "(?:",
                                        "[2-9]",
                                        "\\d{7}",
                                        "|",
                                        ")",
                                        "{2,3}",
                                        "code 1 US\n",
                                        "US general 10 ",
                                        "US mobile 10 ",
                                        "source x 1\n",
                                        "<territory id=\"US\" countryCode=\"1\">",
                                        "</",
                                        "\n",
                                        "0",
                                        "9999",
                                        "{\"x-forwarded-for\":\"203.0.113.9, 2001:db8::1\"}",
                                        "\"x-forwarded-for\":",
                                        "\"a\":\"",
                                        "\\\"",
                                        "\\u00e9",
                                        "{",
                                        "}",
                                        ", ",
                                        "203.0.113.9",
                                        "[2001:db8::1]:443",
                                        "::ffff:",
                                        "/24",
                                        "\xD9\xA1\xD9\xA2",
                                        "\xEF\xBC\x91",
                                        "\xFF\xFE"};

unsigned long setting(const char* name, unsigned long otherwise) {
    const char* value = std::getenv(name);
    return value == nullptr ? otherwise : std::strtoul(value, nullptr, 10);
}

class Inputs {
  public:
    explicit Inputs(unsigned long seed) : random_(seed) {}

    std::string next() {
        std::string input =
            kept_.empty() || below(2) == 0 ? std::string(1, byte()) : kept_[below(kept_.size())];
        for (std::size_t i = 1 + below(4); i > 0; --i) mutate(input);
        input.resize(std::min(input.size(), longest_input));
        if (kept_.size() < kept_inputs)
            kept_.push_back(input);
        else
            kept_[below(kept_.size())] = input;
        return input;
    }

  private:
    std::size_t below(std::size_t bound) { return random_() % bound; }
    char byte() { return static_cast<char>(random_()); }

    void mutate(std::string& input) {
        const std::size_t at = below(input.size() + 1);
        switch (below(7)) {
            case 0:
            case 1:
                input.insert(at, phrases[below(std::size(phrases))]);
                break;
            case 2:
                input.insert(at, 1, byte());
                break;
            case 3:
                input.insert(at, std::to_string(below(100000)));
                break;
            case 4:
                input.erase(at, 1 + below(8));
                break;
            case 5:
                if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
                break;
            case 6:
                input.insert(at, input.substr(below(input.size() + 1), below(16)));
                break;
        }
    }

    std::mt19937_64 random_;
    std::vector<std::string> kept_;
};

}  // namespace

int main() {
    const unsigned long runs = setting("RUNS", 50'000), seed = setting("SEED", 1);
    Inputs inputs(seed);
    for (unsigned long i = 0; i < runs; ++i) {
        const std::string input = inputs.next();
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
    }
    std::printf("%lu inputs from seed %lu\n", runs, seed);
}
