// One attempt at a job: its lease, its state as the database last returned it, and its reports to the
// database.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "contract/jobs.hpp"
#include "credentials/gate.hpp"
#include "io/task.hpp"
#include "jobs/environment.hpp"
#include "jobs/lease.hpp"

namespace telephony::sidecar {

struct CallLimits;

class Attempt {
  public:
    /// `gate`: of the credential that the job works with. `claimed_at`: before claim_jobs() was sent.
    Attempt(JobEnvironment& environment, ClaimedJob job, std::shared_ptr<CredentialGate> gate,
            Deadline claimed_at);
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;

    JobEnvironment& environment() noexcept { return environment_; }
    /// Other jobs of the same organization may share it.
    CredentialGate& gate() noexcept { return *gate_; }
    TwilioClient& twilio() noexcept { return gate_->client(); }
    /// The claim, as the database last answered; the steps keep number and SID current.
    ClaimedJob& job() noexcept { return job_; }
    JobState state() const noexcept { return job_.state; }
    const Lease& lease() const noexcept { return lease_; }
    bool cancel_requested() const noexcept { return job_.cancel_requested; }
    /// True if this attempt is over.
    bool ended() const noexcept { return ended_; }

    enum class Reported {
        accepted,  ///< state() is the new one; the attempt may have ended with it
        dropped,   ///< the attempt has ended: fenced, refused, or the database stayed away
        not_sent,  ///< the limits passed before it could be sent: the database does not know of it
    };
    /// Reports `event` with advance(). If the answer is lost, the state is read again; a transient failure is
    /// repeated. state() is then what the database has. That may be the state before a crash which lost a
    /// commit that was not yet on disk: the attempt continues from there.
    Task<Reported> report_within(JobEvent event, const nlohmann::json& data, const CallLimits& limits);
    /// The same within the lease; drops the job if the database stays away. True if the report was accepted
    /// and the attempt goes on.
    Task<bool> report(JobEvent event, const nlohmann::json& data);
    Task<bool> report(JobEvent event);

    /// Ends the attempt: try again after `delay`, or after a jittered time that grows with every failure.
    /// `reason`, and its code, must outlive the call.
    Task<void> postpone(std::string_view code, std::string_view reason, std::optional<Duration> delay = {});
    Task<void> postpone(const TwilioProblem& problem);

    /// The last moment to send a request after which the lease must still last for `left`. When the lease is
    /// over, a rescuer may act.
    Deadline send_by(Duration left) const { return lease_.ends() - left; }
    /// True if the lease lasts at least `needed` from now or has just been renewed, and in any case longer
    /// than a request; else the job is dropped.
    Task<bool> hold_lease(Duration needed);
    /// Renews the lease; true if the database granted it. Runs beside the steps of the attempt, too.
    Task<bool> renew();

    /// Ends the attempt without a report: the lease runs out, and another attempt begins in the same state.
    void drop(const std::string& reason);

    /// For log lines; `none` if there is no number.
    std::string masked_number() const;

  private:
    Task<std::optional<JobStanding>> look_again();
    void accept(JobEvent event, const JobStanding& standing);
    void fence();
    bool refuse(std::string_view call, const std::string& sqlstate, const std::string& message);

    JobEnvironment& environment_;
    ClaimedJob job_;
    std::shared_ptr<CredentialGate> gate_;
    Lease lease_;
    bool key_is_missing_ = false;  ///< postponed for others, who may have the key of its credentials
    bool ended_ = false;
};

}  // namespace telephony::sidecar
