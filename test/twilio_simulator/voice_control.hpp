// The control interface for calls: what a test does as the people at the phones, their carriers, and the
// applications behind the numbers.
#pragma once

#include "http_server.hpp"
#include "voice.hpp"

namespace telephony::simulator {

/// Serves the part of `/_control/...` that is about phones and calls, as README.md says.
class VoiceControl {
  public:
    explicit VoiceControl(Voice& voice) : voice_(voice) {}

    /// Adds the routes.
    void serve_on(HttpServer& server);

  private:
    Json configure_phone(const Json& order);
    Json type(const Json& order);
    Json act(const Json& order);
    Json ring(const Json& order);
    Json set_application(const Json& order);
    Json set_price(const Json& order);
    Json set_pace(const Json& order);
    void await(const httplib::Request& http, httplib::Response& response);

    Voice& voice_;
};

}  // namespace telephony::simulator
