// The tables of a plan as C++ source: plain integers, quick to compile, without pointers.
#include <array>
#include <charconv>

#include "compiled_plan.hpp"

namespace telephony::numbering::compiler {

namespace {

void append(std::string& out, unsigned value) {
    char text[10];
    out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

void append_states(std::string& out, std::string_view name, const std::vector<PlanState>& states) {
    out.append("constinit const PlanState ").append(name).append("[] = {\n");
    for (const PlanState& state : states) {
        out += "{{";
        for (const std::uint16_t next : state.next) {
            append(out, next);
            out += ',';
        }
        out.back() = '}';
        out += ',';
        append(out, state.verdict);
        out += "},\n";
    }
    out += "};\n\n";
}

void append_numbers(std::string& out, std::string_view name, const std::vector<std::uint16_t>& numbers) {
    out.append("constinit const std::uint16_t ").append(name).append("[] = {\n");
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        append(out, numbers[i]);
        out += i % 16 == 15 ? ",\n" : ",";
    }
    out += "\n};\n\n";
}

/// A table of structures, each given as its numbers.
template <class Entry, class Numbers>
void append_table(std::string& out, std::string_view type, std::string_view name,
                  const std::vector<Entry>& table, Numbers numbers_of) {
    out.append("constinit const ").append(type).append(" ").append(name).append("[] = {\n");
    for (const Entry& entry : table) {
        out += '{';
        for (const unsigned number : numbers_of(entry)) {
            append(out, number);
            out += ',';
        }
        out.back() = '}';
        out += ",\n";
    }
    out += "};\n\n";
}

void append_calling_codes(std::string& out, const std::vector<PlanCallingCode>& codes) {
    out += "constinit const PlanCallingCode calling_codes[] = {\n";
    for (const PlanCallingCode& code : codes) {
        out += '{';
        append(out, code.calling_code);
        out += ',';
        append(out, code.main_region);
        out += ',';
        append_quoted(out, code.trunk_prefix);
        for (const unsigned number :
             {code.possible_lengths, unsigned{code.territory}, unsigned{code.formats}}) {
            out += ',';
            append(out, number);
        }
        out += "},\n";
    }
    out += "};\n\n";
}

void append_rules(std::string& out, const CompiledPlan& plan) {
    append_states(out, "rules", plan.rules);
    append_table(out, "PlanTerritory", "territories", plan.territories, [](const PlanTerritory& territory) {
        return std::array<unsigned, 6>{territory.calling_code,     territory.international_prefix,
                                       territory.national_prefix,  territory.general,
                                       territory.possible_lengths, territory.local_lengths};
    });
    append_numbers(out, "territory_by_letters", plan.territory_by_letters);
    append_numbers(out, "code_by_three_digits", plan.code_by_three_digits);
    append_table(out, "PlanPrefixMatch", "prefix_matches", plan.prefix_matches,
                 [](const PlanPrefixMatch& match) {
                     return std::array<unsigned, 3>{match.end, match.transforms, match.layout};
                 });
    append_table(out, "PlanFormat", "formats", plan.formats, [](const PlanFormat& format) {
        return std::array<unsigned, 3>{format.national, format.international, format.rfc3966};
    });
    out += "constinit const char layouts[] = {\n";
    for (std::size_t i = 0; i < plan.layouts.size(); ++i) {
        const auto byte = static_cast<signed char>(plan.layouts[i]);
        out += "static_cast<char>(" + std::to_string(byte) + (i % 8 == 7 ? "),\n" : "),");
    }
    out += "\n};\n\n";
}

}  // namespace

std::string emit_source(const CompiledPlan& plan) {
    std::string out =
        "// Written by plan_compiler from numbering metadata of libphonenumber (Apache-2.0): do not edit.\n"
        "#include \"numbering/plan.hpp\"\n\n"
        "namespace telephony::numbering::built_in_tables {\n\n";
    append_states(out, "states", plan.states);
    append_numbers(out, "after_three_digits", plan.after_three_digits);
    out += "constinit const PlanRegion regions[] = {\n";
    for (const PlanRegion& region : plan.regions) {
        out += '{';
        append_quoted(out, region.code);
        out += "},\n";
    }
    out += "};\n\n";
    append_calling_codes(out, plan.calling_codes);
    append_rules(out, plan);
    const auto count = [&](std::string_view name, std::size_t value) {
        out.append("constinit const std::size_t ").append(name).append(" = ");
        append(out, static_cast<unsigned>(value));
        out += ";\n";
    };
    count("state_count", plan.states.size());
    count("region_count", plan.regions.size());
    count("calling_code_count", plan.calling_codes.size());
    count("rule_count", plan.rules.size());
    count("territory_count", plan.territories.size());
    count("prefix_match_count", plan.prefix_matches.size());
    count("format_count", plan.formats.size());
    count("layout_count", plan.layouts.size());
    out += "constinit const char source[] = ";
    append_quoted(out, plan.source);
    out += ";\nconstinit const char version[] = ";
    append_quoted(out, plan.version);
    out += ";\n\n}  // namespace telephony::numbering::built_in_tables\n";
    return out;
}

}  // namespace telephony::numbering::compiler
