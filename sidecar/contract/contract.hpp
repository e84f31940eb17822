// The contract: the functions of the database, as the sidecar calls them. This folder has
// all statements: jobs.cpp, credentials.cpp and numbers.cpp those of their area, contract.cpp the others.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "contract/answer.hpp"
#include "contract/calls.hpp"
#include "contract/credentials.hpp"
#include "contract/jobs.hpp"
#include "contract/numbers.hpp"
#include "contract/searches.hpp"
#include "contract/states.hpp"
#include "contract/upkeep.hpp"
#include "database/database.hpp"
#include "io/task.hpp"

namespace telephony::sidecar {

class Metrics;
struct IncomingNumber;

/// One row of the database's self-check.
struct SelfCheckRow {
    std::string check;
    bool ok = false;
    std::string detail;
};

class Contract {
  public:
    Contract(Database& database, Metrics& metrics) : database_(database), metrics_(metrics) {}

    Task<ContractAnswer<std::vector<ClaimedJob>>> claim_jobs(const std::string& worker, int max_jobs,
                                                             Duration lease, const CallLimits& limits);
    Task<ContractAnswer<JobStanding>> renew_lease(const ClaimedJob& job, Duration lease,
                                                  const CallLimits& limits);
    Task<ContractAnswer<JobStanding>> advance(const ClaimedJob& job, JobEvent event,
                                              const nlohmann::json& data, const CallLimits& limits);
    Task<ContractAnswer<std::vector<ReconcileRow>>> reconcile_numbers(
        const std::string& account_sid, const std::vector<IncomingNumber>& listed, const CallLimits& limits);
    /// The id of the job that will release the number; empty if the database declines.
    Task<ContractAnswer<std::string>> report_orphan(const std::string& account_sid,
                                                    const IncomingNumber& number, const CallLimits& limits);
    /// The job that entered the release; empty if it was entered before.
    Task<ContractAnswer<std::string>> record_absence(const std::string& org, const std::string& account_sid,
                                                     const std::string& number_sid, const CallLimits& limits);
    Task<ContractAnswer<Adoption>> adopt_number(const std::string& org, const std::string& account_sid,
                                                const IncomingNumber& number, const CallLimits& limits);
    /// Credentials to be verified now; no other sidecar gets them for `lease`.
    Task<ContractAnswer<std::vector<SealedCredentials>>> claim_credential_checks(int max_checks,
                                                                                 Duration lease,
                                                                                 const CallLimits& limits);
    /// False if they were replaced in the meantime.
    Task<ContractAnswer<bool>> report_credential(const std::string& org_id, const std::string& generation,
                                                 const CredentialVerdict& verdict, const CallLimits& limits);
    /// Searches to be made now; no other sidecar gets them for `lease`.
    Task<ContractAnswer<std::vector<ClaimedSearch>>> claim_number_searches(int max_searches, Duration lease,
                                                                           const CallLimits& limits);
    /// False if another sidecar has claimed it, or it is gone.
    Task<ContractAnswer<bool>> finish_number_search(const ClaimedSearch& search, const SearchEnd& end,
                                                    const CallLimits& limits);
    /// How many searches were deleted; the call takes a bounded number of them.
    Task<ContractAnswer<std::int64_t>> forget_searches(const CallLimits& limits);
    /// Telephone calls to be placed or looked at now; no other sidecar gets them for `lease`.
    Task<ContractAnswer<std::vector<ClaimedCall>>> claim_calls(const std::string& worker, int max_calls,
                                                               Duration lease, const CallLimits& limits);
    Task<ContractAnswer<CallStanding>> advance_call(const ClaimedCall& of, CallEvent event,
                                                    const nlohmann::json& data, const CallLimits& limits);
    /// How many verifications have lapsed; the call looks at a bounded number of them.
    Task<ContractAnswer<std::int64_t>> lapse_caller_ids(const CallLimits& limits);
    /// All organizations' credentials, ordered by account.
    Task<ContractAnswer<std::vector<SealedCredentials>>> list_credentials(const CallLimits& limits);
    /// The same credentials in a new box. False if they were replaced in the meantime.
    Task<ContractAnswer<bool>> reseal_credential(const SealedCredentials& row, const std::string& key_id,
                                                 const credential::Box& box, const CallLimits& limits);
    /// Takes those of `tasks` that are due and free; how each of them stands.
    Task<ContractAnswer<std::vector<UpkeepStanding>>> take_upkeep(const std::string& worker,
                                                                  const std::vector<std::string>& tasks,
                                                                  Duration lease, const CallLimits& limits);
    /// False: another sidecar has taken the task over.
    Task<ContractAnswer<bool>> renew_upkeep(const UpkeepLease& held, Duration lease,
                                            const CallLimits& limits);
    /// After what time the task is due again; nullopt: another sidecar has taken it over.
    Task<ContractAnswer<std::optional<Duration>>> finish_upkeep(const UpkeepLease& held, const UpkeepEnd& end,
                                                                const CallLimits& limits);
    /// How many changes were added up; the call takes a bounded number of them.
    Task<ContractAnswer<std::int64_t>> fold_country_counts(const CallLimits& limits);
    Task<ContractAnswer<std::vector<SelfCheckRow>>> run_self_check(const CallLimits& limits);
    /// Ends recovery mode; the mode afterwards.
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
