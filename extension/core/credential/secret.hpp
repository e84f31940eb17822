// Memory for a secret: locked, guarded, wiped when it goes, never copied and never printable.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <span>
#include <string_view>

namespace telephony::credential {

/// Makes libsodium ready; called by everything here that needs it, as often as it likes. Throws
/// std::runtime_error where the system gives no randomness.
void prepare_sodium();

/// A run of secret bytes of fixed size in memory from sodium_malloc: kept out of swap where the limit of
/// locked memory (RLIMIT_MEMLOCK) allows, and out of core dumps; between guard pages; overwritten when it is
/// freed. A zero byte follows the content, for libraries that want a C string.
///
/// One secret takes at least one page of memory, and two more of addresses.
class Secret {
  public:
    Secret() noexcept = default;
    /// `size` zero bytes. Throws std::bad_alloc.
    explicit Secret(std::size_t size);
    /// A copy of `content`, which its owner still has to wipe.
    explicit Secret(std::string_view content);
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    std::span<unsigned char> bytes() noexcept { return {bytes_, size_}; }
    std::span<const unsigned char> bytes() const noexcept { return {bytes_, size_}; }
    /// The content as text. The name is long to be seen in a review: whoever copies it owns another secret.
    std::string_view reveal() const noexcept {
        return size_ == 0 ? std::string_view("")
                          : std::string_view(reinterpret_cast<const char*>(bytes_), size_);
    }

    friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

  private:
    unsigned char* bytes_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace telephony::credential
