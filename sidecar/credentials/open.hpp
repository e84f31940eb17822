// The credentials that this process holds open: each organization's, by the row they came from, and the
// platform's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "contract/jobs.hpp"
#include "credential/keys.hpp"
#include "credentials/gate.hpp"
#include "credentials/sealed.hpp"
#include "io/event_loop.hpp"
#include "io/http_client.hpp"

namespace telephony::sidecar {

/// What a command works with, read from files that only its user can read.
struct Secrets {
    std::vector<credential::SecretKey> keys;         ///< open organizations' boxes; the first is the newest
    std::optional<credential::Credential> platform;  ///< the platform's account, where one is configured
};

/// Opens a box once and keeps what it learns of the credential (verified, throttled, refused) as long as the
/// row is the same and somebody uses it. Kept by organization and generation, never by account: two
/// organizations may share an account, and one of them have a wrong token (DESIGN 8, rule 10). What nobody
/// uses is forgotten after ten minutes, and sooner where there is much of it.
class OpenCredentials {
  public:
    /// Kept open although no job uses them at the moment: two pages each.
    static constexpr std::size_t most_idle = 512;

    OpenCredentials(EventLoop& loop, HttpClient& http, const TwilioSettings& settings, Metrics& metrics,
                    int concurrency, Secrets secrets);
    OpenCredentials(const OpenCredentials&) = delete;
    OpenCredentials& operator=(const OpenCredentials&) = delete;

    /// A new token for the platform's account.
    void renew_platform(credential::Credential credential);
    /// Empty without a platform account.
    std::string platform_sid() const;
    /// For organizations that have handed in no account of their own; null without one.
    const std::shared_ptr<CredentialGate>& platform() const noexcept { return platform_; }

    /// What a row holds. A box that must not be used is logged and alerted, and gives an account that is
    /// closed: it never sends anything.
    std::shared_ptr<CredentialGate> of(const SealedCredentials& row);
    /// What a job is to work with: its organization's own credentials; without any, the platform's if the job
    /// is in that account or in none yet; else an account that is closed for want of credentials.
    std::shared_ptr<CredentialGate> of(const ClaimedJob& job);

    /// Forgets what nobody has used for ten minutes, and the longest unused beyond most_idle.
    void prune();
    std::size_t size() const noexcept { return entries_.size(); }

    /// Called when a job has shown an organization's credential refused, or verified and the database did not
    /// know it yet.
    std::function<void(const std::string& org_id, const std::string& generation, const CredentialVerdict&)>
        on_verdict;

  private:
    struct Entry {
        std::string generation;
        std::shared_ptr<CredentialGate> gate;
        Deadline last_used;
    };

    std::shared_ptr<CredentialGate> make(credential::Credential credential) const;
    std::shared_ptr<CredentialGate> open(const SealedCredentials& row);
    std::shared_ptr<CredentialGate> refuse(const SealedCredentials& row, const BoxRefusal& refusal);

    EventLoop& loop_;
    HttpClient& http_;
    const TwilioSettings& settings_;
    Metrics& metrics_;
    const int concurrency_;
    const std::vector<credential::SecretKey> keys_;
    const std::shared_ptr<CredentialGate> platform_;
    std::unordered_map<std::string, Entry> entries_;             ///< by organization
    std::size_t opened_ = 0;                                     ///< since prune()
    std::unordered_map<std::string, std::int64_t> last_issued_;  ///< by organization: of the newest box used
};

}  // namespace telephony::sidecar
