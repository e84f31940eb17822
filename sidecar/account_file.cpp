// Checks the open file, not its name, so that nothing can change in between.
#include "account_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

namespace telephony::sidecar {
namespace {

constexpr std::size_t max_size = 4096;

struct Descriptor {
    int fd;
    ~Descriptor() {
        if (fd >= 0) close(fd);
    }
};

AccountFile problem(ExitCode code, const std::string& path, const std::string& what) {
    return {{}, code, "account file " + path + ": " + what};
}

}  // namespace

AccountFile read_account_file(const std::string& path) {
    const Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (file.fd < 0)
        return problem(errno == EACCES ? ExitCode::permission : ExitCode::configuration, path,
                       std::strerror(errno));
    struct stat status {};
    if (fstat(file.fd, &status) != 0) return problem(ExitCode::configuration, path, std::strerror(errno));
    if (!S_ISREG(status.st_mode)) return problem(ExitCode::configuration, path, "not a regular file");
    if (status.st_uid != geteuid())
        return problem(ExitCode::permission, path, "belongs to another user than telephonyd runs as");
    if ((status.st_mode & 077) != 0)
        return problem(ExitCode::permission, path, "others may read it: chmod 0600");

    std::string text;
    std::array<char, max_size> buffer{};
    ssize_t count = 0;
    while ((count = read(file.fd, buffer.data(), buffer.size())) > 0 && text.size() <= max_size)
        text.append(buffer.data(), static_cast<std::size_t>(count));
    if (count < 0) return problem(ExitCode::configuration, path, std::strerror(errno));

    const auto json = nlohmann::json::parse(text, nullptr, false);
    const auto member = [&json](const char* name) {
        const bool present = json.is_object() && json.contains(name) && json[name].is_string();
        return present ? json[name].get<std::string>() : std::string();
    };
    AccountFile result;
    result.credential = {member("account_sid"), member("auth_token")};
    if (!is_account_sid(result.credential.account_sid))
        return problem(ExitCode::configuration, path,
                       "account_sid is missing or not AC and 32 lower-case hexadecimal digits");
    if (result.credential.auth_token.empty())
        return problem(ExitCode::configuration, path, "auth_token is missing");
    return result;
}

}  // namespace telephony::sidecar
