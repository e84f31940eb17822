// What a client gave that could not be read stays out of the server's log.
#pragma once

namespace telephony::pg::request_log {

/// Takes part in what the server logs. Called once, when the module is loaded.
void watch();

/// The transaction that runs is a request of PostgREST.
void begin_request();

}  // namespace telephony::pg::request_log
