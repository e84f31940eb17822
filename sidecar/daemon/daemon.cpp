// The claim loop, the leases of running attempts, and signals.
#include "daemon/daemon.hpp"

#include <signal.h>

#include <algorithm>
#include <cstdio>

#include "base/alert.hpp"
#include "base/backoff.hpp"
#include "base/logging.hpp"
#include "base/version.hpp"
#include "credentials/account_file.hpp"
#include "credentials/gate.hpp"
#include "credentials/secrets.hpp"
#include "jobs/attempt.hpp"
#include "jobs/run_attempt.hpp"

namespace telephony::sidecar {
namespace {

constexpr Duration sign_of_life = std::chrono::seconds(2);
// In recovery mode no job is claimed, and the database is polled less often.
constexpr int recovery_slowdown = 6;
// How long a task of upkeep stands still at most if the sidecar that is at it dies.
constexpr Duration longest_upkeep_lease = std::chrono::seconds(30);

}  // namespace

Daemon::Daemon(DaemonSettings settings, Secrets secrets)
    : settings_(std::move(settings)),
      metrics_({TwilioClient::operation_names(), names_of_job_states(), CredentialVerdict::kind_names()}),
      http_(loop_),
      credentials_(loop_, http_, settings_.twilio, metrics_, settings_.account_concurrency,
                   std::move(secrets)),
      database_(loop_, database_settings(settings_.database, settings_.listens ? "telephony_jobs" : "",
                                         {settings_.installation, credentials_.platform_sid(),
                                          settings_.twilio.longest_request_life()},
                                         [this](const Hello& hello) { greeted(hello); })),
      contract_(database_, metrics_),
      environment_{loop_, contract_, metrics_, settings_.attempt, {}, false, {}, {}, {}},
      verifications_(loop_, contract_, credentials_, settings_.twilio, settings_.database.timeout),
      searches_(loop_, contract_, credentials_, settings_.twilio, settings_.database.timeout),
      calls_(loop_, contract_, credentials_, metrics_, settings_.twilio,
             {settings_.worker, settings_.database.timeout}),
      upkeep_tasks_(contract_, credentials_, metrics_, settings_.database.timeout),
      upkeep_(loop_, contract_, metrics_,
              {settings_.worker, std::min(settings_.attempt.lease, longest_upkeep_lease),
               settings_.database.timeout},
              upkeep_tasks_.all()),
      webhook_(loop_, http_, settings_.alert_url, settings_.worker, settings_.installation,
               settings_.twilio.connect_timeout),
      wakeup_(loop_),
      drain_timer_(loop_, no_deadline, [this] {
          log::warning("drain timeout, the rest is left to the rescuer", {{"jobs", running_.size()}});
          stop(ExitCode::ok);
      }) {
    metrics_.on_alert = [this](Alert alert, std::string_view message,
                               std::initializer_list<log::Field> fields) {
        webhook_.post(name_of(alert), message, fields);
    };
    database_.on_change = [this] { database_changed(); };
    database_.on_ready = [this] {
        look_everywhere();
        upkeep_.look();
    };
    upkeep_.on_idle = [this] { stop_if_drained(); };
    database_.on_notification = [this](std::string_view work) { notified(work); };
    credentials_.on_verdict = [this](const std::string& org_id, const std::string& generation,
                                     const CredentialVerdict& verdict) {
        loop_.spawn(report_credential(org_id, generation, verdict));
    };
    environment_.expect_work = [this](Deadline due) {
        if (!expected_work_ || due < *expected_work_) {
            expected_work_ = due;
            wakeup_.raise();
        }
    };
    searches_.expect_work = environment_.expect_work;
    calls_.expect_work = environment_.expect_work;
    calls_.on_idle = [this] { stop_if_drained(); };
}

Daemon::~Daemon() {
    loop_.destroy_coroutines();
}

ExitCode Daemon::run() {
    if (settings_.status_port != 0)
        status_ = std::make_unique<StatusEndpoint>(settings_.status_host, settings_.status_port, metrics_);
    loop_.watch_signals({SIGTERM, SIGINT, SIGHUP}, [this](int signal) { received(signal); });
    log::info("telephonyd started",
              {{"version", program_version},
               {"worker", settings_.worker},
               {"installation", settings_.installation},
               {"platform_account", credentials_.platform() ? credentials_.platform_sid() : "none"}});
    database_.start();
    loop_.spawn(claim_jobs());
    loop_.spawn(verifications_.run());
    loop_.spawn(searches_.run());
    loop_.spawn(calls_.run());
    loop_.spawn(keep_leases());
    loop_.spawn(upkeep_.run());
    loop_.spawn(upkeep_.keep_leases());
    loop_.spawn(webhook_.run());
    loop_.spawn(show_life());
    systemd_.ready("connecting to the database");
    loop_.run();
    log::info("telephonyd stopped", {{"jobs_left", running_.size()}});
    return exit_code_;
}

void Daemon::stop(ExitCode code) {
    exit_code_ = code;
    loop_.stop();
}

// ---- claims

Task<void> Daemon::claim_jobs() {
    Deadline next_poll = Clock::now();
    while (!environment_.draining) {
        const Deadline due = std::min(next_poll, expected_work_.value_or(no_deadline));
        co_await wakeup_.wait_until(due);
        if (std::exchange(notified_, false)) log::info("woken by NOTIFY");
        if (environment_.draining) break;
        const Deadline now = Clock::now();
        if (expected_work_ && *expected_work_ <= now) {
            expected_work_.reset();
            others_may_wait_ = true;
        }
        if (now >= next_poll) {
            others_may_wait_ = true;
            const bool recovery = metrics_.health.recovery_mode;
            const Duration interval = settings_.poll_interval * (recovery ? recovery_slowdown : 1);
            next_poll = now + random_between(interval * 3 / 4, interval * 5 / 4);
            if (recovery) database_.greet_again();  // to learn whether the mode has ended
        }
        if (!database_.takes_calls()) continue;  // on_ready wakes us
        if (!metrics_.health.recovery_mode) {    // the greeting says when it is over
            co_await claim_once();
            if (std::exchange(others_may_wait_, false)) {
                searches_.look();
                calls_.look();
            }
        }
        verifications_.look();
    }
}

Task<void> Daemon::claim_once() {
    const int capacity = settings_.max_jobs - static_cast<int>(running_.size());
    more_waiting_ = capacity <= 0;
    if (more_waiting_ || environment_.draining) co_return;
    claiming_ = true;
    const CallLimits limits{after(settings_.database.timeout), std::nullopt};
    ContractAnswer<std::vector<ClaimedJob>> claimed =
        co_await contract_.claim_jobs(settings_.worker, capacity, settings_.attempt.lease, limits);
    claiming_ = false;
    if (claimed.outcome != CallOutcome::ok) log::warning("cannot claim jobs", {{"reason", claimed.message}});
    // Recovery, or a cluster that wants it: behind a pooler no new connection would tell.
    if (claimed.sqlstate == "TL004") database_.greet_again();
    const int count = static_cast<int>(claimed.value.size());
    more_waiting_ = count == capacity;
    metrics_.jobs_claimed(count);
    for (ClaimedJob& job : claimed.value) {
        std::shared_ptr<CredentialGate> gate = credentials_.of(job, job.job_id);
        job.credentials.reset();
        auto attempt =
            std::make_shared<Attempt>(environment_, std::move(job), std::move(gate), claimed.sent_at);
        running_.push_back(attempt);
        loop_.spawn(work(std::move(attempt)));
    }
    metrics_.jobs_running(static_cast<int>(running_.size()));
    stop_if_drained();
}

Task<void> Daemon::work(std::shared_ptr<Attempt> attempt) {
    try {
        co_await run_attempt(*attempt);
    } catch (const std::exception& problem) {
        log::error("error in a job", {{"job", attempt->job().job_id}, {"reason", problem.what()}});
        attempt->drop("internal error");
    }
    std::erase(running_, attempt);
    metrics_.jobs_running(static_cast<int>(running_.size()));
    if (more_waiting_) wakeup_.raise();
    stop_if_drained();
}

// ---- running attempts

Task<void> Daemon::keep_leases() {
    for (;;) {
        co_await loop_.sleep_until(after(settings_.attempt.lease / 12));
        const std::vector<std::shared_ptr<Attempt>> attempts =
            running_;  // a copy: the list changes during a renewal
        for (const std::shared_ptr<Attempt>& attempt : attempts)
            if (!attempt->ended() && attempt->lease().due_for_renewal()) co_await renew(attempt);
        environment_.memory.prune();
        environment_.numbers_in_play.prune();
        credentials_.prune();
    }
}

Task<void> Daemon::renew(std::shared_ptr<Attempt> attempt) {
    try {
        co_await attempt->renew();
    } catch (const ContractBroken& problem) {
        log::error("cannot renew a lease", {{"job", attempt->job().job_id}, {"reason", problem.what()}});
    }
}

// The result of a job's use of its credential. Waits if the database is away.
Task<void> Daemon::report_credential(std::string org_id, std::string generation, CredentialVerdict verdict) {
    const CallLimits limits{after(settings_.attempt.lease), std::nullopt};
    const ContractAnswer<bool> reported =
        co_await contract_.report_credential(org_id, generation, verdict, limits);
    if (reported.outcome != CallOutcome::ok)
        log::warning("cannot report what became of credentials",
                     {{"org", org_id}, {"reason", reported.message}});
}

Task<void> Daemon::show_life() {
    const Duration interval = std::min(sign_of_life, systemd_.watchdog_interval().value_or(sign_of_life));
    for (;;) {
        metrics_.health.last_turn = Clock::now().time_since_epoch().count();
        systemd_.alive();
        co_await loop_.sleep_until(after(interval));
    }
}

void Daemon::greeted(const Hello& hello) {
    environment_.absence_poll = hello.absence_poll;
    const bool before = metrics_.health.recovery_mode.exchange(hello.recovery);
    if (hello.recovery && !before)
        log::error(
            "recovery mode",
            {{"reason",
              "the database is not the cluster that ran before: run telephonyd reconcile, then resume"}});
    if (!hello.recovery && before) {
        log::info("recovery mode over");
        upkeep_.look();
        look_everywhere();
    }
}

void Daemon::look_everywhere() {
    others_may_wait_ = true;
    wakeup_.raise();
}

// wake_sidecars() says where to look; without that there may be work of any kind.
void Daemon::notified(std::string_view work) {
    if (work == "mode") database_.greet_again();
    if (work != "jobs") others_may_wait_ = true;
    notified_ = true;
    wakeup_.raise();
}

void Daemon::database_changed() {
    const bool ready = database_.state() == Database::State::ready;
    metrics_.health.database_ready = ready;
    metrics_.health.paused = database_.state() == Database::State::paused;
    metrics_.database_up(ready);
    systemd_.status(ready ? "at work" : database_.problem());
    switch (database_.state()) {
        case Database::State::ready:
            log::info("database ready");
            break;
        case Database::State::connecting:
            break;
        case Database::State::paused:
            log::error("paused: the database does not speak this telephonyd's contract",
                       {{"reason", database_.problem()}});
            break;
        case Database::State::refused:
            log::error("refused by the database", {{"reason", database_.problem()}});
            stop(ExitCode::configuration);
            break;
    }
}

// ---- signals

void Daemon::received(int signal) {
    if (signal == SIGHUP) {
        reload();
        return;
    }
    const char* const name = signal == SIGINT ? "SIGINT" : "SIGTERM";
    if (environment_.draining) {
        log::warning("second signal, ending at once", {{"signal", name}, {"jobs", running_.size()}});
        stop(ExitCode::ok);
        return;
    }
    drain(name);
}

void Daemon::drain(const char* signal) {
    log::info("draining", {{"signal", signal}, {"jobs", running_.size()}});
    environment_.draining = true;
    verifications_.stop();
    searches_.stop();
    calls_.stop();
    metrics_.health.draining = true;
    upkeep_.drain();
    systemd_.stopping();
    drain_timer_.set(after(settings_.drain_timeout));
    wakeup_.raise();
    stop_if_drained();
}

void Daemon::stop_if_drained() {
    // A claim under way may still return jobs: they are postponed at once, instead of waiting for the end of
    // their lease.
    if (environment_.draining && running_.empty() && !claiming_ && calls_.idle() && upkeep_.idle())
        stop(ExitCode::ok);
}

void Daemon::reload() {
    systemd_.reloading();
    try {
        log::reopen();
    } catch (const std::exception& problem) {
        log::error("cannot open the log file anew, writing to the old one", {{"reason", problem.what()}});
    }
    if (credentials_.platform()) reload_platform_account();
    log::info("reloaded");
    systemd_.ready("at work");
    wakeup_.raise();
}

void Daemon::reload_platform_account() {
    AccountFile file = read_account_file(settings_.platform_account);
    if (file.code != ExitCode::ok)
        log::error("account file not taken over", {{"reason", file.problem}});
    else if (file.credential.account_sid != credentials_.platform_sid())
        log::error("account file not taken over",
                   {{"reason", "it names another account; restart telephonyd to change accounts"}});
    else
        credentials_.renew_platform(std::move(file.credential));
}

}  // namespace telephony::sidecar
