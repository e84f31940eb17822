// Secret memory through libsodium's guarded heap.
#include "secret.hpp"

#include <sodium.h>

#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>

namespace telephony::credential {

void prepare_sodium() {
    if (sodium_init() < 0) throw std::runtime_error("libsodium finds no source of randomness");
}

Secret::Secret(std::size_t size) {
    prepare_sodium();
    bytes_ = static_cast<unsigned char*>(sodium_malloc(size + 1));
    if (bytes_ == nullptr) throw std::bad_alloc();
    sodium_memzero(bytes_, size + 1);
    size_ = size;
}

Secret::Secret(std::string_view content) : Secret(content.size()) {
    std::memcpy(bytes_, content.data(), content.size());
}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    return *this;
}

Secret::~Secret() {
    sodium_free(bytes_);
}

}  // namespace telephony::credential
