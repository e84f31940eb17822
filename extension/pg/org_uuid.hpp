// The id of an organization that tokens name by a text, and what is to be hashed for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "postgres_compat.hpp"

extern "C" {
#include "utils/uuid.h"
}

namespace telephony::pg {

/// True for a text that can name an organization: 1 to 255 bytes of UTF-8, none of them zero.
bool can_name_organization(std::string_view utf8) noexcept;

/// The id of the organization that this text names: UUID version 8 (RFC 9562) of the SHA-256 of a fixed
/// prefix and these bytes. Throws PostgresError.
pg_uuid_t org_uuid(std::string_view utf8);

/// A text of the database in UTF-8: the text itself where the database has it so, else what is put into
/// `converted`; nullopt if it has no form in UTF-8. Where the database has no encoding (SQL_ASCII) the bytes
/// are taken as UTF-8, whether they are or not.
std::optional<std::string_view> to_utf8(std::string_view text, std::string& converted);

}  // namespace telephony::pg
