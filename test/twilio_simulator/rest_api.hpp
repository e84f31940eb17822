// Twilio's REST API: answers requests from the store, through the faults in force.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "api_error.hpp"
#include "faults.hpp"
#include "http_server.hpp"
#include "journal.hpp"
#include "rest_request.hpp"
#include "store.hpp"
#include "voice.hpp"
#include "voice_api.hpp"

namespace telephony::simulator {

/// Serves `/2010-04-01/...` and, of the Pricing and the Voice API, `/v1/...` and `/v2/...`. Thread-safe.
class RestApi {
  public:
    RestApi(Store& store, Voice& voice, Faults& faults, Journal& journal, Clock clock, bool verbose)
        : store_(store),
          voice_(voice),
          voice_api_(store, voice),
          faults_(faults),
          journal_(journal),
          clock_(clock),
          verbose_(verbose) {}

    /// Adds the API's routes.
    void serve_on(HttpServer& server);

  private:
    /// What will be sent, unless the connection is cut.
    struct Answer {
        int status = 200;
        std::string body;
        std::string content_type = "application/json";
        std::map<std::string, std::string> headers;
    };

    void handle(const httplib::Request& http, httplib::Response& response);
    std::string number_named_by(const httplib::Request& http, const RestRequest& request) const;
    std::optional<Answer> carry_out(const httplib::Request& http, const RestRequest& request,
                                    const FaultPlan& plan, const Journal::Ticket& ticket);
    Answer answer(const httplib::Request& http, const RestRequest& request, const FaultPlan& plan);
    Answer execute(const httplib::Request& http, const RestRequest& request, const FaultPlan& plan);
    std::string authenticate(const httplib::Request& http, const RestRequest& request) const;
    Answer search(const httplib::Request& http, const RestRequest& request);
    Answer list(const httplib::Request& http, const RestRequest& request) const;
    void log(const RestRequest& request, const httplib::Request& http, const Journal::Ticket& ticket,
             const FaultTarget& target, int status) const;

    static Answer json(int status, const Json& body);
    static Answer refusal(const ApiError& error);
    static Answer injected(const Fault& fault);

    Store& store_;
    Voice& voice_;
    VoiceApi voice_api_;
    Faults& faults_;
    Journal& journal_;
    const Clock clock_;
    const bool verbose_;
};

}  // namespace telephony::simulator
