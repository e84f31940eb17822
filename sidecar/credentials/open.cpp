// One entry for each organization. A newer generation replaces the entry; the older gate lives until its last
// job ends.
#include "credentials/open.hpp"

#include "contract/credentials.hpp"
#include "credentials/gate.hpp"
#include "credentials/sealed.hpp"
#include "credentials/secrets.hpp"
#include "io/http_client.hpp"

#include <algorithm>

#include "base/alert.hpp"
#include "base/logging.hpp"
#include "base/metrics.hpp"

namespace telephony::sidecar {
namespace {

using Kind = CredentialVerdict::Kind;

constexpr Duration longest_idle = std::chrono::minutes(10);
// Only the organization can change that; new credentials are verified as they come.
constexpr Duration refused_delay = std::chrono::hours(1);
// Another telephonyd may have the key that this one lacks, and take the row or the job.
constexpr Duration missing_key_delay = std::chrono::seconds(10);
constexpr Duration pause_of_jobs = std::chrono::minutes(5);
// Boxes are sealed by the server's clock or by a client's, which may be this far apart.
constexpr std::int64_t clock_difference_seconds = 300;

}  // namespace

OpenCredentials::OpenCredentials(EventLoop& loop, HttpClient& http, const TwilioSettings& settings,
                                 Metrics& metrics, int concurrency, Secrets secrets)
    : loop_(loop),
      http_(http),
      settings_(settings),
      metrics_(metrics),
      concurrency_(concurrency),
      keys_(std::move(secrets.keys)),
      platform_(secrets.platform ? make(std::move(*secrets.platform)) : nullptr) {}

std::shared_ptr<CredentialGate> OpenCredentials::make(credential::Credential credential) const {
    return std::make_shared<CredentialGate>(loop_, http_, settings_, std::move(credential), metrics_,
                                            concurrency_);
}

void OpenCredentials::renew_platform(credential::Credential credential) {
    platform_->replace_credential(std::move(credential));
}

std::string OpenCredentials::platform_sid() const {
    return platform_ ? platform_->client().account_sid() : std::string();
}

std::shared_ptr<CredentialGate> OpenCredentials::of(const SealedCredentials& row) {
    const auto found = entries_.find(row.org_id);
    if (found != entries_.end() && found->second.generation == row.generation) {
        found->second.last_used = Clock::now();
        return found->second.gate;
    }
    std::shared_ptr<CredentialGate> gate = open(row);
    gate->on_verdict = [this, org = row.org_id, generation = row.generation,
                        known = row.verified](const CredentialVerdict& verdict) mutable {
        const bool is_news = verdict.kind != Kind::verified || !known;
        known = verdict.kind == Kind::verified;
        if (is_news && on_verdict) on_verdict(org, generation, verdict);
    };
    entries_.insert_or_assign(row.org_id, Entry{row.generation, gate, Clock::now()});
    if (++opened_ >= most_idle) prune();
    metrics_.credentials_held(static_cast<int>(entries_.size()));
    return gate;
}

std::shared_ptr<CredentialGate> OpenCredentials::of(const ClaimedWork& work, std::string_view id) {
    const bool anywhere = work.account_sid.empty();
    if (work.credentials) {
        const SealedCredentials& own = *work.credentials;
        if (own.org_id == work.org_id && (anywhere || own.account_sid == work.account_sid)) return of(own);
    } else if (platform_ && (anywhere || work.account_sid == platform_sid())) {
        return platform_;
    }
    const std::shared_ptr<CredentialGate> none = make({});
    const std::string reason =
        anywhere ? "no Twilio account: hand in your own with set_twilio_credentials()"
                 : "no credentials for the Twilio account that this number is in: hand them in with "
                   "set_twilio_credentials()";
    log::warning("no credentials", {{"job", id}, {"account", anywhere ? "none" : work.account_sid}});
    none->close({Kind::refused, "", reason, refused_delay, reasons::no_twilio_account.code}, pause_of_jobs);
    return none;
}

std::shared_ptr<CredentialGate> OpenCredentials::open(const SealedCredentials& row) {
    BoxRefusal refusal;
    std::optional<credential::Credential> credential = unseal_credentials(row, keys_, refusal);
    if (!credential) return refuse(row, refusal);
    std::int64_t& last_issued = last_issued_[row.org_id];
    if (credential->issued_at < last_issued - clock_difference_seconds) {
        refusal.reason =
            "the credentials were sealed before others that your organization has used since. Hand in new "
            "ones with set_twilio_credentials()";
        return refuse(row, refusal);
    }
    last_issued = std::max(last_issued, credential->issued_at);
    log::debug("credentials opened",
               {{"org", row.org_id}, {"account", row.account_sid}, {"key", row.key_id}});
    return make(std::move(*credential));
}

std::shared_ptr<CredentialGate> OpenCredentials::refuse(const SealedCredentials& row,
                                                        const BoxRefusal& refusal) {
    const std::shared_ptr<CredentialGate> gate = make({});
    if (refusal.key_is_missing) {
        // Not the organization's doing: it is told nothing, and its row stays as it is.
        if (missing_keys_.insert(row.key_id).second)
            metrics_.alert(Alert::key_missing, "no key for sealed credentials, they are left to others",
                           {{"key", row.key_id}, {"org", row.org_id}, {"account", row.account_sid}});
        gate->close({Kind::unreachable, "", refusal.reason, missing_key_delay, reasons::box_key_missing.code},
                    missing_key_delay);
        return gate;
    }
    metrics_.alert(
        Alert::box_refused, "sealed credentials refused",
        {{"org", row.org_id}, {"account", row.account_sid}, {"key", row.key_id}, {"reason", refusal.reason}});
    gate->close({Kind::refused, "", refusal.reason, refused_delay, reasons::box_refused.code}, pause_of_jobs);
    return gate;
}

void OpenCredentials::prune() {
    opened_ = 0;
    const Deadline used_before = Clock::now() - longest_idle;
    std::vector<std::pair<Deadline, std::string>> idle;
    for (const auto& [org, entry] : entries_)
        if (entry.gate.use_count() == 1) idle.emplace_back(entry.last_used, org);
    std::sort(idle.begin(), idle.end());
    const std::size_t excess = idle.size() > most_idle ? idle.size() - most_idle : 0;
    for (std::size_t i = 0; i < idle.size() && (i < excess || idle[i].first < used_before); ++i)
        entries_.erase(idle[i].second);
    metrics_.credentials_held(static_cast<int>(entries_.size()));
}

}  // namespace telephony::sidecar
