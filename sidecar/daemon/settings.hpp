// Settings of the daemon.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "contract/greeting.hpp"
#include "jobs/settings.hpp"
#include "twilio/settings.hpp"

namespace telephony::sidecar {

struct DaemonSettings {
    std::string installation;      ///< uuid; must be that of the database
    std::string worker;            ///< name of this process in leases and events
    std::string platform_account;  ///< file with the platform's account, read again on SIGHUP; empty: none
    DatabaseAccess database;
    bool listens = true;  ///< false: jobs are found by polling alone, as through a transaction pooler
    TwilioSettings twilio;
    AttemptSettings attempt;
    int max_jobs = 0;
    int account_concurrency = 0;  ///< requests in flight per credential
    Duration poll_interval{};
    Duration drain_timeout{};
    std::string alert_url;    ///< where alerts are posted; empty: nowhere. May hold a secret
    std::string status_host;  ///< loopback address of the status endpoint
    int status_port = 0;      ///< 0: none
};

}  // namespace telephony::sidecar
