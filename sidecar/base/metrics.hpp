// Counters and gauges; the loop writes them, the status thread renders them. No label holds a phone number.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/health.hpp"
#include "base/logging.hpp"

namespace telephony::sidecar {

enum class Alert : int;

/// Label values whose series are shown as zero from the start.
struct MetricLabels {
    std::span<const std::string_view> twilio_operations;
    std::span<const std::string_view> job_states;
    std::span<const std::string_view> credential_verdicts;
};

class Metrics {
  public:
    explicit Metrics(const MetricLabels& labels = {});
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// `status` 0 means no answer.
    void twilio_request(std::string_view operation, int status, Duration took);
    void database_call(Duration took, bool ok);
    void jobs_claimed(int count);
    void jobs_running(int count);
    void job_ended(std::string_view state);
    void job_dropped();
    void database_up(bool up);
    void credentials_held(int count);
    void credential_judged(std::string_view verdict);
    /// How a task of upkeep stands in the database, whichever sidecar does it.
    void upkeep_standing(std::string_view task, Duration late, int failures, bool overdue);
    /// A run of this sidecar: done, failed, interrupted, or fenced.
    void upkeep_ended(std::string_view task, std::string_view outcome);
    /// The result of the database's self-check, whichever sidecar had it done.
    void self_checked(int checks, int failed);
    /// Counted, logged, and handed to on_alert. The fields are masked.
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
