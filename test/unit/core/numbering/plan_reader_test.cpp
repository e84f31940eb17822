// The readers of numbering metadata: our plan data, PhoneNumberMetadata.xml, libphonenumber's binary form.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "numbering/compiler/compiled_plan.hpp"
#include "numbering/compiler/xml.hpp"

namespace telephony::numbering::compiler {
namespace {

// One country of two regions and a calling code of none, in all three forms.
constexpr std::string_view as_plan_data =
    "source PhoneNumberMetadata.xml 1\n"
    "\n"
    "code 44 GB GG\n"
    "GB international_prefix 00\n"
    "GB national_prefix 0\n"
    "GB general 7,9,10 [17]\\d{6,9}\n"
    "GB local_lengths 4,5,6,8\n"
    "GB fixed_line 9,10 1\\d{8,9}\n"
    "GB mobile 10 7[1-9]\\d{8}\n"
    "GB toll_free 7 1\\d{6}\n"
    "GB format (\\d{4})(\\d{6}) $1_$2 7 0$1 =\n"
    "GB format (\\d{3})(\\d{4}) $1_$2 1 - -\n"
    "GG national_prefix 0\n"
    "GG parse_prefix ([25-9]\\d{5})$|0\n"
    "GG parse_rule 1481$1\n"
    "GG leading_digits 14|70\n"
    "GG general 10 [17]\\d{9}\n"
    "GG local_lengths 6\n"
    "GG fixed_line 10 1481\\d{6} 1481256789\n"
    "GG pager 10 70\\d{8}\n"
    "\n"
    "code 888 001\n"
    "001:888 general 11 \\d{11}\n"
    "001:888 uan 11 \\d{11}\n";

constexpr std::string_view as_xml = R"xml(<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment with <tags> -->
<!DOCTYPE phoneNumberMetadata [
  <!ELEMENT phoneNumberMetadata (territories)> <!-- ]> -->
  <!ATTLIST territory id CDATA #REQUIRED>
]>
<phoneNumberMetadata>
  <territories>
    <territory id="001" countryCode='888'>
      <generalDesc><nationalNumberPattern>\d{11}</nationalNumberPattern></generalDesc>
      <uan>
        <possibleLengths national="11"/>
        <nationalNumberPattern>\d{11}</nationalNumberPattern>
      </uan>
    </territory>
    <territory id="GG" countryCode="44" nationalPrefix="0" leadingDigits="14|70"
               nationalPrefixForParsing="([25-9]\d{5})$|0" nationalPrefixTransformRule="1481$1">
      <references><sourceUrl>https://example.org/?a=1&amp;b=2</sourceUrl></references>
      <generalDesc>
        <nationalNumberPattern>
          [17]\d{9}
        </nationalNumberPattern>
      </generalDesc>
      <fixedLine>
        <possibleLengths national="10" localOnly="6"/>
        <exampleNumber>1481256789</exampleNumber>
        <nationalNumberPattern>1481\d{6}</nationalNumberPattern>
      </fixedLine>
      <pager>
        <possibleLengths national="10"/>
        <nationalNumberPattern>70\d{8}</nationalNumberPattern>
      </pager>
      <voip>
        <possibleLengths national="-1"/>
      </voip>
    </territory>
    <territory id="GB" countryCode="44" mainCountryForCode="true" internationalPrefix="00" nationalPrefix="0">
      <availableFormats>
        <numberFormat pattern="(\d{4})(\d{6})" nationalPrefixFormattingRule="$NP$FG">
          <leadingDigits>7</leadingDigits>
          <format>$1 $2</format>
        </numberFormat>
        <numberFormat pattern="(\d{3})(\d{4})">
          <leadingDigits>1</leadingDigits>
          <format>$1 $2</format>
          <intlFormat>NA</intlFormat>
        </numberFormat>
      </availableFormats>
      <generalDesc><nationalNumberPattern>[17]\d{6,9}</nationalNumberPattern></generalDesc>
      <fixedLine>
        <possibleLengths national="9,10" localOnly="[4-8]"/>
        <nationalNumberPattern>
          1\d{8,9} <!-- not
          this -->
        </nationalNumberPattern>
      </fixedLine>
      <mobile>
        <possibleLengths national="10"/>
        <nationalNumberPattern>7[1-9]\d{8}</nationalNumberPattern>
      </mobile>
      <tollFree>
        <possibleLengths national="7"/>
        <nationalNumberPattern>1\d{6}</nationalNumberPattern>
      </tollFree>
    </territory>
  </territories>
</phoneNumberMetadata>
)xml";

std::string field(int number, std::string_view bytes) {
    std::string tag;
    const int key = number << 3 | 2;
    if (key >= 0x80) tag += static_cast<char>(key | 0x80);
    tag += static_cast<char>(key >= 0x80 ? key >> 7 : key);
    if (bytes.size() >= 0x80) tag += static_cast<char>(bytes.size() | 0x80);
    tag += static_cast<char>(bytes.size() >= 0x80 ? bytes.size() >> 7 : bytes.size());
    return tag.append(bytes);
}

std::string number_field(int number, std::uint64_t value) {
    std::string text;
    for (std::uint64_t part : {static_cast<std::uint64_t>(number) << 3, value}) {
        for (; part >= 0x80; part >>= 7) text += static_cast<char>(part | 0x80);
        text += static_cast<char>(part);
    }
    return text;
}

std::string description(std::string_view pattern, std::initializer_list<int> lengths) {
    std::string text = pattern.empty() ? "" : field(2, pattern);
    for (const int length : lengths)
        text += number_field(9, static_cast<std::uint64_t>(static_cast<std::int64_t>(length)));
    return text;
}

std::string as_protobuf() {
    const std::string network = field(1, description("\\d{11}", {11})) + field(9, "001") +
                                number_field(10, 888) + field(25, description("\\d{11}", {}));
    const std::string guernsey = field(1, description("[17]\\d{9}", {10}) + number_field(10, 6)) +
                                 field(2, description("1481\\d{6}", {}) + field(6, "1481256789")) +
                                 field(8, description("", {-1})) + field(9, "GG") + number_field(10, 44) +
                                 field(12, "0") + field(15, "([25-9]\\d{5})$|0") + field(16, "1481$1") +
                                 field(21, description("70\\d{8}", {10})) + field(23, "14|70");
    const std::string mobile_format =
        field(1, "(\\d{4})(\\d{6})") + field(2, "$1 $2") + field(3, "7") + field(4, "0$1");
    const std::string local_format = field(1, "(\\d{3})(\\d{4})") + field(2, "$1 $2") + field(3, "1");
    std::string general = description("[17]\\d{6,9}", {7, 9, 10});
    for (const std::uint64_t length : {4, 5, 6, 8}) general += number_field(10, length);
    const std::string britain =
        field(1, general) + field(11, "00") + field(19, mobile_format) + field(19, local_format) +
        field(20, mobile_format) + field(2, description("1\\d{8,9}", {9, 10})) +
        field(3, description("7[1-9]\\d{8}", {10})) + field(4, description("1\\d{6}", {7})) + field(9, "GB") +
        number_field(10, 44) + field(12, "0") + field(15, "0") + number_field(22, 1);
    return field(1, network) + field(1, guernsey) + field(1, britain);
}

TEST(PlanReader, PlanDataIsWrittenAsItIsRead) {
    EXPECT_EQ(write_plan_data(read_plan_data(as_plan_data)), as_plan_data);
}

TEST(PlanReader, XmlGivesTheSameMetadata) {
    EXPECT_EQ(write_plan_data(read_phone_number_metadata_xml(as_xml, "1")), as_plan_data);
}

TEST(PlanReader, BinaryFormGivesTheSameMetadata) {
    Metadata metadata = read_phone_metadata_collection(as_protobuf(), "1");
    EXPECT_EQ(metadata.source, "libphonenumber");
    metadata.source = "PhoneNumberMetadata.xml";
    EXPECT_EQ(write_plan_data(metadata), as_plan_data);
}

TEST(PlanReader, CutShortBinaryFormIsRefusedOrShorter) {
    const std::string whole = as_protobuf();
    for (std::size_t size = 1; size < whole.size(); ++size) {
        try {
            const Metadata metadata = read_phone_metadata_collection(whole.substr(0, size), "1");
            EXPECT_LT(write_plan_data(metadata).size(), as_plan_data.size()) << size;
        } catch (const PlanError& error) {
            EXPECT_NE(std::string(error.what()), "");
        }
    }
}

TEST(PlanReader, PlanDataErrorsNameTheLine) {
    const std::pair<std::string, std::string> cases[] = {
        {"code 44 GB\n", "no source line"},
        {"source a 1\ncode 0 GB\n", "line 2: not a number from 1 to 999: 0"},
        {"source a 1\ncode 44 GB\ncode 44 GG\n", "line 3: a calling code that was there before"},
        {"source a 1\ncode 44 GB\ncode 45 GB\n", "line 3: a region that was there before: GB"},
        {"source a 1\nGB general 10 1\n", "line 2: a region that no code line names: GB"},
        {"source a 1\ncode 44 GB\nGB landline 10 1\n", "line 3: unknown kind of line: landline"},
        {"source a 1\ncode 44 GB\nGB general 10,x 1\n", "line 3: not a number from 1 to 31: x"},
        {"source a 1\ncode 44 GB\nGB general 10  1\n", "line 3: words are parted by one space"},
        {"source a 1\ncode 44 GB\nGB general 10 1\nGB general 10 1\n", "line 4: the same line twice"},
        {"source a 1\ncode 44\n", "line 2: too few words"},
    };
    for (const auto& [text, message] : cases) {
        try {
            read_plan_data(text);
            ADD_FAILURE() << text;
        } catch (const PlanError& error) {
            EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
        }
    }
}

TEST(PlanReader, XmlErrorsNameTheLine) {
    for (const std::string text : {"", "<a>", "<a></b>", "<a b></a>", "<a b=1></a>", "<a b='1' b='2'/>",
                                   "<a>&what;</a>", "<a/><b/>", "<a><!-- </a>", "<!DOCTYPE a [", "<a>text"}) {
        try {
            parse_xml(text);
            ADD_FAILURE() << text;
        } catch (const PlanError& error) {
            EXPECT_TRUE(std::string_view(error.what()).starts_with("XML, line 1: ")) << error.what();
        }
    }
    EXPECT_THROW(parse_xml([] {
                     std::string deep;
                     for (int i = 0; i < 100'000; ++i) deep += "<a>";
                     return deep;
                 }()),
                 PlanError);
    EXPECT_THROW(read_phone_number_metadata_xml("<other/>", "1"), PlanError);
}

TEST(PlanReader, CheckedInDataIsInCanonicalForm) {
    std::ifstream file(TELEPHONY_SOURCE_DIR "/extension/core/numbering/plan_data/numbering_plan.txt");
    ASSERT_TRUE(file);
    std::string lines;
    bool licence = false;
    for (std::string line; std::getline(file, line);) {
        licence = licence || line.find("Apache License, Version 2.0") != std::string::npos;
        if (!line.starts_with('#')) lines += line + '\n';
    }
    EXPECT_TRUE(licence);
    EXPECT_EQ('\n' + write_plan_data(read_plan_data(lines)), lines);
}

}  // namespace
}  // namespace telephony::numbering::compiler
