// All series are made at the start: the loop then only touches atomics.
#include "base/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <map>
#include <string>

namespace telephony::sidecar {
namespace {

constexpr std::array<std::string_view, 7> operations = {"account", "list",   "search", "buy",
                                                        "get",     "update", "delete"};
constexpr std::array<std::string_view, 5> outcomes = {"ok", "throttled", "refused", "server_error",
                                                      "no_answer"};
constexpr std::array<std::string_view, 10> alerts = {
    "settle_unconfirmed", "rolled_back",     "rollback_unconfirmed", "number_kept",    "conflict",
    "voice_settings",     "release_blocked", "box_refused",          "number_differs", "self_check"};

constexpr std::array<std::string_view, 3> verdicts = {"verified", "refused", "unreachable"};

std::string_view outcome_of(int status) {
    if (status == 0) return "no_answer";
    if (status == 429) return "throttled";
    if (status >= 500) return "server_error";
    return status >= 400 ? "refused" : "ok";
}

}  // namespace

std::string_view name_of(Alert alert) {
    return alerts.at(static_cast<std::size_t>(alert));
}

struct Metrics::Families {
    prometheus::Registry registry;
    std::map<std::pair<std::string_view, std::string_view>, prometheus::Counter*> requests;
    std::map<std::string_view, prometheus::Histogram*> request_seconds;
    prometheus::Histogram* call_seconds = nullptr;
    prometheus::Counter* call_errors = nullptr;
    prometheus::Counter* claimed = nullptr;
    prometheus::Counter* dropped = nullptr;
    prometheus::Gauge* running = nullptr;
    prometheus::Gauge* database = nullptr;
    prometheus::Counter* sweeps = nullptr;
    prometheus::Gauge* checks = nullptr;
    prometheus::Gauge* failed_checks = nullptr;
    prometheus::Gauge* credentials = nullptr;
    std::map<std::string_view, prometheus::Counter*> judged;
    std::map<JobState, prometheus::Counter*> ended;
    std::array<prometheus::Counter*, alerts.size()> raised{};

    Families() {
        using prometheus::Histogram;
        auto& request_family = prometheus::BuildCounter()
                                   .Name("telephonyd_twilio_requests_total")
                                   .Help("Requests to Twilio by operation and outcome.")
                                   .Register(registry);
        auto& seconds_family = prometheus::BuildHistogram()
                                   .Name("telephonyd_twilio_request_seconds")
                                   .Help("Time from request to answer.")
                                   .Register(registry);
        const Histogram::BucketBoundaries request_buckets{0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30};
        for (const std::string_view operation : operations) {
            const std::string name(operation);
            request_seconds[operation] = &seconds_family.Add({{"operation", name}}, request_buckets);
            for (const std::string_view outcome : outcomes)
                requests[{operation, outcome}] =
                    &request_family.Add({{"operation", name}, {"outcome", std::string(outcome)}});
        }
        const Histogram::BucketBoundaries call_buckets{0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3};
        call_seconds = &prometheus::BuildHistogram()
                            .Name("telephonyd_database_call_seconds")
                            .Help("Time of a database call, waiting for a connection included.")
                            .Register(registry)
                            .Add({}, call_buckets);
        call_errors = &prometheus::BuildCounter()
                           .Name("telephonyd_database_call_errors_total")
                           .Help("Database calls that were refused, not sent, or not answered.")
                           .Register(registry)
                           .Add({});
        claimed = &prometheus::BuildCounter()
                       .Name("telephonyd_jobs_claimed_total")
                       .Help("Jobs claimed.")
                       .Register(registry)
                       .Add({});
        dropped = &prometheus::BuildCounter()
                       .Name("telephonyd_jobs_dropped_total")
                       .Help("Jobs given up without an end: lease lost, or no database.")
                       .Register(registry)
                       .Add({});
        running = &prometheus::BuildGauge()
                       .Name("telephonyd_jobs_running")
                       .Help("Jobs being worked on.")
                       .Register(registry)
                       .Add({});
        database = &prometheus::BuildGauge()
                        .Name("telephonyd_database_up")
                        .Help("1 while the database takes calls.")
                        .Register(registry)
                        .Add({});
        credentials = &prometheus::BuildGauge()
                           .Name("telephonyd_credentials_held")
                           .Help("Organizations whose credentials are held open.")
                           .Register(registry)
                           .Add({});
        auto& judged_family = prometheus::BuildCounter()
                                  .Name("telephonyd_credential_verdicts_total")
                                  .Help("Verdicts on credentials reported to the database.")
                                  .Register(registry);
        for (const std::string_view verdict : verdicts)
            judged[verdict] = &judged_family.Add({{"verdict", std::string(verdict)}});
        sweeps = &prometheus::BuildCounter()
                      .Name("telephonyd_sweeps_total")
                      .Help("Comparisons of all Twilio accounts with the database.")
                      .Register(registry)
                      .Add({});
        auto& check_family = prometheus::BuildGauge()
                                 .Name("telephonyd_self_checks")
                                 .Help("Checks of the last self_check() of the database, by result.")
                                 .Register(registry);
        checks = &check_family.Add({{"result", "all"}});
        failed_checks = &check_family.Add({{"result", "failed"}});
        auto& ended_family = prometheus::BuildCounter()
                                 .Name("telephonyd_job_attempts_total")
                                 .Help("Attempts that ended, by the state they left.")
                                 .Register(registry);
        for (std::size_t i = 0; i < job_state_count; ++i) {
            const auto state = static_cast<JobState>(i);
            ended[state] = &ended_family.Add({{"state", std::string(name_of(state))}});
        }
        auto& alert_family = prometheus::BuildCounter()
                                 .Name("telephonyd_alerts_total")
                                 .Help("Events that a person should look at.")
                                 .Register(registry);
        for (std::size_t i = 0; i < alerts.size(); ++i)
            raised[i] = &alert_family.Add({{"alert", std::string(alerts[i])}});
    }
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

void Metrics::twilio_request(std::string_view operation, int status, Duration took) {
    families_->requests.at({operation, outcome_of(status)})->Increment();
    families_->request_seconds.at(operation)->Observe(in_seconds(took));
}

void Metrics::database_call(Duration took, bool ok) {
    families_->call_seconds->Observe(in_seconds(took));
    if (!ok) families_->call_errors->Increment();
}

void Metrics::jobs_claimed(int count) {
    families_->claimed->Increment(count);
}
void Metrics::jobs_running(int count) {
    families_->running->Set(count);
}
void Metrics::job_ended(JobState state) {
    families_->ended.at(state)->Increment();
}
void Metrics::job_dropped() {
    families_->dropped->Increment();
}
void Metrics::database_up(bool up) {
    families_->database->Set(up ? 1 : 0);
}
void Metrics::credentials_held(int count) {
    families_->credentials->Set(count);
}
void Metrics::credential_judged(std::string_view verdict) {
    families_->judged.at(verdict)->Increment();
}
void Metrics::swept() {
    families_->sweeps->Increment();
}
void Metrics::self_checked(int checks, int failed) {
    families_->checks->Set(checks);
    families_->failed_checks->Set(failed);
}
void Metrics::alert(Alert alert, std::string_view message, std::initializer_list<log::Field> fields) {
    families_->raised.at(static_cast<std::size_t>(alert))->Increment();
    log::error(message, fields);
    if (on_alert) on_alert(alert, message, fields);
}

std::string Metrics::render() const {
    return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace telephony::sidecar
