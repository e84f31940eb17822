// What an account holds beside what the database knows of it, and the mending of what is provable: the one
// way for telephonyd reconcile and for the sweeps of a running telephonyd.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/exit_code.hpp"
#include "contract/contract.hpp"
#include "credentials/gate.hpp"
#include "credentials/open.hpp"

namespace telephony::sidecar {

/// An account, and all that could open it.
struct AccountToOpen {
    std::string sid;
    std::vector<SealedCredentials> credentials;
    bool is_platform = false;
};

/// The accounts of `credentials`, which are ordered by account as the database lists them; `platform`, unless
/// empty, is one of them or the last.
std::vector<AccountToOpen> accounts_to_open(std::vector<SealedCredentials> credentials,
                                            const std::string& platform);

/// The first of the account's credentials that Twilio takes; null, with the reasons, if it takes none.
Task<std::shared_ptr<CredentialGate>> open_account(OpenCredentials& credentials, const AccountToOpen& account,
                                                   std::string& reasons);

struct AccountComparison {
    std::vector<IncomingNumber> listed;
    std::vector<ReconcileRow> rows;
    ExitCode code = ExitCode::ok;
    std::string problem;  ///< why there is no comparison; empty: there is one
};

/// Lists the account's numbers and has the database judge them. What then looks missing or orphaned is asked
/// for once more: between list and judgement a number may have been bought or released.
Task<AccountComparison> compare_account(CredentialGate& gate, Contract& contract, Duration database_timeout);

/// Asks for the release of orphans, which the database judges again, and gives renamed live numbers their tag
/// back. Returns what was done and what was not, a sentence each, numbers masked.
Task<std::vector<std::string>> repair_account(const AccountComparison& comparison, CredentialGate& gate,
                                              Contract& contract, const std::string& installation,
                                              Duration database_timeout);

/// Names a number after its job; the sentence says whether Twilio did.
Task<std::string> tag_number(CredentialGate& gate, const IncomingNumber& number,
                             const std::string& installation, const std::string& job_id);

}  // namespace telephony::sidecar
