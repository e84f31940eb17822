// Counters and gauges of the sidecar; the loop writes them, the status thread renders them. Nothing here
// names a number.
#pragma once

#include <atomic>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/logging.hpp"
#include "contract/states.hpp"

namespace telephony::sidecar {

/// What /healthz and /readyz answer from. Written by the loop, read by the status thread.
struct Health {
    std::atomic<Clock::rep> last_turn{0};  ///< Clock time of the last sign of life of the loop
    std::atomic<bool> database_ready{false};
    std::atomic<bool> recovery_mode{false};
    std::atomic<bool> draining{false};
    std::atomic<int> schema_version{0};  ///< of the database, as it last said
};

/// What a person should look at.
enum class Alert {
    settle_unconfirmed,
    rolled_back,
    rollback_unconfirmed,
    number_kept,
    conflict,
    voice_settings,
    release_blocked,
    box_refused,
    number_differs,
    self_check
};

std::string_view name_of(Alert alert);

class Metrics {
  public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// `operation` is one of TwilioClient's; `status` 0 means no answer.
    void twilio_request(std::string_view operation, int status, Duration took);
    void database_call(Duration took, bool ok);
    void jobs_claimed(int count);
    void jobs_running(int count);
    void job_ended(JobState state);
    void job_dropped();
    void database_up(bool up);
    void credentials_held(int count);
    /// `verdict`: verified, refused or unreachable.
    void credential_judged(std::string_view verdict);
    /// All accounts were compared with the database.
    void swept();
    /// What the database's check of itself gave.
    void self_checked(int checks, int failed);
    /// A person should look: counted, logged, and handed to on_alert. The fields are masked.
    void alert(Alert alert, std::string_view message, std::initializer_list<log::Field> fields);
    /// Called with every alert, in the loop.
    std::function<void(Alert, std::string_view, std::initializer_list<log::Field>)> on_alert;

    /// The Prometheus text format. Safe from another thread.
    std::string render() const;

    Health health;

  private:
    struct Families;
    std::unique_ptr<Families> families_;
};

}  // namespace telephony::sidecar
