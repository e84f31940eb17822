// SQL functions on numbers: shape, calling code, mask, and what the plan says of them.
#include "datum.hpp"
#include "numbering/masking.hpp"
#include "numbering/plan.hpp"

extern "C" {
#include "access/detoast.h"
#include "catalog/pg_enum.h"
#include "funcapi.h"
#include "utils/jsonb.h"
#include "utils/jsonfuncs.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

using telephony::numbering::built_in_plan;
using telephony::numbering::E164;
using telephony::numbering::E164Problem;
using telephony::numbering::mask_numbers;
using telephony::numbering::NumberType;
using telephony::numbering::PlanVerdict;
using telephony::pg::call;
using telephony::pg::e164_argument;
using telephony::pg::entry;
using telephony::pg::text_argument;
using telephony::pg::text_result;

namespace {

/// Reads text argument `n` if it is in E.164 form. Text too long for that is not even fetched from where it
/// is stored.
bool read_e164(FunctionCallInfo fcinfo, int n, E164& number) {
    constexpr Size longest = VARHDRSZ + 1 + E164::max_digits;
    return toast_raw_datum_size(PG_GETARG_DATUM(n)) <= longest &&
           E164::parse(text_argument(fcinfo, n), number) == E164Problem::none;
}

PlanVerdict verdict_on_argument(FunctionCallInfo fcinfo) {
    return match(built_in_plan(), e164_argument(fcinfo, 0));
}

/// A string within a jsonb value, masked.
text* masked_string(void*, char* bytes, int length) {
    return entry([bytes, length] {
        return DatumGetTextPP(text_result(mask_numbers({bytes, static_cast<std::size_t>(length)})));
    });
}

/// The labels of telephony.phone_number_type, by NumberType; kept for as long as the calling query runs.
struct TypeLabels {
    Oid of[telephony::numbering::number_type_count];
};

const TypeLabels& type_labels(FunctionCallInfo fcinfo) {
    FmgrInfo* function = fcinfo->flinfo;
    if (function->fn_extra == nullptr) {
        auto* labels =
            static_cast<TypeLabels*>(MemoryContextAllocZero(function->fn_mcxt, sizeof(TypeLabels)));
        const Oid enum_type = get_func_rettype(function->fn_oid);
        for (std::size_t i = 1; i < telephony::numbering::number_type_count; ++i)
            labels->of[i] = GetSysCacheOid2(ENUMTYPOIDNAME, Anum_pg_enum_oid, ObjectIdGetDatum(enum_type),
                                            CStringGetDatum(name(static_cast<NumberType>(i)).data()));
        function->fn_extra = labels;
    }
    return *static_cast<const TypeLabels*>(function->fn_extra);
}

}  // namespace

// ------------------------------------------------------------------------------------ without the plan

TELEPHONY_FUNCTION(telephony_is_e164) {
    E164 number;
    return BoolGetDatum(read_e164(fcinfo, 0, number));
}

TELEPHONY_FUNCTION(telephony_calling_code) {
    const auto code = calling_code(e164_argument(fcinfo, 0));
    if (!code) PG_RETURN_NULL();
    return Int32GetDatum(*code);
}

TELEPHONY_FUNCTION(telephony_national_number) {
    const E164 number = e164_argument(fcinfo, 0);
    const std::size_t length = calling_code_length(number);
    if (length == 0) PG_RETURN_NULL();
    return text_result(number.digits().substr(length));
}

TELEPHONY_FUNCTION(telephony_mask_e164) {
    return text_result(mask(e164_argument(fcinfo, 0)));
}

TELEPHONY_FUNCTION(telephony_mask_text) {
    return text_result(telephony::numbering::mask(text_argument(fcinfo, 0)));
}

TELEPHONY_FUNCTION(telephony_mask_numbers_text) {
    return text_result(mask_numbers(text_argument(fcinfo, 0)));
}

TELEPHONY_FUNCTION(telephony_mask_numbers_jsonb) {
    return call([fcinfo] {
        return JsonbPGetDatum(transform_jsonb_string_values(PG_GETARG_JSONB_P(0), nullptr, masked_string));
    });
}

// ------------------------------------------------------------------------------------------- by the plan

TELEPHONY_FUNCTION(telephony_is_valid) {
    return BoolGetDatum(verdict_on_argument(fcinfo).valid());
}

TELEPHONY_FUNCTION(telephony_is_valid_text) {
    E164 number;
    return BoolGetDatum(read_e164(fcinfo, 0, number) && match(built_in_plan(), number).valid());
}

TELEPHONY_FUNCTION(telephony_is_possible) {
    return BoolGetDatum(verdict_on_argument(fcinfo).possible());
}

TELEPHONY_FUNCTION(telephony_region) {
    const auto plan = built_in_plan();
    const PlanVerdict verdict = match(plan, e164_argument(fcinfo, 0));
    if (!verdict.valid()) PG_RETURN_NULL();
    return text_result(region(plan, verdict));
}

TELEPHONY_FUNCTION(telephony_number_type) {
    const PlanVerdict verdict = verdict_on_argument(fcinfo);
    if (!verdict.valid()) PG_RETURN_NULL();
    return ObjectIdGetDatum(type_labels(fcinfo).of[static_cast<std::size_t>(verdict.type())]);
}

TELEPHONY_FUNCTION(telephony_numbering_plan) {
    const auto plan = built_in_plan();
    TupleDesc row;
    if (get_call_result_type(fcinfo, nullptr, &row) != TYPEFUNC_COMPOSITE)
        elog(ERROR, "return type must be a row type");
    Datum values[] = {text_result(plan.version), text_result(plan.source),
                      Int32GetDatum(static_cast<std::int32_t>(plan.states.size())),
                      Int64GetDatum(static_cast<std::int64_t>(plan.bytes())),
                      Int32GetDatum(static_cast<std::int32_t>(plan.regions.size() - 1))};  // [0] is none
    bool nulls[] = {false, false, false, false, false};
    return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(row), values, nulls));
}
