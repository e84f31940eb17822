// SQL functions on dial codes: mmi_parse, is_mmi, mmi_problem, mmi_uri, dial_codes.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <type_traits>

#include "datum.hpp"
#include "mmi/dial_plan.hpp"
#include "mmi/forwarding_code.hpp"
#include "mmi/tel_uri.hpp"
#include "shown.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
}

namespace {

namespace mmi = telephony::mmi;
using telephony::pg::shown;
using telephony::pg::SqlError;
using telephony::pg::text_argument;
using telephony::pg::text_result;

// The results below live across PostgreSQL calls that may longjmp.
static_assert(std::is_trivially_destructible_v<mmi::ParseResult>);
static_assert(std::is_trivially_destructible_v<mmi::DialPlan>);

Datum text_datum(std::string_view value) {
    return PointerGetDatum(cstring_to_text_with_len(value.data(), static_cast<int>(value.size())));
}

// The conditions of a service, in the order in which dial_codes() dials them.
Datum conditions_datum(mmi::Service service) {
    constexpr std::array singles{mmi::Service::unconditional, mmi::Service::no_reply,
                                 mmi::Service::not_reachable, mmi::Service::busy};
    std::array<Datum, singles.size()> names;
    int count = 0;
    for (mmi::Service single : singles)
        if ((mmi::conditions(service) & mmi::conditions(single)) != 0)
            names[count++] = text_datum(mmi::name(single));
    return PointerGetDatum(construct_array(names.data(), count, TEXTOID, -1, false, TYPALIGN_INT));
}

// The row type of the function called, looked up once per query.
TupleDesc result_descriptor(FunctionCallInfo fcinfo) {
    if (fcinfo->flinfo->fn_extra == nullptr) {
        TupleDesc descriptor;
        if (get_call_result_type(fcinfo, nullptr, &descriptor) != TYPEFUNC_COMPOSITE)
            elog(ERROR, "return type must be a row type");
        const MemoryContext caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
        fcinfo->flinfo->fn_extra = BlessTupleDesc(CreateTupleDescCopy(descriptor));
        MemoryContextSwitchTo(caller);
    }
    return static_cast<TupleDesc>(fcinfo->flinfo->fn_extra);
}

Datum parsed_row(FunctionCallInfo fcinfo, const mmi::ForwardingCode& code) {
    Datum values[6] = {};
    bool nulls[6] = {};
    values[0] = text_datum(mmi::name(code.procedure));
    values[1] = text_datum(mmi::service_code(code.service));
    values[2] = conditions_datum(code.service);
    nulls[3] = code.number.empty();
    if (!nulls[3]) values[3] = text_datum(code.number.view());
    nulls[4] = !code.basic;
    if (!nulls[4]) {
        const std::array<char, 2> group = mmi::digits(*code.basic);
        values[4] = text_datum({group.data(), group.size()});
    }
    nulls[5] = !code.no_reply_seconds;
    if (!nulls[5]) values[5] = Int32GetDatum(*code.no_reply_seconds);
    return HeapTupleGetDatum(heap_form_tuple(result_descriptor(fcinfo), values, nulls));
}

template <class Enum, std::size_t Count>
Enum choose(const mmi::Names<Enum, Count>& names, std::string_view parameter, std::string_view value) {
    const std::optional<Enum> found = names.find(value);
    if (!found)
        throw SqlError(ERRCODE_INVALID_PARAMETER_VALUE,
                       "unknown " + std::string(parameter) + " \"" + shown(value) + "\"", {},
                       "Allowed values: " + names.list() + ".");
    return *found;
}

// The elements of a text[], no more of them than tell a safety net from none; a NULL one has no data.
struct ServiceCodes {
    static constexpr std::size_t most_shown = 6;
    std::array<std::string_view, most_shown + 1> codes{};
    std::size_t count = 0;

    ServiceCodes(const Datum* values, const bool* nulls, int length) noexcept {
        for (; count < codes.size() && count < static_cast<std::size_t>(length); ++count)
            if (!nulls[count]) {
                const auto* element = reinterpret_cast<const text*>(DatumGetPointer(values[count]));
                codes[count] = {VARDATA_ANY(element), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(element))};
            }
    }

    /// As an error may show them: a service code has at most three digits, what is longer could be a number.
    std::string list() const {
        std::string text;
        for (std::size_t i = 0; i < std::min(count, most_shown); ++i) {
            if (i > 0) text += ',';
            if (codes[i].data() == nullptr) {
                text += "NULL";
            } else {
                text += codes[i].size() <= 3 ? shown(codes[i]) : "...";
            }
        }
        return count > most_shown ? text + ",..." : text;
    }
};

mmi::SafetyNet choose_safety_net(mmi::Dialect dialect, const ServiceCodes& codes) {
    const std::optional<mmi::SafetyNet> net =
        mmi::find_safety_net(dialect, {codes.codes.data(), codes.count});
    if (net) return *net;
    throw SqlError(ERRCODE_INVALID_PARAMETER_VALUE,
                   "safety_net_codes {" + codes.list() + "} are no safety net of dialect \"" +
                       std::string(mmi::dialects[dialect]) + "\"",
                   "A safety net covers every condition that the dialect can forward on.",
                   "Allowed values: " + std::string(mmi::safety_nets(dialect)) + ".");
}

void reject_null_arguments(FunctionCallInfo fcinfo) {
    constexpr std::array required{"dialect", "safety_net_codes", "number_style", "forwarding_type",
                                  "destination"};
    for (std::size_t i = 0; i < required.size(); ++i)
        if (PG_ARGISNULL(i))
            throw SqlError(
                ERRCODE_NULL_VALUE_NOT_ALLOWED, std::string(required[i]) + " must not be NULL", {},
                "Only ring_time_seconds and service_group may be NULL: the code carries none then.");
}

// The group a carrier may want named: only telephony makes sense for a voice product.
mmi::BasicService choose_service_group(std::string_view value) {
    if (value == "11") return mmi::BasicService::telephony;
    throw SqlError(ERRCODE_INVALID_PARAMETER_VALUE, "unknown service_group \"" + shown(value) + "\"", {},
                   "Allowed values: 11 (telephony), or NULL for a code without a group.");
}

mmi::DialPlan plan_of(std::string_view dialect_name, const ServiceCodes& codes, std::string_view style,
                      std::string_view type, const telephony::numbering::E164& destination,
                      std::optional<int> ring_time, std::optional<mmi::BasicService> service_group) {
    const mmi::Dialect dialect = choose(mmi::dialects, "dialect", dialect_name);
    mmi::ForwardingWish wish;
    wish.net = choose_safety_net(dialect, codes);
    wish.number_style = choose(mmi::number_styles, "number_style", style);
    wish.type = choose(mmi::forwarding_types, "forwarding_type", type);
    wish.destination = destination;
    wish.ring_time_seconds = ring_time;
    wish.service_group = service_group;

    mmi::DialPlan plan;
    const mmi::PlanProblem problem = make_plan(wish, plan);
    if (problem != mmi::PlanProblem::none) {
        mmi::Explanation reason = explain(problem, wish);
        throw SqlError(ERRCODE_INVALID_PARAMETER_VALUE, std::move(reason.message), std::move(reason.detail),
                       std::move(reason.hint));
    }
    return plan;
}

// The texts of one row, on the stack: the tuplestore copies them.
class RowTexts {
  public:
    Datum add(std::string_view value) noexcept {
        auto* result = reinterpret_cast<text*>(bytes_ + used_);
        SET_VARSIZE(result, VARHDRSZ + value.size());
        std::copy(value.begin(), value.end(), VARDATA(result));
        used_ += MAXALIGN(VARHDRSZ + value.size());
        return PointerGetDatum(result);
    }

  private:
    static constexpr std::size_t longest_condition = 16;
    alignas(MAXIMUM_ALIGNOF) char bytes_[MAXALIGN(VARHDRSZ + longest_condition) +
                                         3 * MAXALIGN(VARHDRSZ + mmi::CodeText::capacity()) +
                                         MAXALIGN(VARHDRSZ + mmi::TelUri::capacity())];
    std::size_t used_ = 0;
};

void return_steps(FunctionCallInfo fcinfo, const mmi::DialPlan& plan) {
    // The caller's row descriptor is that of the OUT parameters; looking it up again would double the cost.
    InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
    auto* result = reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo);
    int number = 0;
    for (const mmi::DialStep& step : plan) {
        bool nulls[7] = {};
        nulls[4] = step.status.empty();
        nulls[6] = !step.ring_time_seconds;
        RowTexts texts;
        Datum values[7] = {
            Int32GetDatum(++number),
            texts.add(step.condition),
            texts.add(step.activation.view()),
            texts.add(step.deactivation.view()),
            nulls[4] ? Datum{} : texts.add(step.status.view()),
            texts.add(step.activation_uri.view()),
            nulls[6] ? Datum{} : Int32GetDatum(*step.ring_time_seconds),
        };
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
    }
}

}  // namespace

TELEPHONY_FUNCTION(telephony_mmi_parse) {
    const mmi::ParseResult result = mmi::parse(text_argument(fcinfo, 0));
    if (result.problem != mmi::Problem::none)
        throw SqlError(ERRCODE_INVALID_TEXT_REPRESENTATION, "invalid call-forwarding MMI code",
                       describe(result));
    return parsed_row(fcinfo, result.code);
}

TELEPHONY_FUNCTION(telephony_is_mmi) {
    return BoolGetDatum(mmi::parse(text_argument(fcinfo, 0)).problem == mmi::Problem::none);
}

TELEPHONY_FUNCTION(telephony_mmi_problem) {
    const mmi::ParseResult result = mmi::parse(text_argument(fcinfo, 0));
    if (result.problem == mmi::Problem::none) PG_RETURN_NULL();
    return text_result(describe(result));
}

TELEPHONY_FUNCTION(telephony_mmi_uri) {
    const std::string_view code = text_argument(fcinfo, 0);
    const std::optional<mmi::TelUri> uri = mmi::tel_uri(code);
    if (!uri)
        throw SqlError(
            ERRCODE_INVALID_TEXT_REPRESENTATION, "invalid dial code", describe(mmi::parse(code)),
            "A link is made of a call-forwarding MMI code, or of a star code: * and 2 to 17 digits.");
    return text_result(uri->view());
}

TELEPHONY_FUNCTION(telephony_dial_codes) {
    reject_null_arguments(fcinfo);
    const std::string_view dialect = text_argument(fcinfo, 0);
    const std::string_view style = text_argument(fcinfo, 2);
    const std::string_view type = text_argument(fcinfo, 3);
    Datum* codes;
    bool* nulls;
    int count;
    deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false, TYPALIGN_INT, &codes, &nulls, &count);
    const telephony::numbering::E164 destination = telephony::pg::e164_argument(fcinfo, 4);
    std::optional<int> ring_time;
    if (!PG_ARGISNULL(5)) ring_time = PG_GETARG_INT32(5);
    std::optional<mmi::BasicService> service_group;
    if (!PG_ARGISNULL(6)) service_group = choose_service_group(text_argument(fcinfo, 6));

    const mmi::DialPlan plan = plan_of(dialect, ServiceCodes(codes, nulls, count), style, type, destination,
                                       ring_time, service_group);
    return_steps(fcinfo, plan);
    return Datum{};
}
