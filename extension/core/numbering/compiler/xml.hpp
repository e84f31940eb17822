// A reader for the part of XML that PhoneNumberMetadata.xml uses: elements, attributes, text, comments, a
// document type declaration that is skipped.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace telephony::numbering::compiler {

/// An element with its attributes, its own text and its child elements.
struct XmlElement {
    std::string name;
    std::map<std::string, std::string> attributes = {};
    std::string text = {};
    std::vector<XmlElement> children = {};

    /// The first child with this name, or nullptr.
    const XmlElement* child(std::string_view name) const;
    /// The value of an attribute; empty where it is missing.
    std::string attribute(const std::string& name) const;
};

/// Parses a document and returns its root element. Throws PlanError, naming the line.
XmlElement parse_xml(std::string_view document);

}  // namespace telephony::numbering::compiler
