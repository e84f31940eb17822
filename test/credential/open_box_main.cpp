// open_box SECRET_KEY_FILE...: opens the box in base64 on standard input as telephonyd does, and prints what
// is in it as JSON, token included. For tests.
#include <sodium.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "credential/sealed_box.hpp"

int main(int count, char** arguments) {
    using namespace telephony::credential;
    std::vector<SecretKey> keys;
    for (int i = 1; i < count; ++i) {
        std::ifstream file(arguments[i]);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        SecretKey key;
        if (const KeyFileProblem problem = read_secret_key(text, key); problem != KeyFileProblem::none) {
            std::cerr << arguments[i] << ": " << describe(problem) << '\n';
            return 2;
        }
        keys.push_back(std::move(key));
    }
    const std::string base64{std::istreambuf_iterator<char>(std::cin), {}};
    Box box(base64.size());
    std::size_t length = 0;
    if (sodium_base642bin(box.data(), box.size(), base64.data(), base64.size(), "\n", &length, nullptr,
                          sodium_base64_VARIANT_ORIGINAL) != 0) {
        std::cerr << "standard input is not base64\n";
        return 2;
    }
    box.resize(length);
    Credential credential;
    if (const BoxProblem problem = open(box, keys, credential); problem != BoxProblem::none) {
        std::cerr << describe(problem) << '\n';
        return 1;
    }
    const nlohmann::json shown{{"org", credential.org},
                               {"account_sid", credential.account_sid},
                               {"issued_at", credential.issued_at},
                               {"username", credential.username},
                               {"token", credential.token.reveal()}};
    std::cout << shown << '\n';
}
