// The build tool that turns numbering metadata into the tables of the library.
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "compiled_plan.hpp"

namespace {

using namespace telephony::numbering::compiler;

constexpr char usage[] =
    "usage: plan_compiler (--data FILE | --xml FILE --version VERSION) (--source FILE | --print)\n"
    "  --data FILE        the project's plan data\n"
    "  --xml FILE         a PhoneNumberMetadata.xml of libphonenumber, of this VERSION\n"
    "  --source FILE      write the compiled plan as C++ source\n"
    "  --print            write the metadata as plan data to standard output\n";

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    if (!file) throw PlanError("cannot read " + path);
    return std::move(content).str();
}

void write_file(const std::string& path, const std::string& content) {
    std::ofstream file(path, std::ios::binary);
    file << content;
    file.close();
    if (!file) {
        std::remove(path.c_str());
        throw PlanError("cannot write " + path);
    }
}

int run(const std::vector<std::string>& arguments) {
    std::string data;
    std::string xml;
    std::string version;
    std::string source;
    bool print = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == "--print") {
            print = true;
            continue;
        }
        std::string* value = arguments[i] == "--data"      ? &data
                             : arguments[i] == "--xml"     ? &xml
                             : arguments[i] == "--version" ? &version
                             : arguments[i] == "--source"  ? &source
                                                           : nullptr;
        if (value == nullptr || ++i == arguments.size()) {
            std::cerr << usage;
            return 2;
        }
        *value = arguments[i];
    }
    if (data.empty() == xml.empty() || source.empty() != print || xml.empty() != version.empty()) {
        std::cerr << usage;
        return 2;
    }
    const Metadata metadata = data.empty() ? read_phone_number_metadata_xml(read_file(xml), version)
                                           : read_plan_data(read_file(data));
    if (print) {
        std::cout << write_plan_data(metadata) << std::flush;
        return std::cout ? 0 : 1;
    }
    const CompiledPlan plan = compile_plan(metadata);
    write_file(source, emit_source(plan));
    std::cout << "numbering plan " << plan.source << ' ' << plan.version << ": " << plan.states.size()
              << " states, " << plan.view().bytes() << " bytes, " << plan.regions.size() - 1 << " regions, "
              << plan.calling_codes.size() << " calling codes\n";
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::cerr << "plan_compiler: " << error.what() << '\n';
        return 1;
    }
}
