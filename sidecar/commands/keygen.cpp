// Both files are complete and synced before the key is announced: credentials sealed to a lost key cannot be
// opened.
#include "commands/keygen.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "credential/keys.hpp"

namespace telephony::sidecar {
namespace {

// Creates `path`, which must not exist, and writes `text` to disk. If that fails: false, the reason in errno,
// and no file.
bool create_file(const std::string& path, mode_t mode, std::string_view text) {
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0) return false;
    bool written = fchmod(fd, mode) == 0;  // whatever the umask
    while (written && !text.empty()) {
        const ssize_t count = write(fd, text.data(), text.size());
        if (count >= 0)
            text.remove_prefix(static_cast<std::size_t>(count));
        else
            written = errno == EINTR;
    }
    written = written && fsync(fd) == 0;
    const int problem = errno;
    close(fd);
    if (!written) unlink(path.c_str());
    errno = problem;
    return written;
}

bool sync_directory(const std::string& path) {
    const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return false;
    const bool synced = fsync(fd) == 0;
    close(fd);
    return synced;
}

ExitCode refuse(const std::string& path) {
    const ExitCode code = errno == EACCES || errno == EPERM ? ExitCode::permission : ExitCode::configuration;
    std::fprintf(stderr, "telephonyd: %s: %s\n", path.c_str(),
                 errno == EEXIST ? "it is there already; a key is never overwritten" : std::strerror(errno));
    return code;
}

}  // namespace

ExitCode keygen(const std::string& path) {
    const std::string public_path = path + ".pub";
    const credential::SecretKey key = credential::generate_key();
    const credential::Secret secret_text = credential::write_secret_key(key);
    const std::string public_text = credential::write_public_key(key.public_key);
    if (!create_file(path, 0600, secret_text.reveal())) return refuse(path);
    if (!create_file(public_path, 0644, public_text)) {
        const int problem = errno;
        unlink(path.c_str());
        errno = problem;
        return refuse(public_path);
    }
    const std::filesystem::path absolute = std::filesystem::absolute(path);
    if (!sync_directory(absolute.parent_path())) return refuse(absolute.parent_path());
    std::printf(
        "key %s\n"
        "secret key: %s (mode 0600)\n"
        "public key: %s.pub\n"
        "\n"
        "1. Keep a copy of the secret key where the database's backups are not: without it no "
        "organization's\n"
        "   credentials can be opened again.\n"
        "2. Start telephonyd with --key-file=%s. While credentials sealed to an older key are left, name "
        "that\n"
        "   file after it: --key-file=NEW --key-file=OLD.\n"
        "3. Put the public key where the database server can read it, and name it in postgresql.conf:\n"
        "     telephony.sidecar_public_key_file = '%s.pub'\n"
        "   SELECT pg_reload_conf() lets the server seal to it.\n"
        "4. When this replaces a key: telephonyd reseal, and once that ends with 0 the old file can go.\n",
        key.id.c_str(), absolute.c_str(), absolute.c_str(), absolute.c_str(), absolute.c_str());
    return ExitCode::ok;
}

}  // namespace telephony::sidecar
