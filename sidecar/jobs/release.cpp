// State `releasing`.
#include "jobs/release.hpp"

#include <algorithm>

#include "base/logging.hpp"

namespace telephony::sidecar {
namespace {

// Until a person has looked at a number that must not be touched.
constexpr Duration blocked_delay = std::chrono::hours(1);

// Twilio's refusal to release a number that has an emergency address, or still gives it up.
constexpr int emergency_address_in_use = 21631;
constexpr Duration unregistration_delay = std::chrono::seconds(15);

bool has_emergency_address(const IncomingNumber& number) {
    const auto address = number.settings.find("emergency_address_sid");
    return address != number.settings.end() && !address->second.empty();
}

// An emergency address must go before its number does, and takes its time; the next attempt looks again.
Task<void> remove_emergency_address(JobRun& run, const IncomingNumber& number) {
    const auto status = number.settings.find("emergency_address_status");
    const bool on_its_way = status != number.settings.end() && status->second == "pending-unregistration";
    if (!on_its_way) {
        const FormParameters changes = {{"EmergencyStatus", "Inactive"}, {"EmergencyAddressSid", ""}};
        const TwilioAnswer<IncomingNumber> changed = co_await run.twilio().update(number.sid, changes);
        if (!changed.value) {
            co_await run.postpone(changed.problem);
            co_return;
        }
        log::info("emergency address given up", {{"job", run.job().job_id}, {"sid", number.sid}});
    }
    const std::string reason =
        "Twilio removes the number's emergency address, which comes before its release";
    const std::optional<Duration> delay = std::min(unregistration_delay, run.environment().absence_poll);
    co_await run.postpone(reason, delay);
}

Task<void> report_end(JobRun& run, JobEvent event, const char* how) {
    log::info(name_of(event), {{"job", run.job().job_id},
                               {"number", run.masked_number()},
                               {"sid", run.job().number_sid},
                               {"how", how}});
    nlohmann::json data;
    data["how"] = how;
    co_await run.report(event, data);
}

Task<void> block(JobRun& run, const std::string& reason) {
    run.environment().metrics.alert(
        Alert::release_blocked, "release blocked, a person must look",
        {{"job", run.job().job_id}, {"sid", run.job().number_sid}, {"reason", reason}});
    const std::optional<Duration> delay = blocked_delay;
    co_await run.postpone(reason, delay);
}

}  // namespace

Task<void> confirm_absence(JobRun& run, JobEvent event) {
    JobEnvironment& environment = run.environment();
    const TwilioAnswer<AccountInfo> account = co_await run.twilio().account();
    if (!account.value || account.value->status != "active") {
        const std::string reason =
            account.value ? "the Twilio account is " + account.value->status : account.problem.text();
        co_await run.postpone(reason, account.problem.retry_after);
        co_return;
    }
    const TwilioAnswer<std::vector<IncomingNumber>> listed =
        co_await run.twilio().list_by_number(*run.job().number);
    if (!listed.value) {
        co_await run.postpone(listed.problem);
        co_return;
    }
    const std::string& sid = run.job().number_sid;
    AttemptMemory::Job& memory = environment.memory.of(run.job().job_id);
    // Ours is the SID: the same number under another one was bought by somebody else since, and is left
    // alone.
    const bool still_there = std::any_of(listed.value->begin(), listed.value->end(),
                                         [&sid](const auto& n) { return n.sid == sid; });
    if (still_there) {
        memory.absent_since.reset();
        const std::string reason = "Twilio lists the number but does not find it";
        co_await run.postpone(reason, std::nullopt);
        co_return;
    }
    if (memory.absent_since && Clock::now() - *memory.absent_since >= environment.absence_poll) {
        co_await report_end(run, event, "absent");
        co_return;
    }
    if (!memory.absent_since) memory.absent_since = Clock::now();
    const std::string reason = "the number is not at Twilio: looking once more";
    const std::optional<Duration> delay = environment.absence_poll;
    co_await run.postpone(reason, delay);
}

Task<void> release_number(JobRun& run, const std::optional<IncomingNumber>& known) {
    const std::string& sid = run.job().number_sid;
    std::optional<IncomingNumber> number = known;
    if (!number) {
        TwilioAnswer<IncomingNumber> found = co_await run.twilio().get(sid);
        if (!found.value && found.problem.kind == TwilioProblem::Kind::not_found) {
            co_await confirm_absence(run, JobEvent::released);
            co_return;
        }
        if (!found.value) {
            co_await run.postpone(found.problem);
            co_return;
        }
        number = std::move(found.value);
    }
    if (number->sid != sid || number->number != *run.job().number) {
        const std::string reason = "the SID belongs to another number at Twilio";
        co_await block(run, reason);
        co_return;
    }
    const Duration timeout = run.environment().settings.request_timeout;
    const bool ours = co_await run.hold_lease(2 * timeout);
    if (!ours) co_return;
    if (has_emergency_address(*number)) {
        co_await remove_emergency_address(run, *number);
        co_return;
    }
    const Deadline not_after = run.send_by(timeout);
    const TwilioAnswer<bool> removed = co_await run.twilio().remove(sid, not_after);
    if (removed.value)
        co_await report_end(run, JobEvent::released, "deleted");
    else if (removed.problem.kind == TwilioProblem::Kind::not_found)
        co_await confirm_absence(run, JobEvent::released);
    else if (removed.problem.code == emergency_address_in_use)
        co_await remove_emergency_address(run, *number);
    else
        co_await run.postpone(removed.problem);
}

}  // namespace telephony::sidecar
