// What operators see of the request limits: counts, memory, and who was refused most; and how they begin
// anew.
#include <algorithm>
#include <array>

#include "datum.hpp"
#include "guard.hpp"
#include "limiter/address.hpp"
#include "request_limits.hpp"

extern "C" {
#include "access/htup_details.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"
}

namespace {

using namespace telephony::pg;
using telephony::limiter::Slot;
using telephony::limiter::Time;
using telephony::limiter::Totals;

constexpr int most_reported = 100;

/// The slots of this database that refused most, in no order. Fixed memory: it is filled while locks are
/// held.
class MostRefused {
  public:
    explicit MostRefused(std::size_t wanted) : wanted_(wanted) {}

    void operator()(const Slot& slot) {
        if (slot.refused == 0 || slot.key.database != MyDatabaseId || wanted_ == 0) return;
        if (count_ < wanted_) {
            slots_[count_++] = slot;
        } else if (auto least =
                       std::ranges::min_element(slots_.begin(), slots_.begin() + count_, {}, &Slot::refused);
                   least->refused < slot.refused) {
            *least = slot;
        }
    }

    std::size_t size() const { return count_; }
    const Slot& operator[](std::size_t i) const { return slots_[i]; }

  private:
    std::size_t wanted_;
    std::size_t count_ = 0;
    std::array<Slot, most_reported> slots_;
};

const char* kind_name(Counted kind) {
    switch (kind) {
        case Counted::address:
            return "address";
        case Counted::site:
            return "site";
        case Counted::organization:
            return "organization";
        case Counted::no_address:
            return "no readable address";
        case Counted::unreadable_claims:
            return "unreadable claims";
    }
    return "unknown";
}

/// What may be shown of a key: addresses only as the network they are in.
Datum show_key(const Slot& slot, bool& is_null) {
    std::array<char, 64> buffer{};
    const auto kind = static_cast<Counted>(slot.key.kind);
    if (kind == Counted::address || kind == Counted::site)
        return text_result(telephony::limiter::show_truncated({slot.key.high, slot.key.low}, buffer));
    if (kind == Counted::organization) {
        const auto high = slot.key.high, low = slot.key.low;
        snprintf(buffer.data(), buffer.size(), "%08x-%04x-%04x-%04x-%012llx",
                 static_cast<unsigned>(high >> 32), static_cast<unsigned>(high >> 16 & 0xFFFF),
                 static_cast<unsigned>(high & 0xFFFF), static_cast<unsigned>(low >> 48),
                 static_cast<unsigned long long>(low & 0xFFFF'FFFF'FFFF));
        return text_result(buffer.data());
    }
    is_null = true;
    return Datum{};
}

}  // namespace

TELEPHONY_FUNCTION(telephony_request_limit_counters) {
    SharedLimits& limits = require_shared_limits();
    TupleDesc columns = nullptr;
    if (get_call_result_type(fcinfo, nullptr, &columns) != TYPEFUNC_COMPOSITE)
        elog(ERROR, "a row type was expected");
    const Time now = window_clock();
    ShardLocks address_locks = limits.address_locks(), organization_locks = limits.organization_locks(),
               site_locks = limits.site_locks();
    const Totals sites = limits.sites().totals(site_locks);
    const Totals site_overflow = limits.sites().overflowed(site_locks);
    const Totals addresses = limits.addresses().totals(address_locks);
    const Totals organizations = limits.organizations().totals(organization_locks);
    const Totals address_overflow = limits.addresses().overflowed(address_locks);
    const Totals organization_overflow = limits.organizations().overflowed(organization_locks);
    std::int64_t address_slots = 0, organization_slots = 0, site_slots = 0;
    limits.addresses().visit(now, address_locks, [&](const Slot&) { ++address_slots; });
    limits.organizations().visit(now, organization_locks, [&](const Slot&) { ++organization_slots; });
    limits.sites().visit(now, site_locks, [&](const Slot&) { ++site_slots; });
    const std::uint64_t exempt = limits.exempt;

    // A request is exempt, or refused by its site, or charged to its address, and goes on to its organization
    // only if these let it pass.
    const auto requests = addresses.passed + addresses.refused + sites.refused + exempt;
    const std::array values{
        TimestampTzGetDatum(limits.since),
        Int64GetDatum(static_cast<std::int64_t>(requests)),
        Int64GetDatum(static_cast<std::int64_t>(addresses.refused)),
        Int64GetDatum(static_cast<std::int64_t>(sites.refused)),
        Int64GetDatum(static_cast<std::int64_t>(organizations.refused)),
        Int64GetDatum(static_cast<std::int64_t>(address_overflow.passed + address_overflow.refused)),
        Int64GetDatum(static_cast<std::int64_t>(site_overflow.passed + site_overflow.refused)),
        Int64GetDatum(
            static_cast<std::int64_t>(organization_overflow.passed + organization_overflow.refused)),
        Int64GetDatum(static_cast<std::int64_t>(limits.unaddressed)),
        Int64GetDatum(static_cast<std::int64_t>(exempt)),
        Int32GetDatum(static_cast<std::int32_t>(limits.addresses().slots())),
        Int64GetDatum(address_slots),
        Int64GetDatum(site_slots),
        Int64GetDatum(organization_slots),
        Int64GetDatum(static_cast<std::int64_t>(limits.size())),
        BoolGetDatum(shared_memory::is_reserved()),
    };
    std::array<bool, values.size()> nulls{};
    auto copy = values;
    return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(columns), copy.data(), nulls.data()));
}

TELEPHONY_FUNCTION(telephony_request_limit_refusals) {
    SharedLimits& limits = require_shared_limits();
    InitMaterializedSRF(fcinfo, 0);
    auto* result = reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo);
    const Time now = window_clock();
    MostRefused most(static_cast<std::size_t>(std::clamp(PG_GETARG_INT32(0), 0, most_reported)));
    ShardLocks address_locks = limits.address_locks(), organization_locks = limits.organization_locks(),
               site_locks = limits.site_locks();
    limits.addresses().visit(now, address_locks, most);
    limits.organizations().visit(now, organization_locks, most);
    limits.sites().visit(now, site_locks, most);
    for (std::size_t i = 0; i < most.size(); ++i) {
        const Slot& slot = most[i];
        std::array<bool, 6> nulls{};
        std::array values{
            text_result(kind_name(static_cast<Counted>(slot.key.kind))),
            show_key(slot, nulls[1]),
            Int64GetDatum(static_cast<std::int64_t>(slot.limit)),
            Int64GetDatum(static_cast<std::int64_t>(slot.passed)),
            Int64GetDatum(static_cast<std::int64_t>(slot.refused)),
            Int32GetDatum(static_cast<std::int32_t>((slot.ends - now) / 1'000'000)),
        };
        tuplestore_putvalues(result->setResult, result->setDesc, values.data(), nulls.data());
    }
    return Datum{};
}

TELEPHONY_FUNCTION(telephony_reset_request_limits) {
    SharedLimits& limits = require_shared_limits();
    ShardLocks address_locks = limits.address_locks(), organization_locks = limits.organization_locks(),
               site_locks = limits.site_locks();
    limits.addresses().reset(address_locks);
    limits.organizations().reset(organization_locks);
    limits.sites().reset(site_locks);
    limits.exempt = 0;
    limits.unaddressed = 0;
    limits.since = GetCurrentTimestamp();
    PG_RETURN_VOID();
}
