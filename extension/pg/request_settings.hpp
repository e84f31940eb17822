// The settings of the request limits. All are for superusers or the configuration file, also for one database
// (ALTER DATABASE ... SET).
#pragma once

#include <cstdint>
#include <span>

#include "limiter/address.hpp"

namespace telephony::pg::settings {

/// telephony.ip_limit, ip_window: requests of one client address, in seconds.
extern int ip_limit;
extern int ip_window;

/// telephony.site_limit: requests of one IPv6 site, a /48, in ip_window; its default is 4 times ip_limit.
std::uint32_t site_requests();

/// telephony.org_limit, org_window: requests of one organization, in seconds.
extern int org_limit;
extern int org_window;

/// telephony.client_address_header: the request header that tells the client's address, in lower case.
extern char* client_address_header;

/// telephony.trusted_hops: which element of it, counted from the right.
extern int trusted_hops;

/// telephony.request_limit_entries: clients, and as many organizations, that can be counted at a time.
extern int request_limit_entries;

/// telephony.request_timeout: how long a statement of a request may run, in milliseconds; 0: as it is set
/// elsewhere.
extern int request_timeout;

/// telephony.exempt_networks: clients that are not counted.
std::span<const limiter::Network> exempt_networks();

/// Defines them. Called once, before the prefix is reserved.
void define_request_limits();

}  // namespace telephony::pg::settings
