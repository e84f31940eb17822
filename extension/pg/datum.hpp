// Arguments into, and results out of, SQL functions in the forms that C++ code wants.
#pragma once

#include <cstring>
#include <new>
#include <string_view>

#include "guard.hpp"
#include "numbering/e164.hpp"

extern "C" {
#include "utils/memutils.h"
}

namespace telephony::pg {

/// The bytes of text argument `n`, detoasted; valid while the call lasts. Reads only: call it before C++ work
/// begins.
inline std::string_view text_argument(FunctionCallInfo fcinfo, int n) {
    const text* value = PG_GETARG_TEXT_PP(n);
    return {VARDATA_ANY(value), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(value))};
}

/// E.164 argument `n`. Throws SqlError (data_corrupted) for bits that no input function lets in.
inline numbering::E164 e164_argument(FunctionCallInfo fcinfo, int n) {
    const auto number = numbering::E164::from_bits(DatumGetUInt64(PG_GETARG_DATUM(n)));
    if (!number) throw SqlError(ERRCODE_DATA_CORRUPTED, "a stored telephony.e164 value is damaged");
    return *number;
}

/// A Datum of type telephony.e164.
inline Datum e164_result(const numbering::E164& number) {
    return UInt64GetDatum(number.bits());
}

/// Memory in the current context. Cannot ereport, so objects may be alive; throws bad_alloc.
inline void* allocate(Size size) {
    void* result = AllocSizeIsValid(size) ? palloc_extended(size, MCXT_ALLOC_NO_OOM) : nullptr;
    if (result == nullptr) throw std::bad_alloc();
    return result;
}

/// A Datum of type text, allocated as above.
inline Datum text_result(std::string_view value) {
    void* result = allocate(VARHDRSZ + value.size());
    SET_VARSIZE(result, VARHDRSZ + value.size());
    std::memcpy(VARDATA(result), value.data(), value.size());
    return PointerGetDatum(result);
}

/// A Datum of type cstring, allocated as above.
inline Datum cstring_result(std::string_view value) {
    auto* result = static_cast<char*>(allocate(value.size() + 1));
    std::memcpy(result, value.data(), value.size());
    result[value.size()] = '\0';
    return CStringGetDatum(result);
}

}  // namespace telephony::pg
