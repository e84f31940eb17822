// The tables of a plan as C++ source: plain integers, quick to compile, without pointers.
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

}  // namespace

std::string emit_source(const CompiledPlan& plan) {
    std::string out =
        "// Written by plan_compiler from numbering metadata of libphonenumber (Apache-2.0): do not edit.\n"
        "#include \"numbering/plan.hpp\"\n\n"
        "namespace telephony::numbering::built_in_tables {\n\n"
        "constinit const PlanState states[] = {\n";
    for (const PlanState& state : plan.states) {
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
    out += "};\n\nconstinit const std::uint16_t after_three_digits[] = {\n";
    for (std::size_t i = 0; i < plan.after_three_digits.size(); ++i) {
        append(out, plan.after_three_digits[i]);
        out += i % 16 == 15 ? ",\n" : ",";
    }
    out += "\n};\n\nconstinit const PlanRegion regions[] = {\n";
    for (const PlanRegion& region : plan.regions) {
        out += '{';
        append_quoted(out, region.code);
        out += "},\n";
    }
    out += "};\n\nconstinit const PlanCallingCode calling_codes[] = {\n";
    for (const PlanCallingCode& code : plan.calling_codes) {
        out += '{';
        append(out, code.calling_code);
        out += ',';
        append(out, code.main_region);
        out += ',';
        append_quoted(out, code.trunk_prefix);
        out += ',';
        append(out, code.possible_lengths);
        out += "},\n";
    }
    out += "};\n\n";
    const auto count = [&](std::string_view name, std::size_t value) {
        out.append("constinit const std::size_t ").append(name).append(" = ");
        append(out, static_cast<unsigned>(value));
        out += ";\n";
    };
    count("state_count", plan.states.size());
    count("region_count", plan.regions.size());
    count("calling_code_count", plan.calling_codes.size());
    out += "constinit const char source[] = ";
    append_quoted(out, plan.source);
    out += ";\nconstinit const char version[] = ";
    append_quoted(out, plan.version);
    out += ";\n\n}  // namespace telephony::numbering::built_in_tables\n";
    return out;
}

}  // namespace telephony::numbering::compiler
