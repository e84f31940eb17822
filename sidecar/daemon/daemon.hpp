// `telephonyd run`: claims jobs, works on them, and renews their leases.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/exit_code.hpp"
#include "base/metrics.hpp"
#include "base/systemd_notify.hpp"
#include "calls/caller_ids.hpp"
#include "contract/contract.hpp"
#include "credentials/open.hpp"
#include "credentials/verifications.hpp"
#include "daemon/settings.hpp"
#include "daemon/upkeep.hpp"
#include "daemon/upkeep_tasks.hpp"
#include "database/database.hpp"
#include "io/alerts.hpp"
#include "io/event_loop.hpp"
#include "io/http_client.hpp"
#include "io/status_endpoint.hpp"
#include "jobs/environment.hpp"
#include "jobs/searches.hpp"

namespace telephony::sidecar {

class Attempt;
struct Secrets;

class Daemon {
  public:
    Daemon(DaemonSettings settings, Secrets secrets);
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    /// Returns when drained, or when the database is the wrong one.
    ExitCode run();

  private:
    Task<void> claim_jobs();
    Task<void> claim_once();
    Task<void> work(std::shared_ptr<Attempt> attempt);
    Task<void> keep_leases();
    Task<void> renew(std::shared_ptr<Attempt> attempt);
    Task<void> report_credential(std::string org_id, std::string generation, CredentialVerdict verdict);
    Task<void> show_life();
    void database_changed();
    void greeted(const Hello& hello);
    void notified(std::string_view work);
    void look_everywhere();
    void received(int signal);
    void drain(const char* signal);
    void stop_if_drained();
    void reload();
    void reload_platform_account();
    void stop(ExitCode code);

    const DaemonSettings settings_;
    EventLoop loop_;
    Metrics metrics_;
    HttpClient http_;
    OpenCredentials credentials_;
    Database database_;
    Contract contract_;
    JobEnvironment environment_;
    CredentialVerifications verifications_;
    NumberSearches searches_;
    CallerIdCalls calls_;
    UpkeepTasks upkeep_tasks_;
    Upkeep upkeep_;
    AlertWebhook webhook_;
    SystemdNotifier systemd_;
    Wakeup wakeup_;
    Timer drain_timer_;
    std::vector<std::shared_ptr<Attempt>> running_;
    std::optional<Deadline> expected_work_;
    std::unique_ptr<StatusEndpoint> status_;
    bool notified_ = false;
    bool others_may_wait_ = true;  // searches or telephone calls
    bool claiming_ = false;
    bool more_waiting_ = false;  // the last claim was cut off by max_jobs
    ExitCode exit_code_ = ExitCode::ok;
};

}  // namespace telephony::sidecar
