// The project's own plan data: one line per region and kind of number, made to be read in a review.
#include <algorithm>
#include <charconv>
#include <iterator>

#include "metadata.hpp"

namespace telephony::numbering::compiler {

namespace {

constexpr std::string_view non_geographic = "001";

// In lines of formats.
constexpr std::string_view none = "-";
constexpr std::string_view as_national = "=";
constexpr char space_sign = '_';

/// The name of a region in the file.
std::string key_of(const RegionMetadata& region) {
    if (region.region != non_geographic) return region.region;
    return region.region + ':' + std::to_string(region.calling_code);
}

class Reader {
  public:
    Metadata read(std::string_view text) {
        while (!text.empty()) {
            ++line_number_;
            const std::size_t end = text.find('\n');
            const std::string_view line = text.substr(0, end);
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
            if (!line.empty() && line.front() != '#') read_line(split(line));
        }
        if (metadata_.version.empty()) fail("no source line");
        finish();
        return std::move(metadata_);
    }

  private:
    using Words = std::vector<std::string_view>;

    [[noreturn]] void fail(const std::string& why) const {
        throw PlanError("plan data, line " + std::to_string(line_number_) + ": " + why);
    }

    Words split(std::string_view line) const {
        Words words;
        for (std::size_t start = 0; start <= line.size();) {
            const std::size_t end = std::min(line.find(' ', start), line.size());
            if (end == start) fail("words are parted by one space");
            words.push_back(line.substr(start, end - start));
            start = end + 1;
        }
        return words;
    }

    int number(std::string_view word, int largest) const {
        int value = 0;
        const auto [rest, error] = std::from_chars(word.data(), word.data() + word.size(), value);
        if (error != std::errc{} || rest != word.data() + word.size() || value < 1 || value > largest)
            fail("not a number from 1 to " + std::to_string(largest) + ": " + std::string(word));
        return value;
    }

    void expect_words(const Words& words, std::size_t count) const {
        if (words.size() != count) fail("expected " + std::to_string(count) + " words");
    }

    void read_line(const Words& words) {
        if (words.size() < 3) fail("too few words");
        if (words[0] == "source") {
            expect_words(words, 3);
            metadata_.source = words[1];
            metadata_.version = words[2];
        } else if (words[0] == "code") {
            read_code(words);
        } else {
            read_region_line(words);
        }
    }

    void read_code(const Words& words) {
        const int code = number(words[1], 999);
        if (metadata_.calling_codes.contains(code)) fail("a calling code that was there before");
        for (std::size_t i = 2; i < words.size(); ++i) {
            RegionMetadata region;
            region.region = words[i];
            region.calling_code = code;
            const std::string key = key_of(region);
            metadata_.add(std::move(region), false);
            if (!places_.try_emplace(key, code, i - 2).second) fail("a region that was there before: " + key);
        }
    }

    void read_region_line(const Words& words) {
        const auto place = places_.find(std::string(words[0]));
        if (place == places_.end()) fail("a region that no code line names: " + std::string(words[0]));
        RegionMetadata& region = metadata_.calling_codes[place->second.first][place->second.second];
        const std::string_view kind = words[1];
        if (kind == "international_prefix") {
            set(region.international_prefix, words);
        } else if (kind == "national_prefix") {
            set(region.national_prefix, words);
        } else if (kind == "parse_prefix") {
            set(region.national_prefix_for_parsing, words);
        } else if (kind == "parse_rule") {
            set(region.national_prefix_transform_rule, words);
        } else if (kind == "leading_digits") {
            set(region.leading_digits, words);
        } else if (kind == "local_lengths") {
            expect_words(words, 3);
            if (!region.local_lengths.empty()) fail("the same line twice");
            region.local_lengths = lengths(words[2]);
        } else if (kind == "format") {
            expect_words(words, 7);
            region.formats.push_back(format(words));
        } else {
            if (words.size() != 5) expect_words(words, 4);
            NumberDescription& description = description_of(region, kind);
            if (!description.pattern.empty()) fail("the same line twice");
            description.lengths = lengths(words[2]);
            description.pattern = words[3];
            if (words.size() == 5) description.example = words[4];
        }
    }

    /// A template: `_` stands for a space.
    static std::string template_of(std::string_view word) {
        std::string text(word);
        std::ranges::replace(text, space_sign, ' ');
        return text;
    }

    NumberFormat format(const Words& words) const {
        NumberFormat format;
        format.pattern = words[2];
        format.national = template_of(words[3]);
        if (words[4] != none) format.leading_digits = words[4];
        if (words[5] != none) format.national_prefix_rule = template_of(words[5]);
        if (words[6] == as_national)
            format.international = format.national;
        else if (words[6] != none)
            format.international = template_of(words[6]);
        return format;
    }

    void set(std::string& field, const Words& words) const {
        expect_words(words, 3);
        if (!field.empty()) fail("the same line twice");
        field = words[2];
    }

    NumberDescription& description_of(RegionMetadata& region, std::string_view kind) const {
        if (kind == "general") return region.general;
        for (const NumberType type : described_types)
            if (kind == name(type)) return region.of(type);
        fail("unknown kind of line: " + std::string(kind));
    }

    LengthSet lengths(std::string_view word) const {
        LengthSet set;
        for (std::size_t start = 0; start <= word.size();) {
            const std::size_t end = std::min(word.find(',', start), word.size());
            set.add(number(word.substr(start, end - start), LengthSet::max_length));
            start = end + 1;
        }
        return set;
    }

    void finish() {
        for (auto& [code, regions] : metadata_.calling_codes)
            for (RegionMetadata& region : regions)
                if (region.national_prefix_for_parsing.empty())
                    region.national_prefix_for_parsing = region.national_prefix;
    }

    Metadata metadata_;
    std::map<std::string, std::pair<int, std::size_t>> places_;  // of regions, by their name in the file
    int line_number_ = 0;
};

void append_line(std::string& out, std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) out.append(word).append(" ");
    out.back() = '\n';
}

std::string text_of(LengthSet lengths) {
    std::string text;
    for (int length = 1; length <= LengthSet::max_length; ++length)
        if (lengths.contains(length)) text += std::to_string(length) + ',';
    text.pop_back();
    return text;
}

void append_format(std::string& out, const std::string& key, const NumberFormat& format) {
    const auto word = [](std::string text) {
        std::ranges::replace(text, ' ', space_sign);
        return text.empty() ? std::string(none) : text;
    };
    append_line(out, {key, "format", format.pattern, word(format.national), word(format.leading_digits),
                      word(format.national_prefix_rule),
                      format.international == format.national ? std::string(as_national)
                                                              : word(format.international)});
}

void append_region(std::string& out, const RegionMetadata& region) {
    const std::string key = key_of(region);
    const auto field = [&](std::string_view kind, const std::string& value) {
        if (!value.empty()) append_line(out, {key, kind, value});
    };
    const auto description = [&](std::string_view kind, const NumberDescription& numbers) {
        if (numbers.pattern.empty() || numbers.lengths.empty()) return;
        if (numbers.example.empty())
            append_line(out, {key, kind, text_of(numbers.lengths), numbers.pattern});
        else
            append_line(out, {key, kind, text_of(numbers.lengths), numbers.pattern, numbers.example});
    };
    field("international_prefix", region.international_prefix);
    field("national_prefix", region.national_prefix);
    if (region.national_prefix_for_parsing != region.national_prefix)
        field("parse_prefix", region.national_prefix_for_parsing);
    field("parse_rule", region.national_prefix_transform_rule);
    field("leading_digits", region.leading_digits);
    description("general", region.general);
    if (!region.local_lengths.empty()) field("local_lengths", text_of(region.local_lengths));
    for (const NumberType type : described_types) description(name(type), region.of(type));
    for (const NumberFormat& format : region.formats) append_format(out, key, format);
}

}  // namespace

Metadata read_plan_data(std::string_view text) {
    return Reader().read(text);
}

std::string write_plan_data(const Metadata& metadata) {
    std::string out;
    append_line(out, {"source", metadata.source, metadata.version});
    for (const auto& [code, regions] : metadata.calling_codes) {
        out += '\n';
        std::string names;
        for (const RegionMetadata& region : regions) names += ' ' + region.region;
        append_line(out, {"code", std::to_string(code) + names});
        for (const RegionMetadata& region : regions) append_region(out, region);
    }
    return out;
}

}  // namespace telephony::numbering::compiler
