// org_uuid(): ids of organizations whose login service names them by a text, such as org_2abc.
#include "org_uuid.hpp"

#include <cstring>
#include <string>

#include "datum.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "mb/pg_wchar.h"
#include "utils/fmgrprotos.h"
}

namespace telephony::pg {

namespace {

/// Whoever makes ids elsewhere hashes it too: it never changes.
constexpr std::string_view prefix = "telephony.org_uuid:";
constexpr std::size_t longest = 255;

constexpr int version_byte = 6;
constexpr unsigned char version_8 = 0x80;
constexpr int variant_byte = 8;
constexpr unsigned char variant_of_rfc_9562 = 0x80;

SqlError not_the_length(std::size_t bytes) {
    return {ERRCODE_INVALID_PARAMETER_VALUE,
            "a text of " + std::to_string(bytes) + " bytes names no organization",
            "The claim that names an organization has 1 to 255 bytes of UTF-8."};
}

}  // namespace

bool can_name_organization(std::string_view utf8) noexcept {
    return !utf8.empty() && utf8.size() <= longest && utf8.find('\0') == std::string_view::npos;
}

pg_uuid_t org_uuid(std::string_view utf8) {
    return call([utf8] {
        const Size size = VARHDRSZ + prefix.size() + utf8.size();
        auto* hashed = static_cast<bytea*>(palloc(size));
        SET_VARSIZE(hashed, size);
        std::memcpy(VARDATA(hashed), prefix.data(), prefix.size());
        std::memcpy(VARDATA(hashed) + prefix.size(), utf8.data(), utf8.size());
        bytea* digest = DatumGetByteaPP(DirectFunctionCall1(sha256_bytea, PointerGetDatum(hashed)));
        pg_uuid_t id;
        std::memcpy(id.data, VARDATA_ANY(digest), UUID_LEN);
        pfree(digest);
        pfree(hashed);
        id.data[version_byte] = static_cast<unsigned char>((id.data[version_byte] & 0x0f) | version_8);
        id.data[variant_byte] =
            static_cast<unsigned char>((id.data[variant_byte] & 0x3f) | variant_of_rfc_9562);
        return id;
    });
}

std::optional<std::string_view> to_utf8(std::string_view text, std::string& converted) {
    const int encoding = GetDatabaseEncoding();
    if (encoding == PG_UTF8 || encoding == PG_SQL_ASCII) return text;
    const int size = static_cast<int>(text.size());
    // Room for one character more than there are: PostgreSQL leaves one out where it could just fit.
    converted.resize((text.size() + 1) * MAX_CONVERSION_GROWTH + 1);
    const int taken = call([&converted, text, encoding, size] {
        const Oid conversion = FindDefaultConversionProc(encoding, PG_UTF8);
        if (!OidIsValid(conversion)) return -1;
        auto* source = reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
        return pg_do_encoding_conversion_buf(conversion, encoding, PG_UTF8, source, size,
                                             reinterpret_cast<unsigned char*>(converted.data()),
                                             static_cast<int>(converted.size()), /*noError=*/true);
    });
    if (taken != size) return std::nullopt;
    return std::string_view(converted.c_str(), std::strlen(converted.c_str()));
}

}  // namespace telephony::pg

TELEPHONY_FUNCTION(telephony_org_uuid) {
    using namespace telephony::pg;
    const std::string_view given = text_argument(fcinfo, 0);
    // No encoding needs more bytes than this for what UTF-8 has in its longest.
    if (given.size() > longest * MAX_CONVERSION_GROWTH) throw not_the_length(given.size());
    std::string converted;
    const auto utf8 = to_utf8(given, converted);
    if (!utf8 || pg_encoding_verifymbstr(PG_UTF8, utf8->data(), static_cast<int>(utf8->size())) !=
                     static_cast<int>(utf8->size()))
        throw SqlError(ERRCODE_INVALID_PARAMETER_VALUE, "the text has no form in UTF-8", {},
                       "Organizations are named by the UTF-8 bytes of the claim in their tokens.");
    if (!can_name_organization(*utf8)) throw not_the_length(utf8->size());
    auto* result = static_cast<pg_uuid_t*>(allocate(sizeof(pg_uuid_t)));
    *result = org_uuid(*utf8);
    return UUIDPGetDatum(result);
}
