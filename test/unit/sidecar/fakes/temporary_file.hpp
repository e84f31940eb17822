// A file of its own for one test.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace telephony::test {

/// Holds `content` and has `mode`; gone when the test is.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& content, mode_t mode = 0600) {
        char name[] = "/tmp/telephony-test-XXXXXX";
        const int fd = mkstemp(name);
        path_ = name;
        EXPECT_EQ(write(fd, content.data(), content.size()), static_cast<ssize_t>(content.size()));
        EXPECT_EQ(fchmod(fd, mode), 0);
        close(fd);
    }
    ~TemporaryFile() { std::filesystem::remove(path_); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

}  // namespace telephony::test
