// A labelled series is created at the start if MetricLabels names it, else when it is first counted.
#include "base/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <string>

#include "base/alert.hpp"

namespace telephony::sidecar {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

constexpr std::array<std::string_view, 5> outcomes = {"ok", "throttled", "refused", "server_error",
                                                      "no_answer"};

std::string_view outcome_of(int status) {
    if (status == 0) return "no_answer";
    if (status == 429) return "throttled";
    if (status >= 500) return "server_error";
    return status >= 400 ? "refused" : "ok";
}

Family<Counter>& counters(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}
Counter& counter(prometheus::Registry& registry, const char* name, const char* help) {
    return counters(registry, name, help).Add({});
}
Family<Gauge>& gauges(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}
Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help) {
    return gauges(registry, name, help).Add({});
}

const Histogram::BucketBoundaries request_buckets{0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30};
const Histogram::BucketBoundaries call_buckets{0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3};

}  // namespace

struct Metrics::Families {
    prometheus::Registry registry;
    Family<Counter>& requests = counters(registry, "telephonyd_twilio_requests_total",
                                         "Requests to Twilio by operation and outcome.");
    Family<Histogram>& request_seconds = prometheus::BuildHistogram()
                                             .Name("telephonyd_twilio_request_seconds")
                                             .Help("Time from request to answer.")
                                             .Register(registry);
    Histogram& call_seconds = prometheus::BuildHistogram()
                                  .Name("telephonyd_database_call_seconds")
                                  .Help("Time of a database call, waiting for a connection included.")
                                  .Register(registry)
                                  .Add({}, call_buckets);
    Counter& call_errors = counter(registry, "telephonyd_database_call_errors_total",
                                   "Database calls that were refused, not sent, or not answered.");
    Counter& claimed = counter(registry, "telephonyd_jobs_claimed_total", "Jobs claimed.");
    Counter& dropped = counter(registry, "telephonyd_jobs_dropped_total",
                               "Jobs given up without an end: lease lost, or no database.");
    Gauge& running = gauge(registry, "telephonyd_jobs_running", "Jobs being worked on.");
    Gauge& database = gauge(registry, "telephonyd_database_up", "1 while the database takes calls.");
    Gauge& credentials =
        gauge(registry, "telephonyd_credentials_held", "Organizations whose credentials are held open.");
    Family<Counter>& judged = counters(registry, "telephonyd_credential_verdicts_total",
                                       "Verdicts on credentials reported to the database.");
    Family<Gauge>& upkeep_late =
        gauges(registry, "telephonyd_upkeep_late_seconds",
               "How long a task of upkeep has been due without being done by any sidecar.");
    Family<Gauge>& upkeep_failures = gauges(registry, "telephonyd_upkeep_failures",
                                            "How often a task of upkeep has failed since it was last done.");
    Family<Gauge>& upkeep_overdue =
        gauges(registry, "telephonyd_upkeep_overdue",
               "1 while a task of upkeep is later than its interval, and than five minutes.");
    Family<Counter>& upkeep_runs = counters(registry, "telephonyd_upkeep_runs_total",
                                            "Runs of a task of upkeep by this sidecar, by how they ended.");
    Family<Gauge>& checks = gauges(registry, "telephonyd_self_checks",
                                   "Checks of the last self_check() of the database, by result.");
    Family<Counter>& ended =
        counters(registry, "telephonyd_job_attempts_total", "Attempts that ended, by the state they left.");
    Family<Counter>& raised =
        counters(registry, "telephonyd_alerts_total", "Events that an operator should look at.");

    explicit Families(const MetricLabels& labels) {
        for (const std::string_view operation : labels.twilio_operations) {
            seconds_of(operation);
            for (const std::string_view outcome : outcomes) requests_of(operation, outcome);
        }
        for (const std::string_view verdict : labels.credential_verdicts) judged_as(verdict);
        for (const std::string_view state : labels.job_states) ended_in(state);
        for (const std::string_view alert : alert_names) raised_as(alert);
        checks_that("all");
        checks_that("failed");
    }

    // A family hands out the series that it has for these labels, and makes it if there is none.
    Counter& requests_of(std::string_view operation, std::string_view outcome) {
        return requests.Add({{"operation", std::string(operation)}, {"outcome", std::string(outcome)}});
    }
    Histogram& seconds_of(std::string_view operation) {
        return request_seconds.Add({{"operation", std::string(operation)}}, request_buckets);
    }
    Counter& judged_as(std::string_view verdict) { return judged.Add({{"verdict", std::string(verdict)}}); }
    Counter& ended_in(std::string_view state) { return ended.Add({{"state", std::string(state)}}); }
    Counter& raised_as(std::string_view alert) { return raised.Add({{"alert", std::string(alert)}}); }
    Gauge& checks_that(const char* result) { return checks.Add({{"result", result}}); }
};

Metrics::Metrics(const MetricLabels& labels) : families_(std::make_unique<Families>(labels)) {}
Metrics::~Metrics() = default;

void Metrics::twilio_request(std::string_view operation, int status, Duration took) {
    families_->requests_of(operation, outcome_of(status)).Increment();
    families_->seconds_of(operation).Observe(in_seconds(took));
}

void Metrics::database_call(Duration took, bool ok) {
    families_->call_seconds.Observe(in_seconds(took));
    if (!ok) families_->call_errors.Increment();
}

void Metrics::jobs_claimed(int count) {
    families_->claimed.Increment(count);
}
void Metrics::jobs_running(int count) {
    families_->running.Set(count);
}
void Metrics::job_ended(std::string_view state) {
    families_->ended_in(state).Increment();
}
void Metrics::job_dropped() {
    families_->dropped.Increment();
}
void Metrics::database_up(bool up) {
    families_->database.Set(up ? 1 : 0);
}
void Metrics::credentials_held(int count) {
    families_->credentials.Set(count);
}
void Metrics::credential_judged(std::string_view verdict) {
    families_->judged_as(verdict).Increment();
}
void Metrics::upkeep_standing(std::string_view task, Duration late, int failures, bool overdue) {
    const prometheus::Labels labels{{"task", std::string(task)}};
    families_->upkeep_late.Add(labels).Set(in_seconds(late));
    families_->upkeep_failures.Add(labels).Set(failures);
    families_->upkeep_overdue.Add(labels).Set(overdue ? 1 : 0);
}
void Metrics::upkeep_ended(std::string_view task, std::string_view outcome) {
    families_->upkeep_runs.Add({{"task", std::string(task)}, {"outcome", std::string(outcome)}}).Increment();
}
void Metrics::self_checked(int checks, int failed) {
    families_->checks_that("all").Set(checks);
    families_->checks_that("failed").Set(failed);
}
void Metrics::alert(Alert alert, std::string_view message, std::initializer_list<log::Field> fields) {
    families_->raised_as(name_of(alert)).Increment();
    log::error(message, fields);
    if (on_alert) on_alert(alert, message, fields);
}

std::string Metrics::render() const {
    return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace telephony::sidecar
