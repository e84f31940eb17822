// Nothing but what answers the number is changed.
#include "jobs/configure.hpp"

#include <nlohmann/json.hpp>

#include "base/alert.hpp"
#include "base/logging.hpp"
#include "base/metrics.hpp"
#include "contract/contract.hpp"
#include "jobs/attempt.hpp"
#include "jobs/voice_settings.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {

Task<void> configure_number(Attempt& attempt) {
    const std::string& sid = attempt.job().number_sid;
    TwilioAnswer<IncomingNumber> found = co_await attempt.twilio().get(sid);
    const bool gone = !found.value && found.problem.kind == TwilioProblem::Kind::not_found;
    if (gone || (found.value && found.value->number != *attempt.job().number)) {
        co_await attempt.postpone(reasons::number_not_found.code,
                                  "Twilio does not find the number under its SID");
        co_return;
    }
    const IncomingNumber number = std::move(needed(found));
    if (attempt.job().voice.empty()) {
        co_await attempt.postpone(reasons::no_voice_settings.code, "there are no voice settings to apply");
        co_return;
    }
    const FormParameters wanted = complete_voice_settings(attempt.job().voice);
    if (!voice_settings_match(number, wanted)) {
        const bool ours = co_await attempt.hold_lease(attempt.environment().settings.request_timeout);
        if (!ours) co_return;
        TwilioAnswer<IncomingNumber> changed = co_await attempt.twilio().update(sid, wanted);
        const bool kept = voice_settings_match(needed(changed), wanted);
        if (!kept) {
            attempt.environment().metrics.alert(Alert::voice_settings,
                                                "Twilio does not keep the voice settings",
                                                {{"job", attempt.job().job_id}, {"sid", sid}});
            co_await attempt.postpone(reasons::voice_settings_lost.code,
                                      "Twilio does not keep the voice settings of the number");
            co_return;
        }
        log::info("voice settings applied",
                  {{"job", attempt.job().job_id}, {"number", attempt.masked_number()}, {"sid", sid}});
    }
    const nlohmann::json data = voice_data(attempt.job().voice);
    co_await attempt.report(JobEvent::configured, data);
}

}  // namespace telephony::sidecar
