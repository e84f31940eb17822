// telephony.e164 ^@ text: the test, the index range that the planner makes of it, and how many rows it
// expects.
#include "datum.hpp"

extern "C" {
#include "access/stratnum.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"
#include "utils/syscache.h"
}

using telephony::numbering::E164;
using telephony::numbering::E164Range;
using telephony::numbering::prefix_range;

extern "C" PGDLLEXPORT Datum telephony_e164_starts_with(PG_FUNCTION_ARGS);

namespace {

std::uint64_t bits(Datum number) {
    return DatumGetUInt64(number);
}

E164Range range_argument(FunctionCallInfo fcinfo, int n) {
    return prefix_range(telephony::pg::text_argument(fcinfo, n));
}

// ------------------------------------------------------------------------------------------------ index
// conditions

/// A call of `telephony.<name>(prefix)`, computed now if the prefix is known. Null if the function is not
/// there.
Expr* bound(const SupportRequestIndexCondition* request, const char* name, Oid number_type, Expr* prefix) {
    const Oid text_type = TEXTOID;
    const oidvector* argument_types = buildoidvector(&text_type, 1);
    const Oid function = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(name),
                                         PointerGetDatum(argument_types),
                                         ObjectIdGetDatum(get_func_namespace(request->funcid)));
    if (!OidIsValid(function)) return nullptr;
    FuncExpr* call = makeFuncExpr(function, number_type, list_make1(copyObjectImpl(prefix)), InvalidOid,
                                  InvalidOid, COERCE_EXPLICIT_CALL);
    return reinterpret_cast<Expr*>(eval_const_expressions(request->root, reinterpret_cast<Node*>(call)));
}

/// `number >= prefix_lower(prefix) AND number <= prefix_upper(prefix)`, for any prefix that is fixed during a
/// scan.
List* index_conditions(const SupportRequestIndexCondition* request) {
    List* arguments = is_opclause(request->node)     ? reinterpret_cast<OpExpr*>(request->node)->args
                      : is_funcclause(request->node) ? reinterpret_cast<FuncExpr*>(request->node)->args
                                                     : NIL;
    if (list_length(arguments) != 2 || request->indexarg != 0) return NIL;
    auto* number = static_cast<Expr*>(linitial(arguments));
    auto* prefix = static_cast<Expr*>(lsecond(arguments));
    if (!is_pseudo_constant_for_index(request->root, reinterpret_cast<Node*>(prefix), request->index))
        return NIL;

    // btree and BRIN number these two comparisons alike; a hash index has neither.
    const Oid type = request->index->opcintype[request->indexcol];
    const Oid ge = get_opfamily_member(request->opfamily, type, type, BTGreaterEqualStrategyNumber);
    const Oid le = get_opfamily_member(request->opfamily, type, type, BTLessEqualStrategyNumber);
    if (!OidIsValid(ge) || !OidIsValid(le)) return NIL;

    Expr* lower = bound(request, "prefix_lower", type, prefix);
    Expr* upper = bound(request, "prefix_upper", type, prefix);
    if (lower == nullptr || upper == nullptr) return NIL;
    return list_make2(make_opclause(ge, BOOLOID, false, number, lower, InvalidOid, InvalidOid),
                      make_opclause(le, BOOLOID, false, number, upper, InvalidOid, InvalidOid));
}

// ----------------------------------------------------------------------------------------------------
// selectivity

/// Where a number stands among all numbers, as its digits read after a decimal point: 0 to 1.
double position(std::uint64_t number) {
    double result = 0;
    for (int shift = 4; shift <= 60; shift += 4)
        result = (result + static_cast<double>((number >> shift) & 0xF)) / 10;
    return result;
}

/// The share of the histogram's rows that lie below `point`, taking rows as evenly spread inside each of its
/// bins.
double share_below(const AttStatsSlot& histogram, std::uint64_t point) {
    const int bins = histogram.nvalues - 1;
    int bin = 0;
    while (bin < bins && bits(histogram.values[bin + 1]) < point) ++bin;
    if (bin == bins) return 1;
    const double low = position(bits(histogram.values[bin])),
                 high = position(bits(histogram.values[bin + 1]));
    const double inside = high > low ? (position(point) - low) / (high - low) : 0.5;
    return (bin + Min(1.0, Max(0.0, inside))) / bins;
}

/// The share of a column's rows that start with `prefix`: exact for its most common values, from the
/// histogram beyond.
double selectivity_of(VariableStatData& column, Oid match_function, Datum prefix) {
    FmgrInfo match;
    fmgr_info(match_function, &match);
    double common = 0;
    double result = mcv_selectivity(&column, &match, InvalidOid, prefix, true, &common);
    double rest = DEFAULT_MATCH_SEL;
    const double null_share =
        HeapTupleIsValid(column.statsTuple)
            ? reinterpret_cast<Form_pg_statistic>(GETSTRUCT(column.statsTuple))->stanullfrac
            : 0;
    AttStatsSlot histogram;
    if (HeapTupleIsValid(column.statsTuple) && statistic_proc_security_check(&column, match_function) &&
        get_attstatsslot(&histogram, column.statsTuple, STATISTIC_KIND_HISTOGRAM, InvalidOid,
                         ATTSTATSSLOT_VALUES)) {
        const text* value = DatumGetTextPP(prefix);
        const E164Range range =
            prefix_range({VARDATA_ANY(value), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(value))});
        if (range.last < range.first)
            rest = 0;
        else if (histogram.nvalues > 1)
            rest = share_below(histogram, range.last.bits()) - share_below(histogram, range.first.bits());
        free_attstatsslot(&histogram);
    }
    result += rest * (1 - null_share - common);
    CLAMP_PROBABILITY(result);
    return result;
}

/// Whether `function` is starts_with(e164, text). An operator of other types may name the estimator of ^@
/// too; its Datums must not be read as numbers and texts.
bool is_starts_with(Oid function) {
    FmgrInfo info;
    fmgr_info(function, &info);
    return info.fn_addr == telephony_e164_starts_with;
}

/// The share of rows for which `column ^@ prefix` holds; a guess where the prefix is not known while
/// planning.
double restriction(PlannerInfo* root, List* arguments, int relation, Oid match_function) {
    VariableStatData column;
    Node* prefix;
    bool column_on_left;
    if (!is_starts_with(match_function)) return DEFAULT_MATCH_SEL;
    if (!get_restriction_variable(root, arguments, relation, &column, &prefix, &column_on_left))
        return DEFAULT_MATCH_SEL;
    double result = DEFAULT_MATCH_SEL;
    if (column_on_left && IsA(prefix, Const)) {
        const auto* constant = reinterpret_cast<Const*>(prefix);
        result = constant->constisnull ? 0 : selectivity_of(column, match_function, constant->constvalue);
    }
    ReleaseVariableStats(column);
    return result;
}

}  // namespace

TELEPHONY_FUNCTION(telephony_e164_starts_with) {
    const std::uint64_t number = bits(PG_GETARG_DATUM(0));
    const E164Range range = range_argument(fcinfo, 1);
    return BoolGetDatum(range.first.bits() <= number && number <= range.last.bits());
}

TELEPHONY_FUNCTION(telephony_e164_prefix_lower) {
    return telephony::pg::e164_result(range_argument(fcinfo, 0).first);
}

TELEPHONY_FUNCTION(telephony_e164_prefix_upper) {
    return telephony::pg::e164_result(range_argument(fcinfo, 0).last);
}

TELEPHONY_FUNCTION(telephony_e164_starts_with_support) {
    auto* request = reinterpret_cast<Node*>(PG_GETARG_POINTER(0));
    if (IsA(request, SupportRequestIndexCondition)) {
        auto* index_request = reinterpret_cast<SupportRequestIndexCondition*>(request);
        List* conditions = index_conditions(index_request);
        if (conditions == NIL) return PointerGetDatum(nullptr);
        index_request->lossy = false;  // the range holds the matching numbers and no others
        return PointerGetDatum(conditions);
    }
    if (IsA(request,
            SupportRequestSelectivity)) {  // for starts_with(); the operator names its estimator itself
        auto* selectivity_request = reinterpret_cast<SupportRequestSelectivity*>(request);
        if (selectivity_request->is_join) return PointerGetDatum(nullptr);
        selectivity_request->selectivity =
            restriction(selectivity_request->root, selectivity_request->args, selectivity_request->varRelid,
                        selectivity_request->funcid);
        return PointerGetDatum(request);
    }
    return PointerGetDatum(nullptr);
}

TELEPHONY_FUNCTION(telephony_e164_starts_with_selectivity) {
    return Float8GetDatum(restriction(reinterpret_cast<PlannerInfo*>(PG_GETARG_POINTER(0)),
                                      reinterpret_cast<List*>(PG_GETARG_POINTER(2)), PG_GETARG_INT32(3),
                                      get_opcode(PG_GETARG_OID(1))));
}
