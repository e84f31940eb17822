// telephony.e164: comparison, sorting, hashing. Works on the bits alone: no number can make it fail.
#include "datum.hpp"

extern "C" {
#include "utils/sortsupport.h"
}

using telephony::numbering::E164;

namespace {

std::uint64_t bits(FunctionCallInfo fcinfo, int n) {
    return DatumGetUInt64(PG_GETARG_DATUM(n));
}

}  // namespace

TELEPHONY_FUNCTION(telephony_e164_lt) {
    return BoolGetDatum(bits(fcinfo, 0) < bits(fcinfo, 1));
}
TELEPHONY_FUNCTION(telephony_e164_le) {
    return BoolGetDatum(bits(fcinfo, 0) <= bits(fcinfo, 1));
}
TELEPHONY_FUNCTION(telephony_e164_eq) {
    return BoolGetDatum(bits(fcinfo, 0) == bits(fcinfo, 1));
}
TELEPHONY_FUNCTION(telephony_e164_ne) {
    return BoolGetDatum(bits(fcinfo, 0) != bits(fcinfo, 1));
}
TELEPHONY_FUNCTION(telephony_e164_ge) {
    return BoolGetDatum(bits(fcinfo, 0) >= bits(fcinfo, 1));
}
TELEPHONY_FUNCTION(telephony_e164_gt) {
    return BoolGetDatum(bits(fcinfo, 0) > bits(fcinfo, 1));
}

TELEPHONY_FUNCTION(telephony_e164_cmp) {
    const std::uint64_t a = bits(fcinfo, 0), b = bits(fcinfo, 1);
    return Int32GetDatum(a < b ? -1 : a > b ? 1 : 0);
}

// The comparator PostgreSQL knows by name: its sort has a specialised copy for unsigned Datums.
TELEPHONY_FUNCTION(telephony_e164_sortsupport) {
    reinterpret_cast<SortSupport>(PG_GETARG_POINTER(0))->comparator = ssup_datum_unsigned_cmp;
    PG_RETURN_VOID();
}

TELEPHONY_FUNCTION(telephony_e164_larger) {
    return PG_GETARG_DATUM(bits(fcinfo, 0) > bits(fcinfo, 1) ? 0 : 1);
}
TELEPHONY_FUNCTION(telephony_e164_smaller) {
    return PG_GETARG_DATUM(bits(fcinfo, 0) < bits(fcinfo, 1) ? 0 : 1);
}

TELEPHONY_FUNCTION(telephony_e164_hash) {
    return UInt32GetDatum(static_cast<std::uint32_t>(telephony::numbering::hash_bits(bits(fcinfo, 0))));
}
TELEPHONY_FUNCTION(telephony_e164_hash_extended) {
    return UInt64GetDatum(telephony::numbering::hash_bits(bits(fcinfo, 0), bits(fcinfo, 1)));
}
