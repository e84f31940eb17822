// The SQL calls of the contract, typed: all that the sidecar ever says to the database.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/metrics.hpp"
#include "base/timestamp.hpp"
#include "contract/states.hpp"
#include "credentials/gate.hpp"
#include "credentials/sealed.hpp"
#include "database/database.hpp"
#include "numbering/e164.hpp"
#include "twilio/client.hpp"

namespace telephony::sidecar {

/// Versions of the database schema this program can work with; with another it pauses. The newest is that of
/// the source tree it was built from; the oldest brought the calls below.
inline constexpr int oldest_schema_version = 1;
inline constexpr int newest_schema_version = TELEPHONY_SCHEMA_VERSION;

/// Raised when the database answers something the contract does not allow.
class ContractBroken : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// What the database says of itself at the beginning of a connection.
struct Hello {
    bool recovery = false;
    int schema_version = 0;
    std::string extension_version;
    Duration request_life{};      ///< what the database takes as the longest life of a request
    Duration absence_poll{};      ///< pause between two looks for a number that is not there
    bool voice_settings = false;  ///< there is something to answer calls to a new number
};

enum class JobKind { provision, release, orphan_release, erase };

/// A kind of number that an organization may be sold, and what Twilio's regulations want with the purchase.
struct NumberKind {
    std::string country;      ///< ISO alpha-2, of the number
    std::string type;         ///< as in Twilio's paths: Local, Mobile, ...
    std::string address_sid;  ///< empty: none
    std::string bundle_sid;   ///< empty: none
};

/// A job as claim_jobs() hands it out.
struct ClaimedJob {
    std::string job_id;
    std::string org_id;
    JobKind kind = JobKind::provision;
    JobState state = JobState::searching;
    std::int64_t token = 0;                 ///< fencing token
    std::string tag;                        ///< FriendlyName of what this job buys
    std::vector<NumberKind> kinds;          ///< to search for, in this order
    std::optional<numbering::E164> number;  ///< candidate, or the number bought or to be released
    std::string number_country;             ///< the candidate's kind; empty while there is none
    std::string number_type;
    std::string account_sid;  ///< empty while no account was chosen
    std::string number_sid;
    std::optional<Timestamp> intent_at;  ///< Twilio's clock before the first purchase was sent
    bool cancel_requested = false;
    bool resumed = false;  ///< taken over, or gone on with, in the middle
    int posts_sent = 0;
    bool repeat_refused = false;
    FormParameters voice;  ///< sent with the purchase
    /// The organization's own, for the job's account; nothing: it has none for it.
    std::optional<SealedCredentials> credentials;
};

struct LeaseState {
    JobState state = JobState::queued;
    bool cancel_requested = false;
};

/// One line of the database's check of itself.
struct SelfCheckRow {
    std::string check;
    bool ok = false;
    std::string detail;
};

/// One line of a reconciliation.
struct ReconcileRow {
    std::string verdict;
    std::string number;  ///< E.164
    std::string number_sid;
    std::string tag;
    std::string job_id;
    std::string org_id;
    std::string detail;
    std::string account_sid;
};

/// The result of a call: the outcome of CallReply, and the value when it is ok.
template <class T>
struct ContractAnswer {
    CallOutcome outcome = CallOutcome::not_sent;
    T value{};
    std::string sqlstate;
    std::string message;
    std::string hint;
    Deadline sent_at{};
};

Hello parse_hello(const std::string& row);
ClaimedJob parse_claimed_job(const std::string& row);
SealedCredentials parse_sealed_credentials(const std::string& row);

/// The greeting of every connection, and what follows from its answer.
/// `platform_account`: the account for organizations without one of their own, empty for none; nothing: this
/// command does not say.
Statement hello_statement(const std::string& installation,
                          const std::optional<std::string>& platform_account);
GreetingVerdict judge_hello(const CallReply& reply, Duration longest_request_life);

class Contract {
  public:
    Contract(Database& database, Metrics& metrics) : database_(database), metrics_(metrics) {}

    Task<ContractAnswer<std::vector<ClaimedJob>>> claim_jobs(const std::string& worker, int max_jobs,
                                                             Duration lease, const CallLimits& limits);
    Task<ContractAnswer<LeaseState>> renew_lease(const ClaimedJob& job, Duration lease,
                                                 const CallLimits& limits);
    Task<ContractAnswer<JobState>> advance(const ClaimedJob& job, JobEvent event, const nlohmann::json& data,
                                           const CallLimits& limits);
    Task<ContractAnswer<std::vector<ReconcileRow>>> reconcile_numbers(
        const std::string& account_sid, const std::vector<IncomingNumber>& listed, const CallLimits& limits);
    /// The id of the job that will release the number; empty when the database declines.
    Task<ContractAnswer<std::string>> report_orphan(const std::string& account_sid,
                                                    const IncomingNumber& number, const CallLimits& limits);
    Task<ContractAnswer<std::string>> adopt_number(const std::string& org, const std::string& account_sid,
                                                   const IncomingNumber& number, const CallLimits& limits);
    /// Credentials to be tried at Twilio now; nobody else is given them for `lease`.
    Task<ContractAnswer<std::vector<SealedCredentials>>> claim_credential_checks(int max_checks,
                                                                                 Duration lease,
                                                                                 const CallLimits& limits);
    /// False when they were replaced meanwhile.
    Task<ContractAnswer<bool>> report_credential(const std::string& org_id, const std::string& generation,
                                                 const CredentialVerdict& verdict, const CallLimits& limits);
    /// All organizations' credentials, ordered by account.
    Task<ContractAnswer<std::vector<SealedCredentials>>> list_credentials(const CallLimits& limits);
    /// The same credentials in a new box. False when they were replaced meanwhile.
    Task<ContractAnswer<bool>> reseal_credential(const SealedCredentials& row, const std::string& key_id,
                                                 const credential::Box& box, const CallLimits& limits);
    Task<ContractAnswer<std::vector<SelfCheckRow>>> run_self_check(const CallLimits& limits);
    /// The mode after it.
    Task<ContractAnswer<std::string>> resume(const std::string& installation, const CallLimits& limits);

    Database& database() noexcept { return database_; }

  private:
    Task<CallReply> call(const Statement& statement, const CallLimits& limits);
    Task<ContractAnswer<bool>> truth_of(const Statement& statement, const CallLimits& limits);
    Task<ContractAnswer<std::vector<SealedCredentials>>> credential_rows(const Statement& statement,
                                                                         const CallLimits& limits);

    Database& database_;
    Metrics& metrics_;
};

}  // namespace telephony::sidecar
