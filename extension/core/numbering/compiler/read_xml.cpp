// PhoneNumberMetadata.xml, the form in which libphonenumber's metadata is edited.
#include <algorithm>
#include <charconv>

#include "metadata.hpp"
#include "xml.hpp"

namespace telephony::numbering::compiler {

namespace {

std::string without_blanks(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    return text;
}

int number(std::string_view text) {
    int value = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || rest != text.data() + text.size() || value < 1 || value > 999)
        throw PlanError("XML: not a length or calling code: " + std::string(text));
    return value;
}

/// A list such as "7,[9-12]"; "-1" stands for none.
LengthSet read_lengths(std::string_view list) {
    LengthSet lengths;
    if (list == "-1") return lengths;
    for (std::size_t start = 0; start <= list.size();) {
        const std::size_t end = std::min(list.find(',', start), list.size());
        std::string_view item = list.substr(start, end - start);
        const bool is_range = item.size() > 2 && item.front() == '[' && item.back() == ']';
        if (is_range) item = item.substr(1, item.size() - 2);
        const std::size_t dash = is_range ? item.find('-') : std::string_view::npos;
        const int first = number(item.substr(0, dash));
        const int last = dash == std::string_view::npos ? first : number(item.substr(dash + 1));
        if (last > LengthSet::max_length) throw PlanError("XML: an impossible length: " + std::string(list));
        for (int length = first; length <= last; ++length) lengths.add(length);
        start = end + 1;
    }
    return lengths;
}

constexpr std::string_view element_of(NumberType type) {
    switch (type) {
        case NumberType::fixed_line:
            return "fixedLine";
        case NumberType::mobile:
            return "mobile";
        case NumberType::toll_free:
            return "tollFree";
        case NumberType::premium_rate:
            return "premiumRate";
        case NumberType::shared_cost:
            return "sharedCost";
        case NumberType::voip:
            return "voip";
        case NumberType::personal_number:
            return "personalNumber";
        case NumberType::pager:
            return "pager";
        case NumberType::uan:
            return "uan";
        case NumberType::voicemail:
            return "voicemail";
        case NumberType::none:
        case NumberType::fixed_line_or_mobile:
            break;
    }
    return {};
}

NumberDescription read_description(const XmlElement* element) {
    NumberDescription description;
    if (element == nullptr) return description;
    if (const XmlElement* pattern = element->child("nationalNumberPattern"))
        description.pattern = without_blanks(pattern->text);
    if (const XmlElement* lengths = element->child("possibleLengths"))
        description.lengths = read_lengths(lengths->attribute("national"));
    if (const XmlElement* example = element->child("exampleNumber"))
        description.example = without_blanks(example->text);
    if (description.lengths.empty() && element->name != "generalDesc") description.pattern.clear();
    return description;
}

void replace(std::string& text, std::string_view name, std::string_view value) {
    for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += value.size())
        text.replace(at, name.size(), value);
}

/// Lengths of `element` that only work inside an area.
LengthSet read_local_lengths(const XmlElement* element) {
    const XmlElement* lengths = element == nullptr ? nullptr : element->child("possibleLengths");
    const std::string list = lengths == nullptr ? "" : lengths->attribute("localOnly");
    return list.empty() ? LengthSet{} : read_lengths(list);
}

/// Of the patterns of leading digits, each longer than the one before, the last counts. A rule of the
/// territory stands for all its formats without one.
NumberFormat read_format(const XmlElement& element, const RegionMetadata& region,
                         const std::string& usual_rule) {
    NumberFormat format;
    format.pattern = without_blanks(element.attribute("pattern"));
    for (const XmlElement& child : element.children) {
        if (child.name == "leadingDigits") format.leading_digits = without_blanks(child.text);
        if (child.name == "format") format.national = child.text;
    }
    const XmlElement* international = element.child("intlFormat");
    format.international = international == nullptr ? format.national : international->text;
    if (format.international == "NA") format.international.clear();
    format.national_prefix_rule = element.attributes.contains("nationalPrefixFormattingRule")
                                      ? element.attribute("nationalPrefixFormattingRule")
                                      : usual_rule;
    replace(format.national_prefix_rule, "$NP", region.national_prefix);
    replace(format.national_prefix_rule, "$FG", "$1");
    return format;
}

RegionMetadata read_territory(const XmlElement& territory) {
    RegionMetadata region;
    region.region = territory.attribute("id");
    region.calling_code = number(territory.attribute("countryCode"));
    region.international_prefix = without_blanks(territory.attribute("internationalPrefix"));
    region.national_prefix = territory.attribute("nationalPrefix");
    region.national_prefix_for_parsing = without_blanks(territory.attribute("nationalPrefixForParsing"));
    if (region.national_prefix_for_parsing.empty())
        region.national_prefix_for_parsing = region.national_prefix;
    region.national_prefix_transform_rule = territory.attribute("nationalPrefixTransformRule");
    region.leading_digits = without_blanks(territory.attribute("leadingDigits"));
    region.general = read_description(territory.child("generalDesc"));
    for (const NumberType type : described_types) {
        region.of(type) = read_description(territory.child(element_of(type)));
        // The general lengths are those of all types; libphonenumber computes them the same way.
        region.general.lengths |= region.of(type).lengths;
        region.local_lengths |= read_local_lengths(territory.child(element_of(type)));
    }
    region.local_lengths.remove(region.general.lengths);
    if (const XmlElement* formats = territory.child("availableFormats"))
        for (const XmlElement& format : formats->children)
            if (format.name == "numberFormat")
                region.formats.push_back(
                    read_format(format, region, territory.attribute("nationalPrefixFormattingRule")));
    return region;
}

}  // namespace

Metadata read_phone_number_metadata_xml(std::string_view xml, std::string version) {
    Metadata metadata;
    metadata.source = "PhoneNumberMetadata.xml";
    metadata.version = std::move(version);
    const XmlElement root = parse_xml(xml);
    const XmlElement* territories = root.child("territories");
    if (root.name != "phoneNumberMetadata" || territories == nullptr)
        throw PlanError("XML: not a PhoneNumberMetadata.xml");
    for (const XmlElement& territory : territories->children)
        if (territory.name == "territory")
            metadata.add(read_territory(territory), territory.attribute("mainCountryForCode") == "true");
    return metadata;
}

}  // namespace telephony::numbering::compiler
