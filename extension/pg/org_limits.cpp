// Limits of single organizations: read from their table when an organization's window begins, which also
// holds after a restart and on a standby, and again after a commit that changed them.
#include <algorithm>
#include <optional>

#include "guard.hpp"
#include "request_limits.hpp"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "storage/lmgr.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace telephony::pg {

namespace {

constexpr const char* table_schema = "telephony_internal";
constexpr const char* table_name = "org_limits";
constexpr AttrNumber org_id_column = 1;
constexpr AttrNumber per_hour_column = 2;
constexpr limiter::Time hour = 3'600'000'000;

bool has_our_shape(Relation table) {
    const TupleDesc columns = RelationGetDescr(table);
    return table->rd_rel->relkind == RELKIND_RELATION && columns->natts >= per_hour_column &&
           TupleDescAttr(columns, org_id_column - 1)->atttypid == UUIDOID &&
           TupleDescAttr(columns, per_hour_column - 1)->atttypid == INT4OID;
}

/// The row's per_hour. Reads by index, without SQL: no privileges, no planning, and no part in the
/// transaction's snapshot, so that a SERIALIZABLE transaction cannot fail by it (PostgREST would run it again
/// for ever).
std::optional<limiter::Rule> read_row(Relation table, const pg_uuid_t& org) {
    list_free(RelationGetIndexList(table));  // sets rd_pkindex
    pg_uuid_t id = org;
    ScanKeyData condition;
    ScanKeyInit(&condition, org_id_column, BTEqualStrategyNumber, F_UUID_EQ, UUIDPGetDatum(&id));
    const SysScanDesc scan = systable_beginscan(table, table->rd_pkindex, OidIsValid(table->rd_pkindex),
                                                SnapshotSelf, 1, &condition);
    std::optional<limiter::Rule> rule;
    const HeapTuple row = systable_getnext(scan);
    if (HeapTupleIsValid(row)) {
        bool is_null = false;
        const Datum per_hour = heap_getattr(row, per_hour_column, RelationGetDescr(table), &is_null);
        if (!is_null)
            rule = limiter::Rule{static_cast<std::uint32_t>(std::max(DatumGetInt32(per_hour), 0)), hour};
    }
    systable_endscan(scan);
    return rule;
}

bool changed_in_this_transaction = false;

void after_transaction(XactEvent event, void*) {
    if (event == XACT_EVENT_COMMIT && changed_in_this_transaction) {
        if (SharedLimits* limits = shared_memory::find()) limits->organizations().call_back_allowances();
    }
    if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
        changed_in_this_transaction = false;
}

}  // namespace

limiter::Allowance read_org_limit(const pg_uuid_t& org, std::uint32_t generation) {
    const Oid schema = get_namespace_oid(table_schema, /*missing_ok=*/true);
    const Oid id = OidIsValid(schema) ? get_relname_relid(table_name, schema) : InvalidOid;
    if (!OidIsValid(id)) return {generation, std::nullopt};
    // No waiting, for instance for a migration: a request is answered, or refused, at once.
    if (!ConditionalLockRelationOid(id, AccessShareLock)) return {0, std::nullopt};
    const Relation table = try_relation_open(id, NoLock);
    if (table == nullptr) {
        UnlockRelationOid(id, AccessShareLock);
        return {0, std::nullopt};
    }
    const auto rule = has_our_shape(table) ? read_row(table, org) : std::nullopt;
    relation_close(table, AccessShareLock);
    return {generation, rule};
}

}  // namespace telephony::pg

// Only a commit calls back: a change that is rolled back has not been.
TELEPHONY_FUNCTION(telephony_org_limits_changed) {
    using namespace telephony::pg;
    static bool registered = false;
    if (shared_memory::find() != nullptr) {
        if (!registered) RegisterXactCallback(after_transaction, nullptr);
        registered = true;
        changed_in_this_transaction = true;
    }
    PG_RETURN_VOID();
}
