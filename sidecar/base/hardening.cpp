// Limits by setrlimit, dumpability by prctl. libsodium locks each Secret itself and goes on where it cannot.
#include "base/hardening.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/logging.hpp"

namespace telephony::sidecar {

void forbid_dumps() {
    const rlimit none{0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        throw std::system_error(errno, std::generic_category(), "forbidding core dumps");
#ifndef __SANITIZE_ADDRESS__  // its search for leaks reads this process's memory from another process
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        throw std::system_error(errno, std::generic_category(), "forbidding dumps of memory");
#endif
}

void allow_locked_secrets(std::size_t secrets) {
    const rlim_t needed = secrets * static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
    rlimit limit{};
    if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0)
        throw std::system_error(errno, std::generic_category(), "asking for the limit of locked memory");
    if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < needed) {
        limit.rlim_cur = std::min(needed, limit.rlim_max);
        if (setrlimit(RLIMIT_MEMLOCK, &limit) != 0)
            throw std::system_error(errno, std::generic_category(), "raising the limit of locked memory");
    }
    if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < needed)
        log::warning("secrets may reach swap",
                     {{"reason",
                       "not all of them can be locked into memory: raise the limit (LimitMEMLOCK= in a "
                       "systemd unit, ulimit -l), or run on encrypted swap"},
                      {"limit_kib", limit.rlim_cur / 1024},
                      {"needed_kib", needed / 1024}});
}

std::size_t allow_descriptors(std::size_t needed) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        throw std::system_error(errno, std::generic_category(), "asking for the limit of file descriptors");
    if (limit.rlim_cur < needed) {
        limit.rlim_cur = std::min<rlim_t>(needed, limit.rlim_max);
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            throw std::system_error(errno, std::generic_category(), "raising the limit of file descriptors");
    }
    return limit.rlim_cur;
}

}  // namespace telephony::sidecar
