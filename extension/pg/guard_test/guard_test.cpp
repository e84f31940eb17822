// Raises every kind of error through the guard, with objects alive, and counts what is left behind. Test
// only.
#include <stdexcept>
#include <string>

#include "pg/datum.hpp"

extern "C" {
#include "catalog/pg_class_d.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/resowner.h"

TELEPHONY_MODULE("telephony_guard_test");
}

using telephony::pg::SqlError;

namespace {

int live_objects = 0;
int states_not_restored = 0;

/// An object whose destructor must run, and which must see there the context and owner that it was made in.
class Witness {
  public:
    Witness() { ++live_objects; }
    Witness(const Witness&) = delete;
    Witness& operator=(const Witness&) = delete;
    ~Witness() {
        --live_objects;
        if (CurrentMemoryContext != context_ || CurrentResourceOwner != owner_) ++states_not_restored;
    }

  private:
    MemoryContext context_ = CurrentMemoryContext;
    ResourceOwner owner_ = CurrentResourceOwner;
    std::string on_the_heap_ = std::string(1000, 'x');
};

/// An error of PostgreSQL's, raised in another memory context and under another resource owner, which holds a
/// lock.
void raise_in_postgres() {
    MemoryContextSwitchTo(TopTransactionContext);
    CurrentResourceOwner = ResourceOwnerCreate(CurrentResourceOwner, "guard test");
    LockRelationOid(RelationRelationId, ShareUpdateExclusiveLock);
    ereport(ERROR, (errcode(ERRCODE_DIVISION_BY_ZERO), errmsg("from PostgreSQL"), errdetail("the detail"),
                    errhint("the hint")));
}

void raise(std::string_view kind, FmgrInfo* self) {
    const Witness outer;
    if (kind == "sql") throw SqlError(ERRCODE_CHECK_VIOLATION, "from C++", "the detail", "the hint");
    if (kind == "bad_alloc") throw std::bad_alloc();
    if (kind == "exception") throw std::runtime_error("a C++ exception");
    if (kind == "number") throw 42;
    if (kind == "postgres") telephony::pg::call(raise_in_postgres);
    if (kind == "palloc") telephony::pg::call([] { return palloc(MaxAllocSize + 1); });
    if (kind == "nested") {
        const Witness inner;
        telephony::pg::call([self] { return FunctionCall1(self, PointerGetDatum(cstring_to_text("sql"))); });
    }
    if (kind == "thrown_inside_call")
        telephony::pg::call([] { throw std::runtime_error("a C++ exception"); });
    if (kind == "long") {
        std::string message = "x";
        for (int i = 0; i < 3000; ++i) message += "\u00fc";  // 2 bytes each, starting at an odd one
        throw SqlError(ERRCODE_CHECK_VIOLATION, message, message, message);
    }
}

}  // namespace

TELEPHONY_FUNCTION(telephony_guard_test_raise) {
    raise(telephony::pg::text_argument(fcinfo, 0), fcinfo->flinfo);
    PG_RETURN_VOID();
}

TELEPHONY_FUNCTION(telephony_guard_test_live_objects) {
    return Int32GetDatum(live_objects);
}

TELEPHONY_FUNCTION(telephony_guard_test_states_not_restored) {
    return Int32GetDatum(states_not_restored);
}

// The way without an error: call() hands on what its body returns.
TELEPHONY_FUNCTION(telephony_guard_test_call) {
    const Witness witness;
    return PointerGetDatum(telephony::pg::call([] { return cstring_to_text("a value"); }));
}
