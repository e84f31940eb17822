// Recursive-descent reader for simple XML documents.
#include "xml.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "pattern.hpp"

namespace telephony::numbering::compiler {

namespace {

constexpr int deepest_nesting = 64;
constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view name_ends = " \t\r\n=/><\"'";

class Reader {
  public:
    explicit Reader(std::string_view document) : document_(document) {}

    XmlElement read() {
        skip_between();
        XmlElement root = element(0);
        skip_between();
        if (at_ != document_.size()) fail("text behind the root element");
        return root;
    }

  private:
    [[noreturn]] void fail(std::string_view why) const {
        const auto lines = std::ranges::count(document_.substr(0, at_), '\n') + 1;
        throw PlanError("XML, line " + std::to_string(lines) + ": " + std::string(why));
    }

    bool take(std::string_view text) {
        if (!document_.substr(at_).starts_with(text)) return false;
        at_ += text.size();
        return true;
    }
    void expect(std::string_view text) {
        if (!take(text)) fail("expected " + std::string(text));
    }
    std::string_view advance_to(std::size_t end) {
        const std::size_t begin = std::exchange(at_, end);
        return document_.substr(begin, end - begin);
    }
    std::string_view until(std::string_view end) {
        const std::size_t found = document_.find(end, at_);
        if (found == std::string_view::npos) fail("expected " + std::string(end));
        const std::string_view skipped = advance_to(found);
        at_ += end.size();
        return skipped;
    }
    void skip_blanks() { at_ = std::min(document_.find_first_not_of(blanks, at_), document_.size()); }

    /// Skips all that may stand outside the root element.
    void skip_between() {
        for (skip_blanks();; skip_blanks()) {
            if (take("<?"))
                until("?>");
            else if (take("<!--"))
                until("-->");
            else if (take("<!DOCTYPE"))
                skip_document_type();
            else
                return;
        }
    }

    void skip_document_type() {
        for (bool inside_subset = false;;) {
            if (take("<!--")) {
                until("-->");
            } else if (at_ == document_.size()) {
                fail("a document type declaration without an end");
            } else {
                const char c = document_[at_++];
                if (c == '[') inside_subset = true;
                if (c == ']') inside_subset = false;
                if (c == '>' && !inside_subset) return;
            }
        }
    }

    std::string name() {
        const std::size_t end = std::min(document_.find_first_of(name_ends, at_), document_.size());
        if (end == at_) fail("expected a name");
        return std::string(advance_to(end));
    }

    std::string unescaped(std::string_view text) const {
        static constexpr std::array<std::pair<std::string_view, char>, 5> entities{
            {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}}};
        std::string result;
        while (!text.empty()) {
            if (text.front() != '&') {
                result += text.front();
                text.remove_prefix(1);
                continue;
            }
            const auto* entity = std::ranges::find_if(
                entities, [&](const auto& known) { return text.starts_with(known.first); });
            if (entity == entities.end()) fail("an entity that is not one of the five of XML");
            result += entity->second;
            text.remove_prefix(entity->first.size());
        }
        return result;
    }

    XmlElement element(int depth) {
        if (depth == deepest_nesting) fail("elements nested too deep");
        expect("<");
        XmlElement result{.name = name()};
        for (skip_blanks(); !take(">"); skip_blanks()) {
            if (take("/>")) return result;
            std::string key = name();
            skip_blanks();
            expect("=");
            skip_blanks();
            const std::string_view quote = take("'") ? "'" : "\"";
            if (quote == "\"") expect(quote);
            if (!result.attributes.try_emplace(std::move(key), unescaped(until(quote))).second)
                fail("the same attribute twice");
        }
        for (;;) {
            if (take("<!--")) {
                until("-->");
            } else if (take("</")) {
                if (name() != result.name) fail("an end tag that does not fit " + result.name);
                skip_blanks();
                expect(">");
                return result;
            } else if (document_.substr(at_).starts_with("<")) {
                result.children.push_back(element(depth + 1));
            } else {
                const std::size_t end = document_.find('<', at_);
                if (end == std::string_view::npos) fail("no end of " + result.name);
                result.text += unescaped(advance_to(end));
            }
        }
    }

    std::string_view document_;
    std::size_t at_ = 0;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
    const auto found = std::ranges::find(children, wanted, &XmlElement::name);
    return found == children.end() ? nullptr : &*found;
}

std::string XmlElement::attribute(const std::string& wanted) const {
    const auto found = attributes.find(wanted);
    return found == attributes.end() ? std::string{} : found->second;
}

XmlElement parse_xml(std::string_view document) {
    return Reader(document).read();
}

}  // namespace telephony::numbering::compiler
