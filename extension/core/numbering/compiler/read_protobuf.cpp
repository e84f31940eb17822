// The metadata compiled into libphonenumber: a serialized PhoneMetadataCollection, read from the wire format
// (phonemetadata.proto names the fields), so that no version of the generated classes has to fit.
#include "metadata.hpp"

namespace telephony::numbering::compiler {

namespace {

/// One field of a message.
struct Field {
    std::uint32_t number = 0;
    std::uint64_t value = 0;      // of a varint
    std::string_view bytes = {};  // of a length-delimited field
};

/// The fields of one message, in order.
class Message {
  public:
    explicit Message(std::string_view bytes) : rest_(bytes) {}

    bool next(Field& field) {
        if (rest_.empty()) return false;
        const std::uint64_t tag = varint();
        field = {.number = static_cast<std::uint32_t>(tag >> 3)};
        switch (tag & 7) {
            case 0:
                field.value = varint();
                return true;
            case 2: {
                const std::uint64_t size = varint();
                if (size > rest_.size()) throw PlanError("metadata: a field that is longer than its message");
                field.bytes = rest_.substr(0, size);
                rest_.remove_prefix(size);
                return true;
            }
            default:
                throw PlanError("metadata: a wire type that phone metadata does not use");
        }
    }

  private:
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (rest_.empty()) throw PlanError("metadata: ends inside a number");
            const auto byte = static_cast<std::uint8_t>(rest_.front());
            rest_.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if (byte < 0x80) return value;
        }
        throw PlanError("metadata: a number of more than 64 bits");
    }

    std::string_view rest_;
};

/// Message PhoneNumberDesc. No length at all stands for the lengths of the general description, the length -1
/// for a type that does not exist.
NumberDescription read_description(std::string_view bytes, const LengthSet* general) {
    NumberDescription description;
    bool any_length = false;
    const auto add_length = [&](std::uint64_t value) {
        any_length = true;
        const int length = static_cast<std::int32_t>(value);
        if (length == -1) return;
        if (length < 1 || length > LengthSet::max_length) throw PlanError("metadata: an impossible length");
        description.lengths.add(length);
    };
    Message message(bytes);
    for (Field field; message.next(field);) {
        if (field.number == 2) description.pattern = field.bytes;
        if (field.number == 6) description.example = field.bytes;
        if (field.number == 9) add_length(field.value);
    }
    if (!any_length && general != nullptr) description.lengths = *general;
    if (description.lengths.empty() || description.pattern.empty()) description = {};
    return description;
}

/// The lengths of message PhoneNumberDesc that only work inside an area.
LengthSet read_local_lengths(std::string_view bytes) {
    LengthSet lengths;
    Message message(bytes);
    for (Field field; message.next(field);) {
        if (field.number != 10) continue;
        if (field.value < 1 || field.value > LengthSet::max_length)
            throw PlanError("metadata: an impossible length");
        lengths.add(static_cast<int>(field.value));
    }
    return lengths;
}

/// Message NumberFormat. Of the patterns of leading digits, each longer than the one before, the last counts.
NumberFormat read_format(std::string_view bytes) {
    NumberFormat format;
    Message message(bytes);
    for (Field field; message.next(field);) {
        if (field.number == 1) format.pattern = field.bytes;
        if (field.number == 2) format.national = field.bytes;
        if (field.number == 3) format.leading_digits = field.bytes;
        if (field.number == 4) format.national_prefix_rule = field.bytes;
    }
    return format;
}

/// The international templates stand in a list of their own, which has those formats that are for
/// international use, in the same order; no list at all: all are, as they are.
void join_formats(RegionMetadata& region, const std::vector<NumberFormat>& international) {
    std::size_t at = 0;
    for (NumberFormat& format : region.formats) {
        if (international.empty()) {
            format.international = format.national;
        } else if (at < international.size() && international[at].pattern == format.pattern &&
                   international[at].leading_digits == format.leading_digits) {
            format.international = international[at++].national;
        }
    }
    if (at != international.size())
        throw PlanError("metadata: " + region.region + ": an international format that is no national one");
}

/// The number of the field of PhoneMetadata that describes a type; 0 for the two types without one.
constexpr std::uint32_t field_of(NumberType type) {
    switch (type) {
        case NumberType::fixed_line:
            return 2;
        case NumberType::mobile:
            return 3;
        case NumberType::toll_free:
            return 4;
        case NumberType::premium_rate:
            return 5;
        case NumberType::shared_cost:
            return 6;
        case NumberType::personal_number:
            return 7;
        case NumberType::voip:
            return 8;
        case NumberType::pager:
            return 21;
        case NumberType::uan:
            return 25;
        case NumberType::voicemail:
            return 28;
        case NumberType::none:
        case NumberType::fixed_line_or_mobile:
            break;
    }
    return 0;
}

void add_region(Metadata& metadata, std::string_view bytes) {
    RegionMetadata region;
    bool main = false;
    std::map<std::uint32_t, std::string_view> descriptions;
    std::vector<NumberFormat> international;
    Message message(bytes);
    for (Field field; message.next(field);) {
        switch (field.number) {
            case 9:
                region.region = field.bytes;
                break;
            case 10:
                region.calling_code = static_cast<int>(field.value % 1000);
                break;
            case 11:
                region.international_prefix = field.bytes;
                break;
            case 12:
                region.national_prefix = field.bytes;
                break;
            case 15:
                region.national_prefix_for_parsing = field.bytes;
                break;
            case 16:
                region.national_prefix_transform_rule = field.bytes;
                break;
            case 19:
                region.formats.push_back(read_format(field.bytes));
                break;
            case 20:
                international.push_back(read_format(field.bytes));
                break;
            case 22:
                main = field.value != 0;
                break;
            case 23:
                region.leading_digits = field.bytes;
                break;
            default:
                descriptions.emplace(field.number, field.bytes);
        }
    }
    join_formats(region, international);
    region.general = read_description(descriptions[1], nullptr);
    region.local_lengths = read_local_lengths(descriptions[1]);
    for (const NumberType type : described_types)
        region.of(type) = read_description(descriptions[field_of(type)], &region.general.lengths);
    metadata.add(std::move(region), main);
}

}  // namespace

Metadata read_phone_metadata_collection(std::string_view bytes, std::string version) {
    Metadata metadata;
    metadata.source = "libphonenumber";
    metadata.version = std::move(version);
    Message collection(bytes);
    for (Field field; collection.next(field);)
        if (field.number == 1) add_region(metadata, field.bytes);
    return metadata;
}

}  // namespace telephony::numbering::compiler
