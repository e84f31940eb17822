// The credentials that this process holds open: those of organizations, each with its gate, and the
// platform's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "credential/credential.hpp"
#include "credential/keys.hpp"

namespace telephony::sidecar {

class CredentialGate;
class EventLoop;
class HttpClient;
class Metrics;
struct BoxRefusal;
struct ClaimedWork;
struct CredentialVerdict;
struct SealedCredentials;
struct Secrets;
struct TwilioSettings;

/// Opens a box once, and keeps the gate of its credential as long as the row is the same and it is used.
/// Gates are kept by organization and generation, never by account: two organizations may share an account,
/// and one of them have a wrong token (rule PER_CREDENTIAL). Unused ones are dropped after ten minutes, or
/// sooner if there are many.
class OpenCredentials {
  public:
    /// Credentials kept open that no job uses at the moment; two pages each.
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

    /// The gate of a row's credential. If its box must not be used, or is for a key that this process does
    /// not have, that is alerted (a missing key once), and the gate is closed.
    std::shared_ptr<CredentialGate> of(const SealedCredentials& row);
    /// The gate for work, which the log names by `id`: that of its organization's own credentials; without
    /// any, the platform's if the work is in that account or in none yet; else a closed one.
    std::shared_ptr<CredentialGate> of(const ClaimedWork& work, std::string_view id);

    /// Drops what has been unused for ten minutes, and the longest unused beyond most_idle.
    void prune();
    std::size_t size() const noexcept { return entries_.size(); }

    /// Called when a job has shown an organization's credential refused, or verified if the database does not
    /// know that yet.
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
    std::set<std::string> missing_keys_;                         ///< as alerted
};

}  // namespace telephony::sidecar
