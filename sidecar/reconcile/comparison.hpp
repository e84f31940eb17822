// Compares an account with the database, and repairs what is provable: for `telephonyd reconcile` and for
// sweeps.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/exit_code.hpp"
#include "contract/contract.hpp"
#include "credentials/gate.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {

class OpenCredentials;

/// An account, and all credentials for it.
struct AccountToOpen {
    std::string sid;
    std::vector<SealedCredentials> credentials;
    bool is_platform = false;
};

/// The accounts of `credentials`, which are ordered by account as the database lists them; `platform`, unless
/// empty, is one of them or the last.
std::vector<AccountToOpen> accounts_to_open(std::vector<SealedCredentials> credentials,
                                            const std::string& platform);

/// The gate of the first of the account's credentials that Twilio accepts; null, with the reasons, if it
/// accepts none.
Task<std::shared_ptr<CredentialGate>> open_account(OpenCredentials& credentials, const AccountToOpen& account,
                                                   std::string& reasons);

struct AccountComparison {
    std::vector<IncomingNumber> listed;
    std::vector<ReconcileRow> rows;
    ExitCode code = ExitCode::ok;
    std::string problem;  ///< why there is no comparison; empty: there is one
};

/// Lists the account's numbers and has the database judge them. Each that is then missing or an orphan is
/// read once more, since a number may have been bought or released in between.
Task<AccountComparison> compare_account(CredentialGate& gate, Contract& contract, Duration database_timeout);

/// Requests the release of orphans, which the database judges again, and restores the tag of renamed live
/// numbers. Returns one sentence for each, numbers masked.
Task<std::vector<std::string>> repair_account(const AccountComparison& comparison, CredentialGate& gate,
                                              Contract& contract, Duration database_timeout);

/// Gives a number the name that the database says (rule TAG); the sentence says whether Twilio took it.
Task<std::string> tag_number(CredentialGate& gate, const IncomingNumber& number, const std::string& tag);

}  // namespace telephony::sidecar
