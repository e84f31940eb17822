// Emergency addresses must be removed before a number can be released.
#include "jobs/release.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/alert.hpp"
#include "base/logging.hpp"
#include "base/metrics.hpp"
#include "contract/contract.hpp"
#include "jobs/attempt.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {
namespace {

// Time for an operator to look at a number that must not be touched.
constexpr Duration blocked_delay = std::chrono::hours(1);

// The error code for a number whose emergency address is in use or being removed.
constexpr int emergency_address_in_use = 21631;
constexpr Duration unregistration_delay = std::chrono::seconds(15);

bool has_emergency_address(const IncomingNumber& number) {
    const auto address = number.settings.find("emergency_address_sid");
    return address != number.settings.end() && !address->second.empty();
}

// Removal takes some time; the next attempt looks again.
Task<void> remove_emergency_address(Attempt& attempt, const IncomingNumber& number) {
    const auto status = number.settings.find("emergency_address_status");
    const bool on_its_way = status != number.settings.end() && status->second == "pending-unregistration";
    if (!on_its_way) {
        const FormParameters changes = {{"EmergencyStatus", "Inactive"}, {"EmergencyAddressSid", ""}};
        TwilioAnswer<IncomingNumber> changed = co_await attempt.twilio().update(number.sid, changes);
        needed(changed);
        log::info("emergency address given up", {{"job", attempt.job().job_id}, {"sid", number.sid}});
    }
    co_await attempt.postpone(reasons::emergency_address.code,
                              "Twilio removes the number's emergency address, which comes before its release",
                              std::min(unregistration_delay, attempt.environment().absence_poll));
}

Task<void> report_end(Attempt& attempt, JobEvent event, const char* how) {
    log::info(name_of(event), {{"job", attempt.job().job_id},
                               {"number", attempt.masked_number()},
                               {"sid", attempt.job().number_sid},
                               {"how", how}});
    nlohmann::json data;
    data["how"] = how;
    co_await attempt.report(event, data);
}

Task<void> block(Attempt& attempt, std::string_view reason) {
    attempt.environment().metrics.alert(
        Alert::release_blocked, "release blocked, an operator must look",
        {{"job", attempt.job().job_id}, {"sid", attempt.job().number_sid}, {"reason", reason}});
    co_await attempt.postpone(reasons::release_blocked.code, reason, blocked_delay);
}

}  // namespace

Task<void> confirm_absence(Attempt& attempt, JobEvent event) {
    JobEnvironment& environment = attempt.environment();
    const TwilioAnswer<AccountInfo> account = co_await attempt.twilio().account();
    if (!account.value || account.value->status != "active") {
        const std::string reason =
            account.value ? "the Twilio account is " + account.value->status : account.problem.shown();
        const Reason& why = account.value ? reasons::account_not_active : account.problem.reason();
        co_await attempt.postpone(why.code, reason, account.problem.retry_after);
        co_return;
    }
    TwilioAnswer<std::vector<IncomingNumber>> answer =
        co_await attempt.twilio().list_by_number(*attempt.job().number);
    const std::vector<IncomingNumber>& listed = needed(answer);
    const std::string& sid = attempt.job().number_sid;
    AttemptMemory::Job& memory = environment.memory.of(attempt.job().job_id);
    // Only the SID counts: the same number under another SID was bought by somebody else since.
    const bool still_there =
        std::any_of(listed.begin(), listed.end(), [&sid](const auto& n) { return n.sid == sid; });
    if (still_there) {
        memory.absent_since.reset();
        co_await attempt.postpone(reasons::release_unconfirmed.code,
                                  "Twilio lists the number but does not find it");
        co_return;
    }
    if (memory.absent_since && Clock::now() - *memory.absent_since >= environment.absence_poll) {
        co_await report_end(attempt, event, "absent");
        co_return;
    }
    if (!memory.absent_since) memory.absent_since = Clock::now();
    co_await attempt.postpone(reasons::release_unconfirmed.code,
                              "the number is not at Twilio: looking once more", environment.absence_poll);
}

Task<void> release_number(Attempt& attempt, const std::optional<IncomingNumber>& known) {
    const std::string& sid = attempt.job().number_sid;
    std::optional<IncomingNumber> number = known;
    if (!number) {
        TwilioAnswer<IncomingNumber> found = co_await attempt.twilio().get(sid);
        if (!found.value && found.problem.kind == TwilioProblem::Kind::not_found) {
            co_await confirm_absence(attempt, JobEvent::released);
            co_return;
        }
        number = std::move(needed(found));
    }
    if (number->sid != sid || number->number != *attempt.job().number) {
        co_await block(attempt, "the SID belongs to another number at Twilio");
        co_return;
    }
    const Duration timeout = attempt.environment().settings.request_timeout;
    const bool ours = co_await attempt.hold_lease(2 * timeout);
    if (!ours) co_return;
    if (has_emergency_address(*number)) {
        co_await remove_emergency_address(attempt, *number);
        co_return;
    }
    const Deadline not_after = attempt.send_by(timeout);
    const TwilioAnswer<bool> removed = co_await attempt.twilio().remove(sid, not_after);
    if (removed.value)
        co_await report_end(attempt, JobEvent::released, "deleted");
    else if (removed.problem.kind == TwilioProblem::Kind::not_found)
        co_await confirm_absence(attempt, JobEvent::released);
    else if (removed.problem.code == emergency_address_in_use)
        co_await remove_emergency_address(attempt, *number);
    else
        throw TwilioFailed{removed.problem};
}

}  // namespace telephony::sidecar
