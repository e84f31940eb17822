// Small random metadata in which every rule of libphonenumber has something to decide.
#pragma once

#include <random>
#include <string>

#include "numbering/compiler/metadata.hpp"

namespace telephony::numbering::test {

/// Makes metadata of three regions that share a calling code, and one region that has its own. Numbers are
/// short and mostly of few digits, so that patterns, prefixes and leading digits meet often.
class RandomMetadata {
  public:
    explicit RandomMetadata(std::uint64_t seed) : random_(seed) {}

    compiler::Metadata next() {
        compiler::Metadata metadata;
        metadata.source = "random";
        metadata.version = "1";
        for (const char* region : {"GB", "GG", "JE"}) metadata.add(next_region(region, 44), false);
        metadata.add(next_region("FR", 33), false);
        return metadata;
    }

  private:
    std::size_t below(std::size_t limit) { return random_() % limit; }
    bool one_in(std::size_t n) { return below(n) == 0; }
    char digit() { return static_cast<char>('0' + below(one_in(4) ? 10 : 3)); }

    std::string atom(int depth) {
        switch (below(depth > 0 ? 5 : 3)) {
            case 0:
                return "\\d";
            case 1:
                return std::string("[") + digit() + "-" + "9]";
            case 2:
                return {digit()};
            default:
                return "(?:" + pattern(depth - 1) + (one_in(3) ? "|)" : ")");
        }
    }

    std::string sequence(int depth) {
        std::string text;
        for (std::size_t parts = 1 + below(3); parts > 0; --parts) {
            text += atom(depth);
            if (one_in(4))
                text += '?';
            else if (one_in(4))
                text += "{1,2}";
            else if (one_in(4))
                text += "{2}";
        }
        return text;
    }

    std::string pattern(int depth) {
        std::string text = sequence(depth);
        while (one_in(3)) text += '|' + sequence(depth);
        return text;
    }

    compiler::LengthSet lengths() {
        compiler::LengthSet set;
        for (int length = 2; length < 8; ++length)
            if (one_in(2)) set.add(length);
        return set;
    }

    compiler::NumberDescription description() {
        compiler::NumberDescription numbers{one_in(3) ? "\\d{2,7}" : pattern(1), lengths()};
        if (numbers.lengths.empty()) numbers.pattern.clear();
        return numbers;
    }

    /// A prefix with up to two groups, and a rule that names them.
    void add_prefix(compiler::RegionMetadata& region) {
        std::string prefix;
        int groups = 0;
        do {
            if (!prefix.empty()) prefix += '|';
            if (one_in(2)) prefix += sequence(0);
            if (groups < 2 && one_in(2)) {
                prefix += '(' + pattern(0) + ')' + (one_in(3) ? "?" : "");
                ++groups;
            }
            if (one_in(3)) prefix += sequence(0);
            if (one_in(4)) prefix += '$';
        } while (one_in(2));
        region.national_prefix_for_parsing = prefix;
        if (prefix.empty() || groups == 0 || one_in(4)) return;
        std::string& rule = region.national_prefix_transform_rule;
        if (one_in(2)) rule += digit();
        rule += groups == 2 && one_in(2) ? "$2" : "$1";
        if (groups == 2 && rule.ends_with("$1") && one_in(2)) rule += "$2";
        if (one_in(4)) rule += digit();
    }

    compiler::RegionMetadata next_region(const std::string& name, int calling_code) {
        compiler::RegionMetadata region;
        region.region = name;
        region.calling_code = calling_code;
        if (one_in(2)) region.national_prefix = digit();
        region.national_prefix_for_parsing = region.national_prefix;
        if (!one_in(3)) add_prefix(region);
        if (one_in(2)) region.leading_digits = sequence(0);
        region.general = description();
        for (const NumberType type : compiler::described_types)
            if (one_in(2)) region.of(type) = description();
        if (one_in(4)) region.of(NumberType::mobile) = region.of(NumberType::fixed_line);
        if (one_in(4)) region.of(NumberType::mobile).lengths = lengths();
        return region;
    }

    std::mt19937_64 random_;
};

}  // namespace telephony::numbering::test
