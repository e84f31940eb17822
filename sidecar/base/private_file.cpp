// Checks the open file, not its name, so that the file cannot be exchanged between check and reading.
#include "base/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace telephony::sidecar {
namespace {

constexpr off_t max_size = 4096;

struct Descriptor {
    int fd;
    ~Descriptor() {
        if (fd >= 0) close(fd);
    }
};

}  // namespace

PrivateFile read_private_file(const std::string& path, const std::string& what) {
    const auto problem = [&](ExitCode code, const std::string& reason) {
        return PrivateFile{{}, code, what + " " + path + ": " + reason};
    };
    const Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (file.fd < 0)
        return problem(errno == EACCES ? ExitCode::permission : ExitCode::configuration,
                       std::strerror(errno));
    struct stat status {};
    if (fstat(file.fd, &status) != 0) return problem(ExitCode::configuration, std::strerror(errno));
    if (!S_ISREG(status.st_mode)) return problem(ExitCode::configuration, "not a regular file");
    if (status.st_uid != geteuid())
        return problem(ExitCode::permission, "belongs to another user than telephonyd runs as");
    if ((status.st_mode & 077) != 0)
        return problem(ExitCode::permission, "others may read or change it: chmod 0600");
    if (status.st_size == 0) return problem(ExitCode::configuration, "it is empty");
    if (status.st_size > max_size) return problem(ExitCode::configuration, "longer than 4 KiB");

    PrivateFile result{credential::Secret(static_cast<std::size_t>(status.st_size)), ExitCode::ok, ""};
    std::span<unsigned char> rest = result.content.bytes();
    while (!rest.empty()) {
        const ssize_t count = read(file.fd, rest.data(), rest.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return problem(ExitCode::configuration, std::strerror(errno));
        if (count == 0) return problem(ExitCode::configuration, "it became shorter while it was read");
        rest = rest.subspan(static_cast<std::size_t>(count));
    }
    return result;
}

}  // namespace telephony::sidecar
