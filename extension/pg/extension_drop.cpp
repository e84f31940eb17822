// DROP EXTENSION telephony CASCADE would take the numbers of jobs and holds, policies and constraints out of
// the tenant schema, which no migrate() could bring back; PostgreSQL's own hint proposes it. It is refused,
// whichever statement reaches the extension. An event trigger of the extension loads this library where it is
// not loaded yet.
#include "extension_drop.hpp"

#include "guard.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_extension.h"
#include "commands/extension.h"
#include "utils/lsyscache.h"
}

namespace telephony::pg::extension_drop {
namespace {

object_access_hook_type next_hook = nullptr;

bool holds_tenant_schema_up(Oid extension) {
    return call([extension] {
        if (extension != get_extension_oid("telephony", true)) return false;
        const Oid schema = get_namespace_oid("telephony_internal", true);
        return OidIsValid(schema) && OidIsValid(get_relname_relid("schema_migrations", schema));
    });
}

void look(ObjectAccessType access, Oid class_id, Oid object, int column, void* argument) {
    if (next_hook != nullptr) next_hook(access, class_id, object, column, argument);
    if (access != OAT_DROP || class_id != ExtensionRelationId) return;
    entry([object] {
        if (!holds_tenant_schema_up(object)) return;
        throw SqlError(
            ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST, "the tenant schema needs the extension telephony",
            "Without it the schemas telephony_api and telephony_internal lose the numbers of holds and "
            "jobs, policies, constraints and functions for good.",
            "SELECT telephony.migrate(0) takes the tenant schema away and says what would be lost; then "
            "DROP EXTENSION telephony.");
    });
}

}  // namespace

void watch() {
    next_hook = object_access_hook;
    object_access_hook = look;
}

}  // namespace telephony::pg::extension_drop

TELEPHONY_FUNCTION(telephony_protect_tenant_schema) {
    // To be called is to be loaded, and so to watch.
    return PointerGetDatum(nullptr);
}
