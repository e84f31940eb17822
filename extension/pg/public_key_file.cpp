// The public key file: who could replace it would be sealed to, so others must not be able to write it.
#include "public_key_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include "credential/key_file.hpp"

namespace telephony::pg {

namespace {

constexpr std::size_t more_than_a_key_file = 256;

/// An open file, closed when it goes; -1 where there is none.
struct OpenFile {
    explicit OpenFile(const char* path)
        : number(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
    OpenFile(const OpenFile&) = delete;
    ~OpenFile() {
        if (number >= 0) ::close(number);
    }
    const int number;
};

PublicKeyFile refused(std::string problem) {
    return {{}, std::move(problem)};
}

PublicKeyFile unreadable() {
    return refused("It cannot be read: " + std::generic_category().message(errno) + ".");
}

}  // namespace

PublicKeyFile read_public_key_file(const std::string& path) {
    if (!path.starts_with('/')) return refused("It must be an absolute path.");
    const OpenFile file(path.c_str());
    struct stat facts;
    if (file.number < 0 || ::fstat(file.number, &facts) != 0) return unreadable();
    if (!S_ISREG(facts.st_mode)) return refused("It is not a file.");
    if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return refused(
            "Others than its owner may write it, and who replaces the key can read what is sealed then.");
    std::array<char, more_than_a_key_file> content;
    const ssize_t length = ::read(file.number, content.data(), content.size());
    if (length < 0) return unreadable();
    std::string text(content.data(), static_cast<std::size_t>(length));
    std::string_view base64;
    const auto problem = credential::find_key(text, credential::KeyKind::public_key, base64);
    if (problem != credential::KeyFileProblem::none) return refused(std::string(describe(problem)));
    return {std::move(text), {}};
}

}  // namespace telephony::pg
