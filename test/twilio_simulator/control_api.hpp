// The control interface: what a test orders from the simulator and learns from it.
#pragma once

#include <functional>

#include "faults.hpp"
#include "http_server.hpp"
#include "journal.hpp"
#include "store.hpp"

namespace telephony::simulator {

/// Serves `/_control/...`; bodies and answers are JSON, refusals `{"error": "..."}` with 400, 404 or 409.
///
/// - `POST faults` {operation, fault, times: 1, after: 0, number, account_sid} puts a fault in force: {id}.
///   `times` 0 is always; `after` is how many matching requests pass before. What `fault` may be: {kind:
///   "latency" | "lag" | "apply_late", milliseconds}, {kind: "hold" | "cut" | "garbage", when}, {kind:
///   "endless"} (of lists: a page names itself as the next) or {kind: "status", status, code, message, when,
///   headers}; `when` is "before" or "after" the request has had its effect, and "before" if absent, but for
///   garbage.
/// - `GET faults`: those in force. `DELETE faults` ends all; requests that are held go on.
/// - `POST release` {id} ends a hold: {released}, the number of requests that it held.
/// - `POST inventory` {country, type, numbers} sets what is for sale; [] is exhausted.
/// - `POST console` {action: "buy" | "rename" | "delete" | "set_voice_url", account_sid, phone_number or sid,
///   friendly_name, voice_url, date_created} does what is done in Twilio's console: the number.
/// - `POST accounts` {account_sid, auth_token, status, type, friendly_name, parent_account_sid, api_keys:
///   [{sid, secret, kind: "standard" | "main"}]} adds an account, or changes what is given.
/// - `GET state`: {accounts, numbers, released, purchases, repeated_purchases, releases, requests, counts,
///   faults}. Purchases and releases are those through the API; a repeated purchase is one of a number that
///   the account owned.
/// - `GET wait?operation=&stage=received|applied|answered&count=1&timeout_ms=10000`: 200 as soon as so many
///   requests have got so far since the start or reset, else 408.
/// - `POST reset`: all as at the start; requests that are held or delayed end without effect or answer.
class ControlApi {
  public:
    ControlApi(Store& store, Faults& faults, Journal& journal)
        : store_(store), faults_(faults), journal_(journal) {}

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
    Faults& faults_;
    Journal& journal_;
};

}  // namespace telephony::simulator
