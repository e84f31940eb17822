// The part of Twilio's REST API that is about calls, caller ids and what calls cost.
#pragma once

#include <optional>
#include <string>

#include "faults.hpp"
#include "http_server.hpp"
#include "rest_request.hpp"
#include "voice.hpp"

namespace telephony::simulator {

/// Answers `Calls`, `OutgoingCallerIds`, of the Pricing API `Voice/Numbers`, and of the Voice API
/// `DialingPermissions/Countries`. Thread-safe.
class VoiceApi {
  public:
    VoiceApi(const Store& store, Voice& voice) : store_(store), voice_(voice) {}

    struct Answer {
        int status = 200;
        Json body;  ///< null: the answer has none
    };

    /// nullopt for an operation of another part; throws ApiError where the API refuses. `path` is without the
    /// query.
    std::optional<Answer> execute(const std::string& account_sid, const RestRequest& request,
                                  const httplib::Request& http, const std::string& path,
                                  const FaultPlan& plan);

  private:
    Json list_calls(const RestRequest& request, const httplib::Request& http, const std::string& path,
                    const FaultPlan& plan);
    Json list_caller_ids(const RestRequest& request, const httplib::Request& http, const std::string& path,
                         const FaultPlan& plan);

    const Store& store_;
    Voice& voice_;
};

}  // namespace telephony::simulator
