// DELETE of the SID, until it is confirmed or the lease too short; then the report, when the database is
// back.
#include "jobs/rollback.hpp"

#include <nlohmann/json.hpp>

#include "base/alert.hpp"
#include "base/backoff.hpp"
#include "base/logging.hpp"
#include "base/metrics.hpp"
#include "contract/contract.hpp"
#include "jobs/attempt.hpp"
#include "jobs/purchase_verdict.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {
namespace {

constexpr Backoff delete_backoff{std::chrono::milliseconds(500), std::chrono::seconds(5)};

// True if the account does not have the number any more. After a DELETE without answer the next one is
// answered with 404.
Task<bool> is_gone(Attempt& attempt, const IncomingNumber& bought) {
    const TwilioAnswer<AccountInfo> account = co_await attempt.twilio().account();
    if (!account.value || account.value->status != "active") co_return false;
    const TwilioAnswer<std::vector<IncomingNumber>> listed =
        co_await attempt.twilio().list_by_number(bought.number);
    co_return listed.value.has_value() && listed.value->empty();
}

void keep(Attempt& attempt, const IncomingNumber& bought, const char* reason) {
    attempt.environment().metrics.alert(
        Alert::number_kept, "number kept without the database, the next attempt will find it by its tag",
        {{"job", attempt.job().job_id},
         {"number", numbering::mask(bought.number)},
         {"sid", bought.sid},
         {"reason", reason}});
    attempt.drop(reason);
}

}  // namespace

Task<void> roll_back(Attempt& attempt, const IncomingNumber& bought) {
    JobEnvironment& environment = attempt.environment();
    if (!proves_our_purchase(bought, attempt.job())) {
        keep(attempt, bought, "its answer alone does not prove that it is ours");
        co_return;
    }
    const std::optional<Deadline> lost_since = environment.contract.database().lost_since();
    if (!lost_since || Clock::now() - *lost_since < environment.settings.rollback_after) {
        keep(attempt, bought, "the database has not been lost for long enough");
        co_return;
    }
    bool attempted = false;
    bool confirmed = false;
    // Each DELETE is sent only while the lease, on our own clock, outlasts it: later a rescuer may have
    // recorded the number.
    for (int tries = 0; !confirmed && attempt.lease().remaining() > environment.settings.request_timeout;
         ++tries) {
        if (tries > 0) co_await environment.loop.sleep_until(after(delete_backoff.delay(tries)));
        const bool still_allowed = attempt.lease().remaining() > environment.settings.request_timeout;
        if (!still_allowed || !environment.contract.database().lost_since()) break;
        const Deadline not_after = attempt.send_by(environment.settings.request_timeout);
        const TwilioAnswer<bool> removed = co_await attempt.twilio().remove(bought.sid, not_after);
        confirmed = removed.value.has_value();
        if (!confirmed && attempted && removed.problem.kind == TwilioProblem::Kind::not_found)
            confirmed = co_await is_gone(attempt, bought);
        attempted = true;
    }
    if (!attempted) {
        keep(attempt, bought, "the lease is too short to roll back");
        co_return;
    }
    nlohmann::json data;
    const CallLimits until_the_database_is_back;
    if (!confirmed) {
        environment.metrics.alert(
            Alert::rollback_unconfirmed, "rollback not confirmed",
            {{"job", attempt.job().job_id}, {"number", numbering::mask(bought.number)}, {"sid", bought.sid}});
        data["detail"] = "the purchase was being rolled back, but Twilio did not confirm it";
        co_await attempt.report_within(JobEvent::ambiguous, data, until_the_database_is_back);
        // A DELETE may still take effect, but a look now could find the number and settle it. Therefore the
        // lease is kept: the next attempt begins after its end and the longest life of a request.
        attempt.drop("a rollback without confirmation may still take effect");
        co_return;
    }
    environment.metrics.alert(
        Alert::rolled_back, "rollback successful",
        {{"job", attempt.job().job_id}, {"number", numbering::mask(bought.number)}, {"sid", bought.sid}});
    data["sid"] = bought.sid;
    co_await attempt.report_within(JobEvent::rolled_back, data, until_the_database_is_back);
}

}  // namespace telephony::sidecar
