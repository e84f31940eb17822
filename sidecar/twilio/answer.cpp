// A body with a code or a status is Twilio's own; another may come from a proxy.
#include "twilio/answer.hpp"

#include "base/masking.hpp"
#include "io/http_client.hpp"
#include "twilio/body.hpp"

namespace telephony::sidecar {
namespace {

std::string status_text(int status) {
    return "HTTP " + std::to_string(status);
}

}  // namespace

std::string TwilioProblem::text() const {
    std::string line = message;
    if (code != 0) line += " (Twilio error " + std::to_string(code) + ")";
    return line;
}

std::string TwilioProblem::shown() const {
    const auto with_code = [this](const char* line) {
        return code == 0 ? std::string(line)
                         : std::string(line) + " (Twilio error " + std::to_string(code) + ")";
    };
    switch (kind) {
        case Kind::no_answer:
            return "Twilio does not answer";
        case Kind::throttled:
            return "Twilio asks to slow down";
        case Kind::denied:
            return with_code("Twilio refuses the credentials");
        case Kind::not_found:
            return with_code("Twilio does not find what was asked for");
        case Kind::refused:
            return with_code("Twilio refuses the request");
        case Kind::server_error:
            return with_code("Twilio has a disturbance");
        case Kind::unreadable:
            return "Twilio's answer could not be read";
    }
    return {};
}

const Reason& TwilioProblem::reason() const {
    switch (kind) {
        case Kind::throttled:
            return reasons::twilio_busy;
        case Kind::denied:
            return reasons::credentials_refused;
        default:
            return reasons::twilio_unavailable;
    }
}

TwilioProblem problem_of(const HttpResponse& response) {
    TwilioProblem problem;
    problem.status = response.status;
    problem.retry_after = response.retry_after;
    if (response.status == 0) {
        problem.kind = TwilioProblem::Kind::no_answer;
        problem.message = "no answer from Twilio: " + masked_excerpt(response.problem);
        return problem;
    }
    const nlohmann::json body = parse_object(response.body);
    if (const auto code = body.find("code"); code != body.end() && code->is_number_integer())
        problem.code = code->get<int>();
    const std::string message = text_of(body, "message");
    problem.message =
        message.empty() ? "Twilio answered " + status_text(response.status) : masked_excerpt(message);
    // A body with a code or a status is Twilio's; another may come from a proxy, which does not know about
    // numbers.
    const bool by_twilio = problem.code != 0 || (body.is_object() && body.contains("status"));
    using Kind = TwilioProblem::Kind;
    if (response.status == 429)
        problem.kind = Kind::throttled;
    else if (response.status == 401 || response.status == 403)
        problem.kind = Kind::denied;
    else if (response.status >= 500)
        problem.kind = Kind::server_error;
    else if (response.status < 400 || response.status == 408 || !by_twilio)
        problem.kind = Kind::unreadable;
    else
        problem.kind = response.status == 404 ? Kind::not_found : Kind::refused;
    if (problem.kind == Kind::unreadable)
        problem.message = "Twilio's answer could not be read (" + status_text(response.status) + ")";
    return problem;
}

}  // namespace telephony::sidecar
