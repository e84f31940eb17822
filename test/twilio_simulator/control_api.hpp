// The control interface: what a test orders from the simulator and learns from it.
#pragma once

#include <functional>

#include "faults.hpp"
#include "http_server.hpp"
#include "journal.hpp"
#include "store.hpp"
#include "voice.hpp"

namespace telephony::simulator {

/// Serves `/_control/...` as README.md says, all but what is about calls; bodies and answers are JSON,
/// refusals
/// `{"error": "..."}` with 400, 404 or 409.
class ControlApi {
  public:
    ControlApi(Store& store, Voice& voice, Faults& faults, Journal& journal)
        : store_(store), voice_(voice), faults_(faults), journal_(journal) {}

    /// Adds the control interface's routes.
    void serve_on(HttpServer& server);

  private:
    Json add_fault(const Json& order);
    Json release(const Json& order);
    Json replace_inventory(const Json& order);
    Json put_address(const Json& order);
    Json act_in_console(const Json& order);
    Json put_account(const Json& order);
    Json state() const;
    Json reset();
    void wait(const httplib::Request& http, httplib::Response& response);

    Store& store_;
    Voice& voice_;
    Faults& faults_;
    Journal& journal_;
};

}  // namespace telephony::simulator
